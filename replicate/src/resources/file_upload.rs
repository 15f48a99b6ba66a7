use std::fmt;

use replicate_api::{RequestOptions, SendGate};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::progress::{Progress, Reporter, UploadProgress};
use crate::types::{File, Prediction};
use crate::upload;
use crate::{Client, FileInput};

/// A file to be uploaded: made by [`Files::create`](super::Files::create), sent when it is
/// awaited.
#[must_use = "nothing is sent before it is awaited"]
pub struct UploadFile {
    client: Client,
    file: FileInput,
    metadata: Option<Map<String, Value>>,
    reporter: Reporter<Prediction>,
    options: RequestOptions,
}

impl UploadFile {
    pub(crate) fn new(client: Client, file: FileInput) -> Self {
        Self {
            client,
            file,
            metadata: None,
            reporter: Reporter::default(),
            options: RequestOptions::new(),
        }
    }

    /// Keeps this with the file, for the caller's own use.
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Calls `callback` while the file is sent, with how much of it was
    /// ([`Progress::Upload`], whose `input` is empty), and when the API limits the rate.
    pub fn on_progress(
        mut self,
        callback: impl FnMut(Progress<'_, Prediction>) + Send + 'static,
    ) -> Self {
        self.reporter = Reporter::new(callback);
        self
    }

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    fn call(self) -> Call<File> {
        let Self {
            client,
            file,
            metadata,
            mut reporter,
            options,
        } = self;
        let send = async move |mut api: replicate_api::Client| {
            if !reporter.is_set() {
                return upload::upload(api, file, metadata).await;
            }
            let gate = SendGate::new();
            api = api.with_options(RequestOptions::new().with_send_gate(gate.clone()));
            let name = file.label();
            let progress = upload::check(&file).await?.map(|total| UploadProgress {
                input: "",
                file: &name,
                sent: 0,
                total,
            });
            let uploading = upload::upload(api, file, metadata);
            reporter.watch(&gate, progress, uploading).await
        };
        Call::new(&client, send).options(options)
    }
}

super::awaited! { UploadFile -> File }

/// Without the metadata, which is the caller's own.
impl fmt::Debug for UploadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFile")
            .field("file", &self.file)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
