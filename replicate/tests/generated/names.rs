// Types of the model typed/names.
//
// Written by `replicate models types typed/names`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - type: text, default "a"
// - self_: integer, default 1
// - match: true or false, deprecated, default false
// - camelCase: text, default ""
// - camel_case: text, default ""
// - größe: integer, at least 1, default 3
// - input: text, default ""
// - client: text, default ""
// Output: object of (file: file, required; more: list of (file), or null; type: text, required)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/names";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// A keyword
    ///
    /// Text. Default: "a".
    pub r#type: String,
    /// Another one
    ///
    /// Integer. Default: 1.
    pub self_: i64,
    /// A third
    ///
    /// True or false. Default: false.
    /// Deprecated by the model's author.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#match: Option<bool>,
    /// In another style
    ///
    /// Text. Default: "".
    #[serde(rename = "camelCase")]
    pub camel_case_2: String,
    /// That collides
    ///
    /// Text. Default: "".
    pub camel_case: String,
    /// Größe in Pixeln
    ///
    /// Integer, at least 1. Default: 3.
    pub größe: i64,
    /// The name of the whole
    ///
    /// Text. Default: "".
    pub input: String,
    /// A name that the code uses
    ///
    /// Text. Default: "".
    pub client: String,
}

#[allow(dead_code)]
impl Input {
    /// An input with the model's defaults.
    pub fn new() -> Self {
        Self {
            r#type: "a".to_owned(),
            self_: 1,
            r#match: None,
            camel_case_2: String::new(),
            camel_case: String::new(),
            größe: 3,
            input: String::new(),
            client: String::new(),
        }
    }

    /// Sets `type`.
    #[must_use]
    pub fn r#type(mut self, r#type: impl Into<String>) -> Self {
        self.r#type = r#type.into();
        self
    }

    /// Sets `self_`.
    #[must_use]
    pub fn self_(mut self, self_: i64) -> Self {
        self.self_ = self_;
        self
    }

    /// Sets `match`.
    #[must_use]
    pub fn r#match(mut self, r#match: bool) -> Self {
        self.r#match = Some(r#match);
        self
    }

    /// Sets `camelCase`.
    #[must_use]
    pub fn camel_case_2(mut self, camel_case_2: impl Into<String>) -> Self {
        self.camel_case_2 = camel_case_2.into();
        self
    }

    /// Sets `camel_case`.
    #[must_use]
    pub fn camel_case(mut self, camel_case: impl Into<String>) -> Self {
        self.camel_case = camel_case.into();
        self
    }

    /// Sets `größe`.
    #[must_use]
    pub fn größe(mut self, größe: i64) -> Self {
        self.größe = größe;
        self
    }

    /// Sets `input`.
    #[must_use]
    pub fn input(mut self, input: impl Into<String>) -> Self {
        self.input = input.into();
        self
    }

    /// Sets `client`.
    #[must_use]
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.client = client.into();
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
#[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
pub struct Output {
    /// File.
    ///
    /// File.
    pub file: ::replicate::FileOutput,
    /// More.
    ///
    /// List of files.
    pub more: Option<Vec<::replicate::FileOutput>>,
    /// Type.
    ///
    /// Text.
    pub r#type: String,
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
