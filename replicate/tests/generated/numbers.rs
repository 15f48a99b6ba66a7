// Types of the model typed/numbers.
//
// Written by `replicate models types typed/numbers`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - count: integer, 1 to 10, required
// - seed: integer, or null
// - scale: number, 0 to 1, default 0.5
// - offset: number, default 0.0
// - exact: true or false, default true
// Output: object of (count: integer, required; note: text, or null; total: number, required)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/numbers";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// How many
    ///
    /// Integer, 1 to 10.
    pub count: i64,
    /// Random seed
    ///
    /// Integer.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Factor
    ///
    /// Number, 0 to 1. Default: 0.5.
    pub scale: f64,
    /// Added to the total
    ///
    /// Number. Default: 0.0.
    pub offset: f64,
    /// Whether nothing is rounded
    ///
    /// True or false. Default: true.
    pub exact: bool,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(count: i64) -> Self {
        Self {
            count,
            seed: None,
            scale: 0.5,
            offset: 0.0,
            exact: true,
        }
    }

    /// Sets `count`.
    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = count;
        self
    }

    /// Sets `seed`.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets `scale`.
    #[must_use]
    pub fn scale(mut self, scale: impl Into<f64>) -> Self {
        self.scale = scale.into();
        self
    }

    /// Sets `offset`.
    #[must_use]
    pub fn offset(mut self, offset: impl Into<f64>) -> Self {
        self.offset = offset.into();
        self
    }

    /// Sets `exact`.
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
pub struct Output {
    /// Count.
    ///
    /// Integer.
    pub count: i64,
    /// Note.
    ///
    /// Text.
    pub note: Option<String>,
    /// Total.
    ///
    /// Number.
    pub total: f64,
}

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
