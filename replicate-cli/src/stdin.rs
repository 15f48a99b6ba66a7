//! Standard input, read only where it was asked for.

use std::io::{self, Read};

use crate::error::CliError;

/// The most that is read: what Replicate takes as one file.
const LARGEST: u64 = replicate::MAX_FILE_BYTES;

/// Reads standard input to its end.
pub(crate) fn read() -> Result<Vec<u8>, CliError> {
    let mut content = Vec::new();
    match io::stdin()
        .lock()
        .take(LARGEST + 1)
        .read_to_end(&mut content)
    {
        Err(error) => Err(CliError::usage(format!(
            "standard input cannot be read: {error}"
        ))),
        Ok(_) if content.len() as u64 > LARGEST => Err(CliError::usage(format!(
            "standard input holds more than {LARGEST} bytes, which is the most that Replicate takes"
        ))),
        Ok(_) => Ok(content),
    }
}

/// Whether standard input is a pipe or a file: something that another program left there.
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

/// Whether standard input is a pipe or a file: something that another program left there.
#[cfg(not(unix))]
pub(crate) fn is_pipe_or_file() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}
