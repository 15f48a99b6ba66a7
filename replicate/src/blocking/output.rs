use std::fmt;
#[cfg(feature = "files")]
use std::path::Path;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Client;
use crate::error::Result;
use crate::types::Prediction;

/// Output of a model: see [`crate::Output`].
#[derive(Clone, Debug)]
pub struct Output {
    output: crate::Output,
    client: Client,
}

impl Output {
    pub(super) fn new(output: crate::Output, client: Client) -> Self {
        Self { output, client }
    }

    /// The prediction.
    pub fn prediction(&self) -> &Prediction {
        self.output.prediction()
    }

    /// The output as JSON.
    pub fn value(&self) -> &Value {
        self.output.value()
    }

    /// Returns the output as text: see [`crate::Output::text`].
    pub fn text(&self) -> Result<String> {
        self.output.text()
    }

    /// Returns the output decoded as `T`: see [`crate::Output::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.output.json()
    }

    /// The one file of the output: see [`crate::Output::file`].
    pub fn file(&self) -> Result<FileOutput> {
        Ok(FileOutput::new(self.output.file()?, self.client.clone()))
    }

    /// The files of the output: see [`crate::Output::files`].
    pub fn files(&self) -> Result<Vec<FileOutput>> {
        let files = self.output.files()?.into_iter();
        let blocking = |file| FileOutput::new(file, self.client.clone());
        Ok(files.map(blocking).collect())
    }

    /// The output for async code.
    pub fn into_inner(self) -> crate::Output {
        self.output
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.output.fmt(f)
    }
}

/// A file that a model returned: see [`crate::FileOutput`].
#[derive(Clone, Debug)]
pub struct FileOutput {
    file: crate::FileOutput,
    client: Client,
}

impl FileOutput {
    pub(super) fn new(file: crate::FileOutput, client: Client) -> Self {
        Self { file, client }
    }

    /// The URL of the file.
    pub fn url(&self) -> &str {
        self.file.url()
    }

    /// A name for the file: see [`crate::FileOutput::name`].
    pub fn name(&self) -> String {
        self.file.name()
    }

    /// The whole content, in memory: see [`crate::FileOutput::bytes`].
    pub fn bytes(&self) -> Result<Bytes> {
        self.client.block_on(self.file.bytes())
    }

    /// Saves the file, and returns its size in bytes: see [`crate::FileOutput::save`].
    #[cfg(feature = "files")]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<u64> {
        self.client.block_on(self.file.save(path))
    }

    /// The file for async code, and as the input of another run.
    pub fn into_inner(self) -> crate::FileOutput {
        self.file
    }
}
