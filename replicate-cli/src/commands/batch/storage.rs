//! Stores results: their files, their line, and in the journal that both are on disk.

use std::path::Path;

use replicate::batch::{BatchItem, BatchOutcome};
use replicate::{CancellationToken, ErrorKind, FileOutput, Output};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::results::{ResultLine, Results};
use super::rows::Row;
use crate::error::{CliError, ExitCode};
use crate::new_file::temporary_in;
use crate::save::{SaveError, download, extension};

/// Where results go.
pub(super) struct Storage<'a> {
    pub(super) directory: &'a Path,
    pub(super) rows: &'a [Row],
    pub(super) results: Results,
    /// Stops the batch.
    pub(super) stop: CancellationToken,
}

/// A result and the outcome of storing it.
pub(super) struct StoredItem {
    pub(super) line: u64,
    outcome: BatchOutcome,
    /// Why the line has no output, or why that is not saved.
    pub(super) error: Option<CliError>,
    /// Whether there is an output that is not saved.
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
            outcome: item.outcome(),
            error: None,
            is_unsaved: false,
        };
        let mut files = Vec::new();
        match item.result() {
            Ok(output) => match self.save_files(output).await {
                Ok(names) => files = names,
                Err(error) => {
                    stored.is_unsaved = true;
                    stored.outcome = match &error {
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
            outcome: stored.outcome,
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
            Ok(()) if stored.outcome == item.outcome() => {
                item.acknowledge().await.map_err(CliError::from)
            }
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
