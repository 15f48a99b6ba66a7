// Types of the model typed/choices.
//
// Written by `replicate models types typed/choices`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - style: one of "plain", "K_EULER", "a b", "2-fold", "type", "Plain", default "plain"
// - size: one of 256, 512, 1024, required
// Output: any JSON

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/choices";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// How it looks
    ///
    /// One of plain, K\_EULER, a b, 2-fold, type, Plain. Default: "plain".
    pub style: Style,
    /// Pixels a side
    ///
    /// One of 256, 512, 1024.
    pub size: Size,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(size: Size) -> Self {
        Self { style: Style::Plain, size }
    }

    /// Sets `style`.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Sets `size`.
    #[must_use]
    pub fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
pub type Output = ::serde_json::Value;

/// How it looks
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize)]
pub enum Style {
    /// `plain`
    #[serde(rename = "plain")]
    Plain,
    /// `K_EULER`
    #[serde(rename = "K_EULER")]
    KEuler,
    /// `a b`
    #[serde(rename = "a b")]
    AB,
    /// `2-fold`
    #[serde(rename = "2-fold")]
    V2Fold,
    /// `type`
    #[serde(rename = "type")]
    Type,
    /// `Plain`
    #[serde(rename = "Plain")]
    Plain2,
}

/// Pixels a side
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// `256`
    V256,
    /// `512`
    V512,
    /// `1024`
    V1024,
}

impl ::serde::Serialize for Size {
    fn serialize<S: ::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::std::result::Result<S::Ok, S::Error> {
        let value = match self {
            Self::V256 => 256,
            Self::V512 => 512,
            Self::V1024 => 1024,
        };
        serializer.serialize_i64(value)
    }
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
