use serde::Serialize;

use super::{Client, Iter};
#[cfg(feature = "files")]
use crate::FileInput;
use crate::error::Result;
use crate::job::AsPredictionId;
use crate::reconcile::{Reconcile, Reconciled};
#[cfg(feature = "files")]
use crate::types::File;
use crate::types::Prediction;
use crate::{IntoReference, Items};

/// Predictions: create, get, cancel, list.
#[derive(Clone, Debug)]
pub struct Predictions {
    client: Client,
}

impl Predictions {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a prediction and leaves it running.
    pub fn create(&self, reference: impl IntoReference) -> CreatePrediction {
        let create = self.client.client().predictions().create(reference);
        CreatePrediction {
            create,
            client: self.client.clone(),
        }
    }

    /// A prediction as it is now.
    ///
    /// # Errors
    /// Those of the call.
    pub fn get(&self, prediction: impl AsPredictionId) -> Result<Prediction> {
        self.client
            .call(self.client.client().predictions().get(prediction))
    }

    /// Cancels a prediction.
    ///
    /// # Errors
    /// Those of the call.
    pub fn cancel(&self, prediction: impl AsPredictionId) -> Result<Prediction> {
        self.client
            .call(self.client.client().predictions().cancel(prediction))
    }

    /// Looks for what a create has made whose outcome is unknown. See
    /// [`Predictions::reconcile`](crate::resources::Predictions::reconcile).
    ///
    /// # Errors
    /// Those of the call.
    pub fn reconcile(&self, create: impl Reconcile) -> Result<Reconciled> {
        self.client
            .call(self.client.client().predictions().reconcile(create))
    }

    /// The account's predictions, newest first, over all pages.
    pub fn list(&self) -> Iter<Items<Prediction>> {
        self.client
            .iterate(self.client.client().predictions().list().items())
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
    /// The model's input: see [`crate::Run::input`].
    pub fn input<T: Serialize>(self, input: T) -> Self {
        self.with(|create| create.input(input))
    }

    /// Sets any other option of [`crate::resources::CreatePrediction`].
    pub fn with(
        mut self,
        change: impl FnOnce(crate::resources::CreatePrediction) -> crate::resources::CreatePrediction,
    ) -> Self {
        self.create = change(self.create);
        self
    }

    /// Creates the prediction.
    ///
    /// # Errors
    /// Those of the create.
    pub fn send(self) -> Result<Prediction> {
        self.client.call(self.create)
    }
}

/// Uploaded files.
#[cfg(feature = "files")]
#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
}

#[cfg(feature = "files")]
impl Files {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Uploads a file.
    ///
    /// # Errors
    /// Those of the upload.
    pub fn create(&self, file: impl Into<FileInput>) -> Result<File> {
        self.client.call(self.client.client().files().create(file))
    }

    /// What is known of an uploaded file.
    ///
    /// # Errors
    /// Those of the call.
    pub fn get(&self, id: impl Into<String>) -> Result<File> {
        self.client.call(self.client.client().files().get(id))
    }

    /// Deletes an uploaded file.
    ///
    /// # Errors
    /// Those of the call.
    pub fn delete(&self, id: impl Into<String>) -> Result<()> {
        self.client.call(self.client.client().files().delete(id))
    }

    /// The account's uploaded files, over all pages.
    pub fn list(&self) -> Iter<Items<File>> {
        self.client
            .iterate(self.client.client().files().list().items())
    }
}
