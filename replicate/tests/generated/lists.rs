// Types of the model typed/lists.
//
// Written by `replicate models types typed/lists`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - words: list of (text), required
// - numbers: list of (integer), default [1,2]
// - images: list of (file), default []
// Output: list of (file)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/lists";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// Written to a file each
    ///
    /// List of texts.
    pub words: Vec<String>,
    /// Numbers
    ///
    /// List of integers. Default: \[1,2\].
    pub numbers: Vec<i64>,
    /// Pictures
    ///
    /// List of files. Default: \[\].
    pub images: Vec<::replicate::FileInput>,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            words: words.into_iter().map(Into::into).collect(),
            numbers: vec![1, 2],
            images: Vec::new(),
        }
    }

    /// Sets `words`.
    #[must_use]
    pub fn words(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.words = words.into_iter().map(Into::into).collect();
        self
    }

    /// Sets `numbers`.
    #[must_use]
    pub fn numbers(mut self, numbers: impl IntoIterator<Item = i64>) -> Self {
        self.numbers = numbers.into_iter().collect();
        self
    }

    /// Sets `images`.
    #[must_use]
    pub fn images(
        mut self,
        images: impl IntoIterator<Item = impl Into<::replicate::FileInput>>,
    ) -> Self {
        self.images = images.into_iter().map(Into::into).collect();
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
