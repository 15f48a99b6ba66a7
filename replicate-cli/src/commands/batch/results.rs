//! `results.jsonl`: a line for each input that is done, in the order of completion.

use std::collections::HashMap;
use std::convert::identity;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use replicate::batch::BatchOutcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::CliError;
use crate::new_file;

/// A line of the results.
#[derive(Debug, Serialize)]
pub(super) struct ResultLine<'a> {
    /// The input's line in its file, from 1.
    pub(super) line: u64,
    /// The input's place among all inputs, from 0.
    pub(super) index: usize,
    pub(super) outcome: BatchOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'a str>,
    pub(super) input: &'a Value,
    /// As the API sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<&'a RawValue>,
    /// The names of the saved files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) files: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrics: Option<&'a RawValue>,
}

/// Fields of a line that a resumed batch reads.
#[derive(Deserialize)]
struct StoredLine {
    index: usize,
    outcome: BatchOutcome,
}

/// The results that a batch before has stored.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// The outcomes by index, of those that are final.
    pub(super) outcomes: HashMap<usize, BatchOutcome>,
    /// Their lines.
    kept: Vec<u8>,
    /// Whether there are others: of inputs that are tried again, or torn.
    has_others: bool,
}

impl Stored {
    /// Reads the results. With `retry_expired`, expired ones are not kept.
    pub(super) fn read(path: &Path, retry_expired: bool) -> Result<Self, CliError> {
        let content = match std::fs::read(path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let message = format!("could not read `{}`: {error}", path.display());
                return Err(CliError::error(message));
            }
        };
        let mut stored = Self::default();
        for line in content.split_inclusive(|byte| *byte == b'\n') {
            let parsed = serde_json::from_slice::<StoredLine>(line);
            let parsed = parsed.ok().filter(|_| line.ends_with(b"\n"));
            let Some(StoredLine { index, outcome }) = parsed else {
                stored.has_others = true;
                continue;
            };
            let retried = retry_expired && outcome == BatchOutcome::Expired;
            if outcome.is_final() && !retried && !stored.outcomes.contains_key(&index) {
                stored.outcomes.insert(index, outcome);
                stored.kept.extend_from_slice(line);
            } else {
                stored.has_others = true;
            }
        }
        Ok(stored)
    }
}

/// The file, open for appending.
#[derive(Clone, Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Results {
    /// Opens the file, with what is kept of the results before.
    pub(super) fn open(path: &Path, stored: &Stored) -> Result<Self, CliError> {
        let opened = || {
            if stored.has_others {
                new_file::write_private(path, &stored.kept)?;
            }
            let mut options = OpenOptions::new();
            options.append(true).create(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            options.open(path)
        };
        let file = opened().map_err(|error| CliError::not_written(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(Mutex::new(file)),
        })
    }

    /// Appends a line, and returns once it is on disk.
    pub(super) async fn append(&self, line: &ResultLine<'_>) -> Result<(), CliError> {
        let mut line = serde_json::to_vec(line).map_err(CliError::error)?;
        line.push(b'\n');
        let file = Arc::clone(&self.file);
        let writing = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&line).and_then(|()| file.sync_data())
        });
        let written = writing.await.map_err(io::Error::other).and_then(identity);
        written.map_err(|error| CliError::not_written(&self.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_final_results_are_kept_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("results.jsonl");
        let line = |index: usize, outcome: &str| {
            format!("{{\"line\":1,\"index\":{index},\"outcome\":\"{outcome}\"}}\n")
        };
        let kept = [line(0, "succeeded"), line(3, "failed")].concat();
        let content = [
            line(0, "succeeded"),
            line(1, "unknown"),
            line(2, "not_created"),
            line(3, "failed"),
            line(0, "succeeded"),
            "{\"line\":1,\"index\":4,\"outcome\":\"succee".to_owned(),
        ];
        std::fs::write(&path, content.concat()).expect("a file");
        let stored = Stored::read(&path, false).expect("results");
        let mut indexes: Vec<_> = stored.outcomes.keys().copied().collect();
        indexes.sort_unstable();
        assert_eq!(indexes, [0, 3]);
        Results::open(&path, &stored).expect("a file");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), kept);
    }

    #[test]
    fn expired_results_are_kept_unless_they_are_retried() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("results.jsonl");
        std::fs::write(&path, "{\"index\":0,\"outcome\":\"expired\"}\n").expect("a file");
        for (retry, count) in [(false, 1), (true, 0)] {
            let stored = Stored::read(&path, retry).expect("results");
            assert_eq!(stored.outcomes.len(), count);
        }
    }
}
