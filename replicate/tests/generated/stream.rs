// Types of the model typed/stream.
//
// Written by `replicate models types typed/stream`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - prompt: text, required
// - max_tokens: integer, 1 to 64, default 8
// Output: text, streamed

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/stream";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// What is said again
    ///
    /// Text.
    pub prompt: String,
    /// How many words
    ///
    /// Integer, 1 to 64. Default: 8.
    pub max_tokens: i64,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            max_tokens: 8,
        }
    }

    /// Sets `prompt`.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Sets `max_tokens`.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: i64) -> Self {
        self.max_tokens = max_tokens;
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
pub type Output = String;

/// Runs the model and returns its output: creates one prediction, which may be billed, and waits until it is done.
///
/// # Errors
/// The errors of `replicate::Run`.
#[allow(dead_code)]
pub async fn run(
    client: &::replicate::Client,
    input: &Input,
) -> ::replicate::Result<Output> {
    client.run(MODEL).input(input).text().await
}
