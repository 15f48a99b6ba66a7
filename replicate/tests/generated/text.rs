// Types of the model typed/text.
//
// Written by `replicate models types typed/text`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - prompt: text, required
// - suffix: text, default "!"
// - name: text, or null
// - code: text, 2 to 4 characters, pattern ^[a-z]+$, default "abc"
// Output: text

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/text";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// What is written
    ///
    /// Text.
    pub prompt: String,
    /// What follows
    ///
    /// Text. Default: "!".
    pub suffix: String,
    /// Who writes
    ///
    /// Text.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Two to four lower-case letters
    ///
    /// Text, 2 to 4 characters, matching ^\[a-z\]+$. Default: "abc".
    pub code: String,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            suffix: "!".to_owned(),
            name: None,
            code: "abc".to_owned(),
        }
    }

    /// Sets `prompt`.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Sets `suffix`.
    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<String>) -> Self {
        self.suffix = suffix.into();
        self
    }

    /// Sets `name`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets `code`.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into();
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
