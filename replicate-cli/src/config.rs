//! The directory of this program's configuration.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// `replicate` in the user's configuration directory: `$XDG_CONFIG_HOME`, else `~/.config`, as
/// Replicate's Go tool has it; on Windows `%APPDATA%`. `None` without a home directory.
pub(crate) fn directory() -> Option<PathBuf> {
    let parent = absolute("XDG_CONFIG_HOME")
        .or_else(|| cfg!(windows).then(|| absolute("APPDATA")).flatten())
        .or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(parent.join("replicate"))
}

/// The directory of schemas that completion keeps: below `$XDG_CACHE_HOME`, else `~/.cache`; on
/// Windows `%LOCALAPPDATA%`.
pub(crate) fn cache_directory() -> Option<PathBuf> {
    let parent = absolute("XDG_CACHE_HOME")
        .or_else(|| cfg!(windows).then(|| absolute("LOCALAPPDATA")).flatten())
        .or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(parent.join("replicate").join("schemas"))
}

/// The path in a variable, if it is an absolute one.
fn absolute(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name)?);
    path.is_absolute().then_some(path)
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

/// Keeps other processes of this program from changing the files of a directory, until the result
/// is dropped. A file system without locks is no reason to fail.
#[cfg(unix)]
pub(crate) fn lock(directory: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    create_directory(directory)?;
    let mut options = File::options();
    let options = options.create(true).write(true).truncate(false).mode(0o600);
    let file = options.open(directory.join(".lock"))?;
    let _ = rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive);
    Ok(file)
}

/// Has no effect on this platform.
#[cfg(not(unix))]
pub(crate) fn lock(_directory: &Path) -> io::Result<()> {
    Ok(())
}

/// Replaces a file atomically. Only its owner can read it, at no time anyone else.
pub(crate) fn write_private(path: &Path, content: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    create_directory(directory)?;
    // Created with mode 0600.
    let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
    temporary.write_all(content.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
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
