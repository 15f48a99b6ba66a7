// Types of the model typed/plain.
//
// Written by `replicate models types typed/plain`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - text: text, default "a b"
// - upper: true or false, default false
// - times: integer, default 1
// - weight: number, default 1.5
// Output: list of (text)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/plain";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// Text.
    ///
    /// Text. Default: "a b".
    pub text: String,
    /// Upper.
    ///
    /// True or false. Default: false.
    pub upper: bool,
    /// Times.
    ///
    /// Integer. Default: 1.
    pub times: i64,
    /// Weight.
    ///
    /// Number. Default: 1.5.
    pub weight: f64,
}

#[allow(dead_code)]
impl Input {
    /// An input with the model's defaults.
    pub fn new() -> Self {
        Self {
            text: "a b".to_owned(),
            upper: false,
            times: 1,
            weight: 1.5,
        }
    }

    /// Sets `text`.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Sets `upper`.
    #[must_use]
    pub fn upper(mut self, upper: bool) -> Self {
        self.upper = upper;
        self
    }

    /// Sets `times`.
    #[must_use]
    pub fn times(mut self, times: i64) -> Self {
        self.times = times;
        self
    }

    /// Sets `weight`.
    #[must_use]
    pub fn weight(mut self, weight: impl Into<f64>) -> Self {
        self.weight = weight.into();
        self
    }
}

impl Default for Input {
    fn default() -> Self {
        Self::new()
    }
}

/// What the model returns.
#[allow(dead_code)]
pub type Output = Vec<String>;

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
