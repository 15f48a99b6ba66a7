//! Reads standard input and files of input.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::error::{CliError, Result};
use crate::session::{Session, blocking};

/// Limit of standard input and of pipes: that of a file at Replicate.
const MAX_STREAM_BYTES: u64 = replicate::MAX_FILE_BYTES;

/// Limit of a file that is read as text or JSON: 64 MiB.
const MAX_TEXT_BYTES: u64 = 64 * 1024 * 1024;

/// After this time the command says what it is reading.
const NOTICE_AFTER: Duration = Duration::from_secs(1);

pub(crate) fn read_stdin() -> Result<Vec<u8>> {
    read_all(io::stdin().lock(), "standard input", MAX_STREAM_BYTES)
}

/// Reads a file with text or JSON, or standard input (`-`).
pub(crate) fn read(from: &str) -> Result<Vec<u8>> {
    match from {
        "-" => read_stdin(),
        path => read_file(path),
    }
}

/// The same, which has to be text.
pub(crate) fn read_text(from: &str) -> Result<String> {
    String::from_utf8(read(from)?)
        .map_err(|_| CliError::usage(format!("`{from}` is not UTF-8 text")))
}

/// Reads all of standard input, for what `purpose` names. A signal or the timeout ends the wait
/// for it.
pub(crate) async fn stdin_for(session: &Session, purpose: &str) -> Result<Vec<u8>> {
    let reading = blocking(read_stdin);
    read_with_notice(session, &format!("{purpose} from standard input"), reading).await
}

/// Reads a pipe or a device completely, for what `purpose` names.
pub(crate) async fn pipe_for(session: &Session, path: &Path, purpose: &str) -> Result<Vec<u8>> {
    let name = path.display().to_string();
    let opened = path.to_owned();
    let from = format!("`{name}`");
    let reading = blocking(move || {
        let file = std::fs::File::open(&opened).map_err(|error| unreadable(&from, &error))?;
        read_all(file, &from, MAX_STREAM_BYTES)
    });
    read_with_notice(session, &format!("{purpose} from `{name}`"), reading).await
}

/// Drives a read; says what it waits for if that takes long.
async fn read_with_notice(
    session: &Session,
    what: &str,
    reading: impl Future<Output = Result<Vec<u8>>>,
) -> Result<Vec<u8>> {
    let noticing = async {
        tokio::pin!(reading);
        tokio::select! {
            biased;
            read = &mut reading => return read,
            () = tokio::time::sleep(NOTICE_AFTER) => {}
        }
        session.note(format!("reading {what}"));
        reading.await
    };
    session
        .before_create(&format!("reading {what}"), noticing)
        .await?
}

pub(crate) fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let from = format!("`{}`", path.display());
    let file = std::fs::File::open(path).map_err(|error| unreadable(&from, &error))?;
    read_all(file, &from, MAX_TEXT_BYTES)
}

fn read_all(source: impl Read, from: &str, limit: u64) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let read = source.take(limit + 1).read_to_end(&mut content);
    read.map_err(|error| unreadable(from, &error))?;
    if content.len() as u64 > limit {
        let message = format!("{from} is larger than the limit of {limit} bytes");
        return Err(CliError::usage(message));
    }
    Ok(content)
}

/// The content without the byte order mark that editors on Windows write.
pub(crate) fn without_bom(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content)
}

fn unreadable(from: &str, error: &io::Error) -> CliError {
    CliError::usage(format!("could not read {from}: {error}"))
}

/// Whether standard input is a pipe or a file, so that another program provides it.
#[cfg(unix)]
pub(crate) fn stdin_is_pipe_or_file() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = crate::terminal::file_type(io::stdin());
    kind.is_some_and(|kind| kind.is_file() || kind.is_fifo())
}

/// Whether standard input is a pipe or a file, so that another program provides it.
#[cfg(not(unix))]
pub(crate) fn stdin_is_pipe_or_file() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}
