// Types of the model emulator/image.
//
// Written by `replicate models types emulator/image`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - prompt: text, required
// - num_outputs: integer, 1 to 10, default 1
// - width: integer, 16 to 2048, default 256
// - height: integer, 16 to 2048, default 256
// - seed: integer, 0 to 2147483647, default 0
// Output: list of (file)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "emulator/image";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// What chooses the picture
    ///
    /// Text.
    pub prompt: String,
    /// How many pictures to draw
    ///
    /// Integer, 1 to 10. Default: 1.
    pub num_outputs: i64,
    /// Width of a picture in pixels
    ///
    /// Integer, 16 to 2048. Default: 256.
    pub width: i64,
    /// Height of a picture in pixels
    ///
    /// Integer, 16 to 2048. Default: 256.
    pub height: i64,
    /// Another picture for the same prompt
    ///
    /// Integer, 0 to 2147483647. Default: 0.
    pub seed: i64,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            num_outputs: 1,
            width: 256,
            height: 256,
            seed: 0,
        }
    }

    /// Sets `prompt`.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Sets `num_outputs`.
    #[must_use]
    pub fn num_outputs(mut self, num_outputs: i64) -> Self {
        self.num_outputs = num_outputs;
        self
    }

    /// Sets `width`.
    #[must_use]
    pub fn width(mut self, width: i64) -> Self {
        self.width = width;
        self
    }

    /// Sets `height`.
    #[must_use]
    pub fn height(mut self, height: i64) -> Self {
        self.height = height;
        self
    }

    /// Sets `seed`.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = seed;
        self
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
