//! The directory of this program's configuration.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{CliError, Result};
use crate::new_file::{self, directory_of};

/// `replicate` in the user's configuration directory: `$XDG_CONFIG_HOME`, else `~/.config`, as
/// Replicate's Go tool has it; on Windows `%APPDATA%`. `None` without a home directory.
pub(crate) fn directory() -> Option<PathBuf> {
    Some(user_directory("XDG_CONFIG_HOME", "APPDATA", ".config")?.join("replicate"))
}

/// The path of a file in that directory, for writing it.
pub(crate) fn file(name: &str) -> Result<PathBuf> {
    let directory = directory().ok_or_else(|| {
        CliError::error("no configuration directory: neither XDG_CONFIG_HOME nor HOME is set")
    })?;
    Ok(directory.join(name))
}

/// The directory of schemas that completion keeps: below `$XDG_CACHE_HOME`, else `~/.cache`; on
/// Windows `%LOCALAPPDATA%`.
pub(crate) fn cache_directory() -> Option<PathBuf> {
    let parent = user_directory("XDG_CACHE_HOME", "LOCALAPPDATA", ".cache")?;
    Some(parent.join("replicate").join("schemas"))
}

/// The directory in a variable, if that is an absolute path, else the one in the home directory.
fn user_directory(variable: &str, on_windows: &str, in_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    absolute(variable)
        .or_else(|| cfg!(windows).then(|| absolute(on_windows)).flatten())
        .or_else(|| Some(absolute("HOME")?.join(in_home)))
}

/// The content of a file; `None` if it does not exist.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Keeps other processes of this program from changing the files in the directory of `path`, until
/// the result is dropped. A file system without locks is not an error.
#[cfg(unix)]
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let directory = directory_of(path);
    create_directory(directory)?;
    let mut options = File::options();
    let options = options.create(true).write(true).truncate(false).mode(0o600);
    let file = options.open(directory.join(".lock"))?;
    let _ = rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive);
    Ok(file)
}

/// Has no effect on this platform.
#[cfg(not(unix))]
pub(crate) fn lock(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes a file for its owner alone, in a directory that is created if it does not exist.
pub(crate) fn write_private(path: &Path, content: &str) -> io::Result<()> {
    create_directory(directory_of(path))?;
    new_file::write_private(path, content)
}

fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Whether others than its owner can read the file.
#[cfg(unix)]
pub(crate) fn is_shared(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Whether others than its owner can read the file.
#[cfg(not(unix))]
pub(crate) fn is_shared(_path: &Path) -> bool {
    false
}
