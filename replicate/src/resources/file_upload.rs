use std::future::IntoFuture;
use std::time::Duration;

use futures::future::BoxFuture;
use replicate_api::Response;
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
    timeout: Option<Duration>,
}

impl UploadFile {
    pub(crate) fn new(client: Client, file: FileInput) -> Self {
        Self {
            client,
            file,
            metadata: None,
            timeout: None,
        }
    }

    /// Keeps this with the file, for the caller's own use.
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// How long the upload may take. Default 1 hour.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

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
            timeout,
        } = self;
        let call = Call::new(&client, |api| crate::upload::upload(api, file, metadata));
        match timeout {
            Some(timeout) => call.timeout(timeout),
            None => call,
        }
    }
}

impl IntoFuture for UploadFile {
    type Output = Result<File>;
    type IntoFuture = BoxFuture<'static, Result<File>>;

    fn into_future(self) -> Self::IntoFuture {
        self.call().into_future()
    }
}
