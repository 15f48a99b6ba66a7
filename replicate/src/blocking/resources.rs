use serde::Serialize;

use super::{Client, Handle, Iter, Wait};
#[cfg(feature = "files")]
use crate::FileInput;
use crate::error::Result;
use crate::job::{AsPredictionId, AsTrainingId};
use crate::reconcile::{Reconcile, Reconciled};
#[cfg(feature = "files")]
use crate::types::File;
use crate::types::{Model, Prediction, Training};
use crate::{IntoModelName, IntoModelRef, Items};

/// Predictions: create, get, cancel, list.
#[derive(Clone, Debug)]
pub struct Predictions {
    pub(super) client: Client,
}

impl Predictions {
    /// Creates a prediction and leaves it running: see [`crate::resources::Predictions::create`].
    pub fn create(&self, reference: impl IntoModelRef) -> CreatePrediction {
        let create = self.client.client().predictions().create(reference);
        CreatePrediction {
            create,
            client: self.client.clone(),
        }
    }

    /// Returns the current state of a prediction: see [`crate::resources::Predictions::get`].
    pub fn get(&self, prediction: impl AsPredictionId) -> Result<Prediction> {
        self.client
            .block_on(self.client.client().predictions().get(prediction))
    }

    /// Cancels a prediction: see [`crate::resources::Predictions::cancel`].
    pub fn cancel(&self, prediction: impl AsPredictionId) -> Result<Prediction> {
        self.client
            .block_on(self.client.client().predictions().cancel(prediction))
    }

    /// Searches for the result of a create whose outcome is unknown. See
    /// [`Predictions::reconcile`](crate::resources::Predictions::reconcile).
    pub fn reconcile(&self, create: impl Reconcile) -> Result<Reconciled> {
        self.client
            .block_on(self.client.client().predictions().reconcile(create))
    }

    /// The account's predictions, newest first, over all pages: see
    /// [`crate::resources::Predictions::list`].
    pub fn list(&self) -> Iter<Items<Prediction>> {
        self.client
            .iter(self.client.client().predictions().list().items())
    }
}

/// Models: read, list, search.
#[derive(Clone, Debug)]
pub struct Models {
    pub(super) client: Client,
}

impl Models {
    /// A model, public or your own: see [`crate::resources::Models::get`].
    pub fn get(&self, model: impl IntoModelName) -> Result<Model> {
        self.client
            .block_on(self.client.client().models().get(model))
    }

    /// Every public model: see [`crate::resources::Models::list`].
    pub fn list(&self) -> Iter<Items<Model>> {
        self.client
            .iter(self.client.client().models().list().items())
    }

    /// Searches public models: see [`crate::resources::Models::search`].
    pub fn search(&self, words: impl Into<String>) -> Iter<Items<Model>> {
        self.client
            .iter(self.client.client().models().search(words).items())
    }
}

/// Trainings: read, cancel, list, wait.
#[derive(Clone, Debug)]
pub struct Trainings {
    pub(super) client: Client,
}

impl Trainings {
    /// Creates a training of `destination` from `version`: see
    /// [`Trainings::create`](crate::resources::Trainings::create).
    pub fn create(
        &self,
        version: impl IntoModelRef,
        destination: impl IntoModelName,
    ) -> CreateTraining {
        let trainings = self.client.client().trainings();
        CreateTraining {
            create: trainings.create(version, destination),
            client: self.client.clone(),
        }
    }

    /// Returns the current state of a training: see [`crate::resources::Trainings::get`].
    pub fn get(&self, training: impl AsTrainingId) -> Result<Training> {
        self.client
            .block_on(self.client.client().trainings().get(training))
    }

    /// Cancels a training: see [`crate::resources::Trainings::cancel`].
    pub fn cancel(&self, training: impl AsTrainingId) -> Result<Training> {
        self.client
            .block_on(self.client.client().trainings().cancel(training))
    }

    /// The account's trainings, newest first, over all pages: see
    /// [`crate::resources::Trainings::list`].
    pub fn list(&self) -> Iter<Items<Training>> {
        self.client
            .iter(self.client.client().trainings().list().items())
    }

    /// Waits until a training is done: see [`crate::resources::Trainings::wait`].
    /// [`send`](Wait::send) begins.
    pub fn wait(&self, training: impl AsTrainingId) -> Wait<Training> {
        self.client.training(training).wait()
    }
}

/// A prediction to be created and left running: made by [`Predictions::create`].
#[derive(Debug)]
#[must_use = "nothing is created before `send`"]
pub struct CreatePrediction {
    create: crate::resources::CreatePrediction,
    client: Client,
}

impl CreatePrediction {
    super::create_methods!(create: crate::resources::CreatePrediction);

    /// Creates the prediction: see [`crate::resources::CreatePrediction`].
    pub fn send(self) -> Result<Prediction> {
        self.client.block_on(self.create)
    }
}

/// A training to be created: made by [`Trainings::create`].
#[derive(Debug)]
#[must_use = "nothing is created before `send` or `start`"]
pub struct CreateTraining {
    create: crate::resources::CreateTraining,
    client: Client,
}

impl CreateTraining {
    /// The training's input: see [`crate::resources::CreateTraining::input`].
    pub fn input<T: Serialize>(self, input: T) -> Self {
        self.with(|create| create.input(input))
    }

    /// Sets any other option of [`crate::resources::CreateTraining`].
    pub fn with(
        mut self,
        change: impl FnOnce(crate::resources::CreateTraining) -> crate::resources::CreateTraining,
    ) -> Self {
        self.create = change(self.create);
        self
    }

    /// Creates the training: see [`crate::resources::CreateTraining`].
    pub fn send(self) -> Result<Training> {
        self.client.block_on(self.create)
    }

    /// Creates the training and returns a handle for it: see
    /// [`crate::resources::CreateTraining::start`].
    pub fn start(self) -> Result<Handle<Training>> {
        let handle = self.client.block_on(self.create.start())?;
        Ok(Handle::new(handle, self.client))
    }
}

/// Uploaded files.
#[cfg(feature = "files")]
#[derive(Clone, Debug)]
pub struct Files {
    pub(super) client: Client,
}

#[cfg(feature = "files")]
impl Files {
    /// Uploads a file: see [`crate::resources::Files::create`].
    pub fn create(&self, file: impl Into<FileInput>) -> Result<File> {
        self.client
            .block_on(self.client.client().files().create(file))
    }

    /// Returns the description of an uploaded file: see [`crate::resources::Files::get`].
    pub fn get(&self, id: impl Into<String>) -> Result<File> {
        self.client.block_on(self.client.client().files().get(id))
    }

    /// Deletes an uploaded file: see [`crate::resources::Files::delete`].
    pub fn delete(&self, id: impl Into<String>) -> Result<()> {
        self.client
            .block_on(self.client.client().files().delete(id))
    }

    /// The account's uploaded files, over all pages: see [`crate::resources::Files::list`].
    pub fn list(&self) -> Iter<Items<File>> {
        self.client
            .iter(self.client.client().files().list().items())
    }
}
