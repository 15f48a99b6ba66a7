// Types of the model typed/frames.
//
// Written by `replicate models types typed/frames`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - frames: integer, 1 to 4, default 2
// Output: list of (file)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/frames";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// How many
    ///
    /// Integer, 1 to 4. Default: 2.
    pub frames: i64,
}

#[allow(dead_code)]
impl Input {
    /// An input with the model's defaults.
    pub fn new() -> Self {
        Self { frames: 2 }
    }

    /// Sets `frames`.
    #[must_use]
    pub fn frames(mut self, frames: i64) -> Self {
        self.frames = frames;
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
pub type Output = Vec<::replicate::FileOutput>;

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
