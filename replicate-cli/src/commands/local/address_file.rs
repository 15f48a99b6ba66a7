//! The file in which a script finds the address of a server.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// A file that holds the address until this is dropped.
#[derive(Debug)]
pub(super) struct AddressFile {
    path: PathBuf,
    content: String,
}

impl AddressFile {
    /// Writes the file whole or not at all, so that a script never reads half of an address.
    pub(super) fn write(path: &Path, address: &str) -> Result<Self, CliError> {
        let failed = |error: std::io::Error| {
            CliError::error(format!("`{}` cannot be written: {error}", path.display()))
        };
        check(path, failed)?;
        let content = format!("{address}\n");
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut temporary = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
        temporary.write_all(content.as_bytes()).map_err(failed)?;
        temporary
            .persist(path)
            .map_err(|error| failed(error.error))?;
        Ok(Self {
            path: path.to_owned(),
            content,
        })
    }
}

/// Nobody is to find the address of what is gone. What another server wrote there since is its
/// own.
impl Drop for AddressFile {
    fn drop(&mut self) {
        let regular = fs::symlink_metadata(&self.path).is_ok_and(|now| now.is_file());
        if regular && fs::read(&self.path).is_ok_and(|now| now == self.content.as_bytes()) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A regular file is replaced, and nothing else.
fn check(path: &Path, failed: impl Fn(std::io::Error) -> CliError) -> Result<(), CliError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let what = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_symlink() {
        "a symbolic link"
    } else {
        "a device, pipe or socket"
    };
    Err(CliError::usage(format!(
        "`{}` cannot be written: it is {what}",
        path.display()
    ))
    .hint("name a regular file, or one that is not there yet"))
}
