//! What is waited for: a prediction, or a training.

use futures::future::BoxFuture;

use crate::error::{Error, ErrorKind, Result};
use crate::quote::quote;
use crate::types::{Prediction, Training};

/// A prediction by its id, and as it was last seen if it is at hand.
///
/// Predictions, their ids and references to both are.
pub trait PredictionId {
    /// The prediction's id.
    fn prediction_id(&self) -> &str;

    /// The prediction, as it was last seen.
    fn last_seen(&self) -> Option<&Prediction> {
        None
    }
}

impl PredictionId for str {
    fn prediction_id(&self) -> &str {
        self
    }
}

impl PredictionId for String {
    fn prediction_id(&self) -> &str {
        self
    }
}

impl PredictionId for Prediction {
    fn prediction_id(&self) -> &str {
        &self.id
    }

    fn last_seen(&self) -> Option<&Prediction> {
        Some(self)
    }
}

impl<T: PredictionId + ?Sized> PredictionId for &T {
    fn prediction_id(&self) -> &str {
        (**self).prediction_id()
    }

    fn last_seen(&self) -> Option<&Prediction> {
        (**self).last_seen()
    }
}

/// A training by its id. Trainings, their ids and references to both are.
pub trait TrainingId {
    /// The training's id.
    fn training_id(&self) -> &str;
}

impl TrainingId for str {
    fn training_id(&self) -> &str {
        self
    }
}

impl TrainingId for String {
    fn training_id(&self) -> &str {
        self
    }
}

impl TrainingId for Training {
    fn training_id(&self) -> &str {
        &self.id
    }
}

impl<T: TrainingId + ?Sized> TrainingId for &T {
    fn training_id(&self) -> &str {
        (**self).training_id()
    }
}

/// Something that the server works on until it is done.
pub(crate) trait Job: Clone + Send + Sync + 'static {
    const WHAT: &'static str;

    fn id(&self) -> &str;
    fn status(&self) -> &str;
    /// Whether it has succeeded and its output was deleted since.
    fn is_removed(&self) -> bool {
        false
    }
    /// Whether there is anything to tell, compared with how it was seen before.
    fn differs(&self, before: &Self) -> bool;
    fn get(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>>;
    fn cancel(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>>;
    /// Puts what is known of the job into an error.
    fn into_error(this: Option<Self>, error: Error) -> Error;
    /// The error of a job that ended otherwise than by success.
    fn ended(self) -> Error;
}

/// The job, if it is the one that was asked for: another's output must not pass for its own.
fn the_asked<J: Job>(job: J, id: &str) -> Result<J> {
    if job.id() == id {
        return Ok(job);
    }
    let message = format!(
        "the answer is not of the {} {id}, but of `{}`",
        J::WHAT,
        quote(job.id())
    );
    Err(Error::new(ErrorKind::Decode, message))
}

impl Job for Prediction {
    const WHAT: &'static str = "prediction";

    fn id(&self) -> &str {
        &self.id
    }

    fn status(&self) -> &str {
        self.status.as_str()
    }

    fn is_removed(&self) -> bool {
        let is_null = self.output.as_ref().is_none_or(serde_json::Value::is_null);
        self.status() == "succeeded" && is_null && self.data_removed == Some(true)
    }

    fn differs(&self, before: &Self) -> bool {
        self.status != before.status || self.logs != before.logs || self.output != before.output
    }

    fn get(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>> {
        Box::pin(async move {
            let answer = api.predictions_get().prediction_id(&id).send().await?;
            the_asked(answer.into_inner(), &id)
        })
    }

    fn cancel(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>> {
        Box::pin(async move {
            let answer = api.predictions_cancel().prediction_id(&id).send().await?;
            the_asked(answer.into_inner(), &id)
        })
    }

    fn into_error(this: Option<Self>, error: Error) -> Error {
        error.with_prediction(this)
    }

    fn ended(self) -> Error {
        Error::ended(self)
    }
}

impl Job for Training {
    const WHAT: &'static str = "training";

    fn id(&self) -> &str {
        &self.id
    }

    fn status(&self) -> &str {
        self.status.as_str()
    }

    fn differs(&self, before: &Self) -> bool {
        self.status != before.status || self.logs != before.logs
    }

    fn get(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>> {
        Box::pin(async move {
            let answer = api.trainings_get().training_id(&id).send().await?;
            the_asked(answer.into_inner(), &id)
        })
    }

    fn cancel(api: replicate_api::Client, id: String) -> BoxFuture<'static, Result<Self>> {
        Box::pin(async move {
            let answer = api.trainings_cancel().training_id(&id).send().await?;
            the_asked(answer.into_inner(), &id)
        })
    }

    fn into_error(this: Option<Self>, error: Error) -> Error {
        error.with_training(this)
    }

    fn ended(self) -> Error {
        Error::training_ended(self)
    }
}
