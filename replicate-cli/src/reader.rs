//! Reads standard input and files of input.

use std::io::{self, Read};

use crate::error::CliError;

/// Limit of standard input: that of a file at Replicate.
const MAX_STDIN_BYTES: u64 = replicate::MAX_FILE_BYTES;

/// Limit of a file that is read as text or JSON: 64 MiB.
const MAX_TEXT_BYTES: u64 = 64 * 1024 * 1024;

/// Reads all of standard input.
pub(crate) fn read_stdin() -> Result<Vec<u8>, CliError> {
    let mut content = Vec::new();
    match io::stdin()
        .lock()
        .take(MAX_STDIN_BYTES + 1)
        .read_to_end(&mut content)
    {
        Err(error) => Err(CliError::usage(format!(
            "could not read standard input: {error}"
        ))),
        Ok(_) if content.len() as u64 > MAX_STDIN_BYTES => Err(CliError::usage(format!(
            "standard input is larger than the limit of {MAX_STDIN_BYTES} bytes"
        ))),
        Ok(_) => Ok(content),
    }
}

/// Reads a file with text or JSON.
pub(crate) fn read_file(path: &str) -> Result<Vec<u8>, CliError> {
    let mut content = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut content));
    match read {
        Err(error) => Err(CliError::usage(format!("could not read `{path}`: {error}"))),
        Ok(_) if content.len() as u64 > MAX_TEXT_BYTES => Err(CliError::usage(format!(
            "`{path}` is larger than the limit of {MAX_TEXT_BYTES} bytes"
        ))),
        Ok(_) => Ok(content),
    }
}

/// Whether standard input is a pipe or a file, so that another program provides it.
#[cfg(unix)]
pub(crate) fn is_pipe_or_file() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdin = io::stdin();
    let Ok(owned) = stdin.as_fd().try_clone_to_owned() else {
        return false;
    };
    std::fs::File::from(owned)
        .metadata()
        .is_ok_and(|metadata| metadata.is_file() || metadata.file_type().is_fifo())
}

/// Whether standard input is a pipe or a file, so that another program provides it.
#[cfg(not(unix))]
pub(crate) fn is_pipe_or_file() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}
