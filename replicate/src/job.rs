//! Jobs: predictions and trainings.

use futures::future::BoxFuture;
use replicate_api::Response;

use crate::error::{Error, ErrorKind, PREDICTION, Result, TRAINING};
use crate::escape::escape;
use crate::types::{Prediction, Status, Training};

/// A prediction or a training: what a [`Handle`](crate::Handle) stands for. Nothing else
/// implements it.
pub trait Job: sealed::Job {}

impl Job for Prediction {}
impl Job for Training {}

/// Identifies a prediction: its id as text, a [`Prediction`], or a reference to either. Nothing
/// else implements it.
pub trait AsPredictionId: sealed::AsId<Prediction> {}

impl<T: sealed::AsId<Prediction> + ?Sized> AsPredictionId for T {}

/// Identifies a training: its id as text, a [`Training`], or a reference to either. Nothing else
/// implements it.
pub trait AsTrainingId: sealed::AsId<Training> {}

impl<T: sealed::AsId<Training> + ?Sized> AsTrainingId for T {}

pub(crate) use sealed::{AsId, Job as Requests};

mod sealed {
    use std::sync::Arc;

    use futures::future::BoxFuture;
    use replicate_api::Response;

    use crate::error::{Error, Result, ending};
    use crate::types::Status;

    /// A prediction or training, which runs until its status is terminal.
    pub trait Job: Clone + Send + Sync + 'static {
        const NOUN: &'static str;

        fn id(&self) -> &str;
        fn status(&self) -> &Status;
        fn logs(&self) -> Option<&str>;
        /// The reason that the API gives where it did not succeed.
        fn error(&self) -> Option<&str>;
        /// Whether it has succeeded and its output was deleted since.
        fn is_removed(&self) -> bool {
            false
        }
        /// Whether there is progress to report, compared with the snapshot before.
        fn has_changed(&self, before: &Self) -> bool;
        fn get(
            api: replicate_api::Client,
            id: String,
        ) -> impl Future<Output = Result<Response<Self>>> + Send + 'static;
        fn cancel(
            api: replicate_api::Client,
            id: String,
        ) -> BoxFuture<'static, Result<Response<Self>>>;
        fn attach(snapshot: Arc<Self>, error: Error) -> Error {
            let error = error.with_job_id(Self::NOUN, snapshot.id());
            error.attach::<Self>(snapshot)
        }
        fn ended(job: Arc<Self>) -> Error {
            let error = ending(Self::NOUN, job.id(), job.status(), job.error());
            Self::attach(job, error)
        }
    }

    pub trait AsId<J> {
        fn job_id(&self) -> &str;
        /// The snapshot at hand.
        fn job_snapshot(&self) -> Option<&J> {
            None
        }
    }
}

impl<J: Job> AsId<J> for str {
    fn job_id(&self) -> &str {
        self
    }
}

impl<J: Job> AsId<J> for String {
    fn job_id(&self) -> &str {
        self
    }
}

impl<J, T: AsId<J> + ?Sized> AsId<J> for &T {
    fn job_id(&self) -> &str {
        (**self).job_id()
    }

    fn job_snapshot(&self) -> Option<&J> {
        (**self).job_snapshot()
    }
}

/// The response, if its id is the requested one: another's output must not pass for its own.
fn check_id<J: Job>(response: Response<J>, id: &str) -> Result<Response<J>> {
    let job = response.value();
    if job.id() == id {
        return Ok(response);
    }
    let message = format!(
        "the response is not {} {id}, but `{}`",
        J::NOUN,
        escape(job.id())
    );
    Err(Error::new(ErrorKind::Decode, message)
        .with_body(Some(response.body().clone()))
        .redacted(response.secrets()))
}

impl Requests for Prediction {
    const NOUN: &'static str = PREDICTION;

    fn id(&self) -> &str {
        &self.id
    }

    fn status(&self) -> &Status {
        &self.status
    }

    fn logs(&self) -> Option<&str> {
        self.logs.as_deref()
    }

    fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn is_removed(&self) -> bool {
        let is_null = self.output.as_ref().is_none_or(serde_json::Value::is_null);
        self.status == Status::Succeeded && is_null && self.data_removed == Some(true)
    }

    fn has_changed(&self, before: &Self) -> bool {
        self.status != before.status || self.logs != before.logs || self.output != before.output
    }

    async fn get(api: replicate_api::Client, id: String) -> Result<Response<Self>> {
        let response = api.predictions_get().prediction_id(&id).send().await?;
        check_id(response, &id)
    }

    fn cancel(
        api: replicate_api::Client,
        id: String,
    ) -> BoxFuture<'static, Result<Response<Self>>> {
        Box::pin(async move {
            let response = api.predictions_cancel().prediction_id(&id).send().await?;
            check_id(response, &id)
        })
    }
}

impl AsId<Prediction> for Prediction {
    fn job_id(&self) -> &str {
        &self.id
    }

    fn job_snapshot(&self) -> Option<&Prediction> {
        Some(self)
    }
}

impl Requests for Training {
    const NOUN: &'static str = TRAINING;

    fn id(&self) -> &str {
        &self.id
    }

    fn status(&self) -> &Status {
        &self.status
    }

    fn logs(&self) -> Option<&str> {
        self.logs.as_deref()
    }

    fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn has_changed(&self, before: &Self) -> bool {
        self.status != before.status || self.logs != before.logs
    }

    async fn get(api: replicate_api::Client, id: String) -> Result<Response<Self>> {
        let response = api.trainings_get().training_id(&id).send().await?;
        check_id(response, &id)
    }

    fn cancel(
        api: replicate_api::Client,
        id: String,
    ) -> BoxFuture<'static, Result<Response<Self>>> {
        Box::pin(async move {
            let response = api.trainings_cancel().training_id(&id).send().await?;
            check_id(response, &id)
        })
    }
}

impl AsId<Training> for Training {
    fn job_id(&self) -> &str {
        &self.id
    }

    fn job_snapshot(&self) -> Option<&Training> {
        Some(self)
    }
}
