//! `results.jsonl`: a line for each input that is done, in the order of completion.
//!
//! The files of a result are saved first, then its line is written, then the journal notes that
//! both are on disk.

use std::collections::HashMap;
use std::convert::identity;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use replicate::batch::{BatchItem, BatchOutcome};
use replicate::{CancellationToken, ErrorKind, FileOutput, Output};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::rows::Row;
use crate::error::{CliError, ExitCode, Result};
use crate::new_file::{self, temporary_in};
use crate::save::{SaveError, download, extension};

#[derive(Debug, Serialize)]
struct ResultLine<'a> {
    /// The input's line in its file, from 1.
    line: u64,
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
    kept: Vec<u8>,
    /// Whether there are others: of inputs that are tried again, or torn.
    has_others: bool,
}

impl Stored {
    /// Reads the results. With `retry_expired`, expired ones are not kept.
    pub(super) fn read(path: &Path, retry_expired: bool) -> Result<Self> {
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

#[derive(Clone, Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Results {
    /// Opens the file, with what is kept of the results before.
    pub(super) fn open(path: &Path, stored: &Stored) -> Result<Self> {
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
    async fn append(&self, line: &ResultLine<'_>) -> Result<()> {
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

pub(super) struct Storage<'a> {
    pub(super) directory: &'a Path,
    pub(super) rows: &'a [Row],
    pub(super) results: Results,
    pub(super) stop: CancellationToken,
}

/// A result and the outcome of storing it.
pub(super) struct StoredItem {
    pub(super) line: u64,
    /// Why the line has no output, or why that is not saved.
    pub(super) error: Option<CliError>,
    /// Whether there is an output that could not be saved.
    pub(super) is_unsaved: bool,
}

/// The parts of a response that are stored as they arrived.
#[derive(Default, Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    #[serde(borrow)]
    metrics: Option<&'a RawValue>,
}

impl Storage<'_> {
    /// Saves the files of a result and stores it, then acknowledges it.
    pub(super) async fn store(&self, item: BatchItem) -> StoredItem {
        let row = &self.rows[item.index()];
        let mut stored = StoredItem {
            line: row.line,
            error: None,
            is_unsaved: false,
        };
        let mut outcome = item.outcome();
        let mut files = Vec::new();
        match item.result() {
            Ok(output) => match self.save_files(output).await {
                Ok(names) => files = names,
                Err(error) => {
                    stored.is_unsaved = true;
                    outcome = match &error {
                        SaveError::Download(error) if error.kind() == ErrorKind::Expired => {
                            BatchOutcome::Expired
                        }
                        _ => BatchOutcome::Unfinished,
                    };
                    if matches!(error, SaveError::Write(_)) {
                        self.stop.cancel();
                    }
                    stored.error = Some(error.into());
                }
            },
            Err(error) => {
                let invalid = error.kind() == ErrorKind::InvalidRequest;
                let error = CliError::new(ExitCode::from_kind(error.kind()), error);
                let hint = "the line is tried again by --resume; correct it first";
                stored.error = Some(if invalid { error.hint(hint) } else { error });
            }
        }
        let body: Body<'_> = item
            .body()
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_default();
        let output = item.result().ok().map(|output| output.value());
        let decoded = output.and_then(|output| to_raw_value(output).ok());
        let status = item
            .prediction()
            .map(|prediction| prediction.status.as_str());
        let line = ResultLine {
            line: row.line,
            index: item.index(),
            outcome,
            id: item.id(),
            status,
            input: &row.shown,
            output: body.output.or(decoded.as_deref()),
            files,
            error: stored
                .error
                .as_ref()
                .map(|error| error.message().to_owned()),
            metrics: body.metrics,
        };
        let written = self.results.append(&line).await;
        let kept = match written {
            Ok(()) if outcome == item.outcome() => item.acknowledge().await.map_err(CliError::from),
            written => written,
        };
        if let Err(error) = kept {
            self.stop.cancel();
            stored.is_unsaved |= item.result().is_ok();
            stored.error = Some(error);
        }
        stored
    }

    /// Saves the files of an output as `{id}-{n}.{ext}`, and returns their names. Since they have
    /// the prediction's id, a file of that name is of the same prediction, and is replaced.
    async fn save_files(&self, output: &Output) -> Result<Vec<String>, SaveError> {
        let files = output.files().map_err(SaveError::Download)?;
        let mut names = Vec::with_capacity(files.len());
        for (number, file) in (1..).zip(&files) {
            names.push(
                self.save_file(&format!("{}-{number}", output.id()), file)
                    .await?,
            );
        }
        Ok(names)
    }

    async fn save_file(&self, stem: &str, file: &FileOutput) -> Result<String, SaveError> {
        let path = self.directory.join(stem);
        let failed = |error| SaveError::write(&path, &error);
        let temporary = temporary_in(self.directory).map_err(failed)?;
        let downloaded = download(temporary, &path, file, |_, _| {}).await?;
        downloaded.file.as_file().sync_data().map_err(failed)?;
        // The response knows the type where the URL has no extension.
        let name = match extension(&downloaded.name) {
            Some(extension) => format!("{stem}.{extension}"),
            None => stem.to_owned(),
        };
        let persisted = downloaded.file.persist(self.directory.join(&name));
        persisted.map_err(|error| failed(error.error))?;
        Ok(name)
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
        let kept = [line(0, "succeeded"), line(3, "failed"), line(5, "expired")].concat();
        let content = [
            line(0, "succeeded"),
            line(1, "unknown"),
            line(2, "not_created"),
            line(3, "failed"),
            line(0, "succeeded"),
            line(5, "expired"),
            "{\"line\":1,\"index\":4,\"outcome\":\"succee".to_owned(),
        ];
        std::fs::write(&path, content.concat()).expect("a file");
        let stored = Stored::read(&path, false).expect("results");
        let mut indexes: Vec<_> = stored.outcomes.keys().copied().collect();
        indexes.sort_unstable();
        assert_eq!(indexes, [0, 3, 5]);
        // Expired results are kept unless they are retried.
        let without_expired = Stored::read(&path, true).expect("results");
        assert_eq!(without_expired.outcomes.len(), 2);
        Results::open(&path, &stored).expect("a file");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), kept);
    }
}
