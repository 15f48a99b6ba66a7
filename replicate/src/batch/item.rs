//! The result of one input of a batch.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::journal::Record;
use super::line::{Context, Finished};
use crate::Output;
use crate::error::{Error, ErrorKind, Result};
use crate::types::Prediction;

/// Outcome of an input of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BatchOutcome {
    /// The prediction has succeeded.
    Succeeded,
    /// The prediction failed, was canceled, or was aborted.
    Failed,
    /// The prediction has succeeded, but its output was deleted since: see
    /// [`Batch::retry_expired`](crate::Batch::retry_expired).
    Expired,
    /// The prediction exists, but the wait for it ended with an error. A resumed batch waits for
    /// it again.
    Unfinished,
    /// The create was sent and may have made a prediction, which was not found. A resumed batch
    /// looks for it again, and retries it only with
    /// [`Batch::retry_unknown`](crate::Batch::retry_unknown).
    Unknown,
    /// Nothing was created. A resumed batch retries it.
    NotCreated,
}

impl BatchOutcome {
    /// Whether a resumed batch has nothing more to do for the input.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Expired)
    }
}

/// The result of one input of a batch, from a [`BatchStream`](crate::BatchStream).
///
/// Once the result is stored, [`acknowledge`](Self::acknowledge) it, so that a resumed batch does
/// not deliver it again. The journal stays locked as long as there is an item of its batch.
pub struct BatchItem {
    index: usize,
    outcome: BatchOutcome,
    id: Option<String>,
    result: Result<Output>,
    body: Option<Bytes>,
    context: Arc<Context>,
}

impl BatchItem {
    pub(super) fn new(finished: Finished, context: Arc<Context>) -> Self {
        let Finished {
            line,
            outcome,
            id,
            result,
            body,
            ..
        } = finished;
        Self {
            index: line.index,
            outcome,
            id,
            result,
            body,
            context,
        }
    }

    /// The place of the input among all inputs that were given, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Outcome of the input.
    pub fn outcome(&self) -> BatchOutcome {
        self.outcome
    }

    /// The id of the prediction, if there is one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The prediction, if there is one and it was read.
    pub fn prediction(&self) -> Option<&Prediction> {
        match &self.result {
            Ok(output) => Some(output.prediction()),
            Err(error) => error.prediction(),
        }
    }

    /// The output, or the error of the input.
    pub fn result(&self) -> Result<&Output, &Error> {
        self.result.as_ref()
    }

    /// The output, or the error of the input.
    ///
    /// # Errors
    /// [`Failed`](ErrorKind::Failed) and the others of a wait with the prediction,
    /// [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) with the
    /// [`UnconfirmedCreate`](crate::UnconfirmedCreate), and those of a create.
    pub fn into_result(self) -> Result<Output> {
        self.result
    }

    /// The response body that the prediction was decoded from, as the API sent it.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Journals that the result is stored: a resumed batch does not deliver it again. Returns once
    /// that is on disk. Has no effect without a journal, and where the outcome is not
    /// [final](BatchOutcome::is_final).
    ///
    /// A process that is stopped between storing a result and this gets the result again when
    /// it resumes.
    ///
    /// # Errors
    /// [`File`](ErrorKind::File) if the journal cannot be written.
    pub async fn acknowledge(&self) -> Result<()> {
        let (Some(journal), true) = (&self.context.journal, self.outcome.is_final()) else {
            return Ok(());
        };
        let record = Record::Done {
            index: self.index,
            outcome: self.outcome,
        };
        let written = journal.write(&record).await;
        written.map_err(|error| Error::new(ErrorKind::File, error.to_string()).with_source(error))
    }
}

impl fmt::Debug for BatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchItem")
            .field("index", &self.index)
            .field("outcome", &self.outcome)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
