// Types of the model typed/files.
//
// Written by `replicate models types typed/files`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - image: file, required
// - mask: file, or null
// - notes: file
// Output: file

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/files";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// The picture that is copied
    ///
    /// File.
    pub image: ::replicate::FileInput,
    /// What is kept
    ///
    /// File.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<::replicate::FileInput>,
    /// A file of the old type
    ///
    /// File.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<::replicate::FileInput>,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(image: impl Into<::replicate::FileInput>) -> Self {
        Self {
            image: image.into(),
            mask: None,
            notes: None,
        }
    }

    /// Sets `image`.
    #[must_use]
    pub fn image(mut self, image: impl Into<::replicate::FileInput>) -> Self {
        self.image = image.into();
        self
    }

    /// Sets `mask`.
    #[must_use]
    pub fn mask(mut self, mask: impl Into<::replicate::FileInput>) -> Self {
        self.mask = Some(mask.into());
        self
    }

    /// Sets `notes`.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<::replicate::FileInput>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
pub type Output = ::replicate::FileOutput;

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
