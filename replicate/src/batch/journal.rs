//! The journal of a batch: JSON lines that are on disk before each create is sent.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::BatchOutcome;
use crate::error::{Error, ErrorKind, Result};
use crate::lock::lock;
use crate::unconfirmed_create::UnconfirmedCreate;

pub(super) const VERSION: u32 = 1;

/// A line of the journal. None holds an input: a create holds hashes of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Record {
    /// The first line: the identity of the batch.
    Begin {
        version: u32,
        model: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<(usize, usize)>,
    },
    /// A create is about to be sent.
    Create {
        index: usize,
        /// The hash of the input, by which a changed input is detected.
        hash: String,
        request: UnconfirmedCreate,
    },
    /// The create has made this prediction.
    Created { index: usize, id: String },
    /// The create has made nothing.
    NotCreated { index: usize },
    /// The result was stored by the caller.
    Done { index: usize, outcome: BatchOutcome },
}

/// Appends records. The file is locked until this is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    /// `None` once the journal is being closed.
    entries: Option<Sender<Entry>>,
    /// The first record of a new journal, which is written with the second.
    begin: Mutex<Option<Record>>,
    writer: Option<thread::JoinHandle<()>>,
    has_failed: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Entry {
    line: Vec<u8>,
    /// Notified once the line is on disk.
    on_disk: Option<oneshot::Sender<io::Result<()>>>,
}

impl Journal {
    /// Opens the journal, which is created if it does not exist, and returns its records. This
    /// blocks.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Record>)> {
        let failed = |error| Error::file("could not open journal", path, error);
        let mut file = open_locked(path).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Error::new(
                ErrorKind::File,
                format!(
                    "the journal `{}` is in use by another batch",
                    path.display()
                ),
            ),
            _ => failed(error),
        })?;
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(failed)?;
        // A line without its end was not complete when the process was stopped. Its create was
        // not sent, or its prediction is looked for.
        let complete = content.iter().rposition(|byte| *byte == b'\n');
        let complete = complete.map_or(0, |end| end + 1);
        if complete < content.len() {
            content.truncate(complete);
            file.set_len(complete as u64).map_err(failed)?;
        }
        let records = parse(&content, path)?;
        if records.is_empty() {
            sync_directory(path).map_err(failed)?;
        }
        let (entries, queue) = channel();
        let has_failed = Arc::new(AtomicBool::new(false));
        let failed_flag = Arc::clone(&has_failed);
        let writer = thread::Builder::new()
            .name("replicate-journal".to_owned())
            .spawn(move || write_entries(file, &queue, &failed_flag))
            .map_err(failed)?;
        let journal = Self {
            entries: Some(entries),
            begin: Mutex::default(),
            writer: Some(writer),
            has_failed,
        };
        Ok((journal, records))
    }

    /// Begins a new journal with this record. A batch of which nothing is created leaves it empty.
    pub(super) fn begin(&self, record: Record) {
        *lock(&self.begin) = Some(record);
    }

    /// Appends a record, and returns once it is on disk.
    pub(super) async fn write(&self, record: &Record) -> io::Result<()> {
        let (sender, on_disk) = oneshot::channel();
        self.send(record, Some(sender))?;
        on_disk.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Appends a record without waiting until it is on disk.
    pub(super) fn note(&self, record: &Record) {
        // A failure is kept, and ends the batch.
        if self.send(record, None).is_err() {
            self.has_failed.store(true, Ordering::Release);
        }
    }

    /// Whether a record could not be written. Nothing may be created from then on.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }

    fn send(
        &self,
        record: &Record,
        on_disk: Option<oneshot::Sender<io::Result<()>>>,
    ) -> io::Result<()> {
        let entries = self.entries.as_ref().ok_or_else(closed)?;
        // Held until the entry is queued, so that none comes before the first.
        let mut begin = lock(&self.begin);
        let mut line = Vec::new();
        for record in begin.iter().chain([record]) {
            serde_json::to_writer(&mut line, record)?;
            line.push(b'\n');
        }
        *begin = None;
        let entry = Entry { line, on_disk };
        entries.send(entry).map_err(|_| closed())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.entries = None;
        // What is queued is written before the lock is released.
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Writes what is queued, with one `fsync` for all lines that wait for one.
fn write_entries(mut file: File, queue: &Receiver<Entry>, has_failed: &AtomicBool) {
    let mut failure: Option<io::Error> = None;
    while let Ok(first) = queue.recv() {
        let mut lines = first.line;
        let mut waiting: Vec<_> = first.on_disk.into_iter().collect();
        for entry in queue.try_iter() {
            lines.extend_from_slice(&entry.line);
            waiting.extend(entry.on_disk);
        }
        if failure.is_none() {
            let written = file.write_all(&lines);
            let synced = match waiting.is_empty() {
                true => written,
                false => written.and_then(|()| file.sync_data()),
            };
            failure = synced.err();
            has_failed.store(failure.is_some(), Ordering::Release);
        }
        for sender in waiting {
            // The caller may have stopped waiting.
            let _ = sender.send(failure.as_ref().map_or(Ok(()), |error| Err(copy(error))));
        }
    }
}

fn copy(error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("could not write to the journal: {error}"),
    )
}

fn closed() -> io::Error {
    io::Error::other("the journal is closed")
}

fn parse(content: &[u8], path: &Path) -> Result<Vec<Record>> {
    let lines = content.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty());
    let parsed = lines.map(|(number, line)| {
        serde_json::from_slice(line).map_err(|error| {
            let message = format!(
                "line {} of the journal `{}` cannot be read: {error}",
                number + 1,
                path.display()
            );
            Error::new(ErrorKind::File, message)
        })
    });
    parsed.collect()
}

/// Opens the file for appending, and keeps other batches from using it: by a lock, or on Windows by
/// not sharing it. Only its owner can read it.
fn open_locked(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    let opened = options.open(path);
    #[cfg(windows)]
    let opened = opened.map_err(|error| match error.raw_os_error() {
        // A sharing violation.
        Some(32) => io::ErrorKind::WouldBlock.into(),
        _ => error,
    });
    let file = opened?;
    #[cfg(unix)]
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
    Ok(file)
}

/// Makes the name of a new file durable.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => PathBuf::from(parent),
        _ => PathBuf::from("."),
    };
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
