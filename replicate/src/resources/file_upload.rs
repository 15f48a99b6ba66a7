use std::future::IntoFuture;

use futures::future::BoxFuture;
use replicate_api::{RequestOptions, Response};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::error::Result;
use crate::types::File;
use crate::{Client, FileInput};

/// A file to be uploaded: made by [`Files::create`](super::Files::create), sent when it is
/// awaited.
#[derive(Debug)]
#[must_use = "nothing is sent before it is awaited"]
pub struct UploadFile {
    client: Client,
    file: FileInput,
    metadata: Option<Map<String, Value>>,
    options: RequestOptions,
}

impl UploadFile {
    pub(crate) fn new(client: Client, file: FileInput) -> Self {
        Self {
            client,
            file,
            metadata: None,
            options: RequestOptions::new(),
        }
    }

    /// Keeps this with the file, for the caller's own use.
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// Uploads the file, and returns the whole response.
    ///
    /// # Errors
    /// Those of the upload.
    pub async fn with_response(self) -> Result<Response<File>> {
        self.call().with_response().await
    }

    fn call(self) -> Call<File> {
        let Self {
            client,
            file,
            metadata,
            options,
        } = self;
        Call::new(&client, |api| crate::upload::upload(api, file, metadata)).options(options)
    }
}

impl IntoFuture for UploadFile {
    type Output = Result<File>;
    type IntoFuture = BoxFuture<'static, Result<File>>;

    fn into_future(self) -> Self::IntoFuture {
        self.call().into_future()
    }
}
