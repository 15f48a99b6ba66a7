//! The file from which a script reads the URL of a local server.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::new_file;

/// A file that holds the URL until this is dropped.
#[derive(Debug)]
pub(super) struct AddressFile {
    path: PathBuf,
    content: String,
}

impl AddressFile {
    /// Writes the file atomically, so that a script never reads part of a URL.
    pub(super) fn write(path: &Path, url: &str) -> Result<Self, CliError> {
        let failed = |error| CliError::not_written(path, &error);
        check(path, failed)?;
        let content = format!("{url}\n");
        new_file::write_private(path, &content).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            content,
        })
    }
}

/// Removes the file, unless another server has replaced its content.
impl Drop for AddressFile {
    fn drop(&mut self) {
        let regular = fs::symlink_metadata(&self.path).is_ok_and(|now| now.is_file());
        if regular && fs::read(&self.path).is_ok_and(|now| now == self.content.as_bytes()) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Only a regular file is replaced.
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
        "could not write `{}`: it is {what}",
        path.display()
    ))
    .hint("pass a regular file, or a path that does not exist"))
}
