// Types of the model typed/secrets.
//
// Written by `replicate models types typed/secrets`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - api_key: secret, required
// - token: secret, or null
// Output: true or false

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/secrets";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// A key that is not shown
    ///
    /// Secret.
    pub api_key: ::replicate::Secret,
    /// Another one
    ///
    /// Secret.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<::replicate::Secret>,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(api_key: impl Into<::replicate::Secret>) -> Self {
        Self {
            api_key: api_key.into(),
            token: None,
        }
    }

    /// Sets `api_key`.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<::replicate::Secret>) -> Self {
        self.api_key = api_key.into();
        self
    }

    /// Sets `token`.
    #[must_use]
    pub fn token(mut self, token: impl Into<::replicate::Secret>) -> Self {
        self.token = Some(token.into());
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
pub type Output = bool;

/// Runs the model and returns its output: creates one prediction, which may be billed, and waits until it is done.
///
/// # Errors
/// The errors of `replicate::Run`.
#[allow(dead_code)]
pub async fn run(
    client: &::replicate::Client,
    input: &Input,
) -> ::replicate::Result<Output> {
    client.run(MODEL).input(input).json().await
}
