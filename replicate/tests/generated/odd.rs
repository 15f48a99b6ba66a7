// Types of the model typed/odd.
//
// Written by `replicate models types typed/odd`; not to be edited by hand. With
// `--check FILE` the same command reports whether the model has changed.
//
// Inputs:
// - 2d: true or false, required
// - new: text, required
// - a: integer, required
// - b: number, required
// - c: list of (number), required
// - d: text, or null, required
// - e: one of -1, 0, 1, 10, required
// - f: object of (image: file, required; opacity: number, default 1; type: one of "normal", "multiply", required), required
// - цена: integer, default -5
// - +: number, default -0.5
// - string: one of "Vec", "vec", "", "+", "1.5", "15", "Self", "a b", "A B", default "Vec"
// - self: text, default "a \"quoted\" \\ text\n"
// - crate: list of (object of (image: file, required; opacity: number, default 1; type: one of "normal", "multiply", required)), default []
// - prompt: text or list of (text) or integer
// - docs: text
// - broken: integer, at most 10, default 99
// - options: object, default {"a":1}
// - any: any JSON
// - key: secret, default ********
// - old: integer, deprecated, default 1
// - maybe: integer, or null, default 7
// - whole: integer, default 3.0
// - picture: file, default "https://example.com/a.png"
// - words: list of (text), default ["a","b"]
// Output: object of (2d: true or false, or null; image: file, required; layers: list of (object of (mask: file; name: text, required)), required; mood: one of "good", "bad"; more: any JSON; score: number or text)

/// The model that [`run`] runs, by its latest version.
#[allow(dead_code)]
pub const MODEL: &str = "typed/odd";

/// What the model takes.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct Input {
    /// Begins with a digit
    ///
    /// True or false.
    #[serde(rename = "2d")]
    pub n2d: bool,
    /// Named as the constructor is
    ///
    /// Text.
    #[serde(rename = "new")]
    pub new_: String,
    /// a.
    ///
    /// Integer.
    pub a: i64,
    /// b.
    ///
    /// Number.
    pub b: f64,
    /// c.
    ///
    /// List of numbers.
    pub c: Vec<f64>,
    /// d.
    ///
    /// Text.
    pub d: Option<String>,
    /// e.
    ///
    /// One of -1, 0, 1, 10.
    pub e: E,
    /// One layer of the picture
    ///
    /// Object.
    pub f: F,
    /// цена.
    ///
    /// Integer. Default: -5.
    #[serde(rename = "цена")]
    pub u0446_u0435_u043d_u0430: i64,
    /// +.
    ///
    /// Number. Default: -0.5.
    #[serde(rename = "+")]
    pub u002b: f64,
    /// string.
    ///
    /// One of Vec, vec, , +, 1.5, 15, Self, a b, A B. Default: "Vec".
    pub string: String2,
    /// self.
    ///
    /// Text. Default: "a \\"quoted\\" \\\\ text\\n".
    #[serde(rename = "self")]
    pub self_: String,
    /// crate.
    ///
    /// List of objects. Default: \[\].
    #[serde(rename = "crate")]
    pub crate_: Vec<CrateItem>,
    /// prompt.
    ///
    /// Text or list of texts or integer.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// \`\`\`
    /// not code \<b\> \[link\] https:\//example.com/x
    /// \`\`\`
    /// indented
    /// //! \*/   bidi
    /// \# heading
    ///
    /// Text.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// broken.
    ///
    /// Integer, at most 10. Default: 99.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<i64>,
    /// options.
    ///
    /// Object. Default: {"a":1}.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<::serde_json::Map<String, ::serde_json::Value>>,
    /// any.
    ///
    /// Any JSON.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<::serde_json::Value>,
    /// key.
    ///
    /// Secret.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<::replicate::Secret>,
    /// old.
    ///
    /// Integer. Default: 1.
    /// Deprecated by the model's author.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<i64>,
    /// maybe.
    ///
    /// Integer. Default: 7.
    pub maybe: Option<i64>,
    /// whole.
    ///
    /// Integer. Default: 3.0.
    pub whole: i64,
    /// picture.
    ///
    /// File. Default: "https:\//example.com/a.png".
    pub picture: ::replicate::FileInput,
    /// words.
    ///
    /// List of texts. Default: \["a","b"\].
    pub words: Vec<String>,
}

#[allow(dead_code)]
impl Input {
    /// An input with what is required, and the model's defaults.
    pub fn new(
        n2d: bool,
        new_: impl Into<String>,
        a: i64,
        b: impl Into<f64>,
        c: impl IntoIterator<Item = impl Into<f64>>,
        e: E,
        f: impl Into<F>,
    ) -> Self {
        Self {
            n2d,
            new_: new_.into(),
            a,
            b: b.into(),
            c: c.into_iter().map(Into::into).collect(),
            d: None,
            e,
            f: f.into(),
            u0446_u0435_u043d_u0430: -5,
            u002b: -0.5,
            string: String2::Vec,
            self_: "a \"quoted\" \\ text\n".to_owned(),
            crate_: Vec::new(),
            prompt: None,
            docs: None,
            broken: None,
            options: None,
            any: None,
            key: None,
            old: None,
            maybe: Some(7),
            whole: 3,
            picture: ::replicate::FileInput::url("https://example.com/a.png"),
            words: vec!["a".to_owned(), "b".to_owned()],
        }
    }

    /// Sets `2d`.
    #[must_use]
    pub fn n2d(mut self, n2d: bool) -> Self {
        self.n2d = n2d;
        self
    }

    /// Sets `new`.
    #[must_use]
    pub fn new_(mut self, new_: impl Into<String>) -> Self {
        self.new_ = new_.into();
        self
    }

    /// Sets `a`.
    #[must_use]
    pub fn a(mut self, a: i64) -> Self {
        self.a = a;
        self
    }

    /// Sets `b`.
    #[must_use]
    pub fn b(mut self, b: impl Into<f64>) -> Self {
        self.b = b.into();
        self
    }

    /// Sets `c`.
    #[must_use]
    pub fn c(mut self, c: impl IntoIterator<Item = impl Into<f64>>) -> Self {
        self.c = c.into_iter().map(Into::into).collect();
        self
    }

    /// Sets `d`.
    #[must_use]
    pub fn d(mut self, d: impl Into<String>) -> Self {
        self.d = Some(d.into());
        self
    }

    /// Sets `e`.
    #[must_use]
    pub fn e(mut self, e: E) -> Self {
        self.e = e;
        self
    }

    /// Sets `f`.
    #[must_use]
    pub fn f(mut self, f: impl Into<F>) -> Self {
        self.f = f.into();
        self
    }

    /// Sets `цена`.
    #[must_use]
    pub fn u0446_u0435_u043d_u0430(mut self, u0446_u0435_u043d_u0430: i64) -> Self {
        self.u0446_u0435_u043d_u0430 = u0446_u0435_u043d_u0430;
        self
    }

    /// Sets `+`.
    #[must_use]
    pub fn u002b(mut self, u002b: impl Into<f64>) -> Self {
        self.u002b = u002b.into();
        self
    }

    /// Sets `string`.
    #[must_use]
    pub fn string(mut self, string: String2) -> Self {
        self.string = string;
        self
    }

    /// Sets `self`.
    #[must_use]
    pub fn self_(mut self, self_: impl Into<String>) -> Self {
        self.self_ = self_.into();
        self
    }

    /// Sets `crate`.
    #[must_use]
    pub fn crate_(mut self, crate_: impl IntoIterator<Item = CrateItem>) -> Self {
        self.crate_ = crate_.into_iter().collect();
        self
    }

    /// Sets `prompt`.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<Prompt>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Sets `docs`.
    #[must_use]
    pub fn docs(mut self, docs: impl Into<String>) -> Self {
        self.docs = Some(docs.into());
        self
    }

    /// Sets `broken`.
    #[must_use]
    pub fn broken(mut self, broken: i64) -> Self {
        self.broken = Some(broken);
        self
    }

    /// Sets `options`.
    #[must_use]
    pub fn options(
        mut self,
        options: impl Into<::serde_json::Map<String, ::serde_json::Value>>,
    ) -> Self {
        self.options = Some(options.into());
        self
    }

    /// Sets `any`.
    #[must_use]
    pub fn any(mut self, any: impl Into<::serde_json::Value>) -> Self {
        self.any = Some(any.into());
        self
    }

    /// Sets `key`.
    #[must_use]
    pub fn key(mut self, key: impl Into<::replicate::Secret>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets `old`.
    #[must_use]
    pub fn old(mut self, old: i64) -> Self {
        self.old = Some(old);
        self
    }

    /// Sets `maybe`.
    #[must_use]
    pub fn maybe(mut self, maybe: i64) -> Self {
        self.maybe = Some(maybe);
        self
    }

    /// Sets `whole`.
    #[must_use]
    pub fn whole(mut self, whole: i64) -> Self {
        self.whole = whole;
        self
    }

    /// Sets `picture`.
    #[must_use]
    pub fn picture(mut self, picture: impl Into<::replicate::FileInput>) -> Self {
        self.picture = picture.into();
        self
    }

    /// Sets `words`.
    #[must_use]
    pub fn words(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.words = words.into_iter().map(Into::into).collect();
        self
    }
}

/// What the model returns.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
pub struct Output {
    /// 2d.
    ///
    /// True or false.
    #[serde(rename = "2d")]
    pub n2d: Option<bool>,
    /// image.
    ///
    /// File.
    pub image: ::replicate::FileOutput,
    /// layers.
    ///
    /// List of objects.
    pub layers: Vec<LayersItem>,
    /// mood.
    ///
    /// One of good, bad.
    pub mood: Option<String>,
    /// more.
    ///
    /// Any JSON.
    pub more: Option<::serde_json::Value>,
    /// score.
    ///
    /// Number or text.
    pub score: Option<Score>,
}

/// One of the model's choices.
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum E {
    /// `-1`
    Minus1,
    /// `0`
    V0,
    /// `1`
    V1,
    /// `10`
    V10,
}

impl ::serde::Serialize for E {
    fn serialize<S: ::serde::Serializer>(
        &self,
        serializer: S,
    ) -> ::std::result::Result<S::Ok, S::Error> {
        let value = match self {
            Self::Minus1 => -1,
            Self::V0 => 0,
            Self::V1 => 1,
            Self::V10 => 10,
        };
        serializer.serialize_i64(value)
    }
}

/// One of the model's choices.
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize)]
pub enum Type {
    /// `normal`
    #[serde(rename = "normal")]
    Normal,
    /// `multiply`
    #[serde(rename = "multiply")]
    Multiply,
}

/// One layer of the picture
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct F {
    /// image.
    ///
    /// File.
    pub image: ::replicate::FileInput,
    /// opacity.
    ///
    /// Number. Default: 1.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    /// type.
    ///
    /// One of normal, multiply.
    pub r#type: Type,
}

#[allow(dead_code)]
impl F {
    /// An input with what is required, and the model's defaults.
    pub fn new(image: impl Into<::replicate::FileInput>, r#type: Type) -> Self {
        Self {
            image: image.into(),
            opacity: None,
            r#type,
        }
    }

    /// Sets `image`.
    #[must_use]
    pub fn image(mut self, image: impl Into<::replicate::FileInput>) -> Self {
        self.image = image.into();
        self
    }

    /// Sets `opacity`.
    #[must_use]
    pub fn opacity(mut self, opacity: impl Into<f64>) -> Self {
        self.opacity = Some(opacity.into());
        self
    }

    /// Sets `type`.
    #[must_use]
    pub fn r#type(mut self, r#type: Type) -> Self {
        self.r#type = r#type;
        self
    }
}

/// One of the model's choices.
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize)]
pub enum String2 {
    /// `Vec`
    #[serde(rename = "Vec")]
    Vec,
    /// `vec`
    #[serde(rename = "vec")]
    Vec2,
    /// An empty text.
    #[serde(rename = "")]
    Empty,
    /// `+`
    #[serde(rename = "+")]
    U002b,
    /// `1.5`
    #[serde(rename = "1.5")]
    V15,
    /// `15`
    #[serde(rename = "15")]
    V15N2,
    /// `Self`
    #[serde(rename = "Self")]
    Self_,
    /// `a b`
    #[serde(rename = "a\u{202e}b")]
    AB,
    /// `A B`
    #[serde(rename = "A B")]
    AB2,
}

/// One of the model's choices.
#[allow(dead_code, clippy::enum_variant_names)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize)]
pub enum Type2 {
    /// `normal`
    #[serde(rename = "normal")]
    Normal,
    /// `multiply`
    #[serde(rename = "multiply")]
    Multiply,
}

/// One layer of the picture
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
pub struct CrateItem {
    /// image.
    ///
    /// File.
    pub image: ::replicate::FileInput,
    /// opacity.
    ///
    /// Number. Default: 1.
    /// Not sent if it is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    /// type.
    ///
    /// One of normal, multiply.
    pub r#type: Type2,
}

#[allow(dead_code)]
impl CrateItem {
    /// An input with what is required, and the model's defaults.
    pub fn new(image: impl Into<::replicate::FileInput>, r#type: Type2) -> Self {
        Self {
            image: image.into(),
            opacity: None,
            r#type,
        }
    }

    /// Sets `image`.
    #[must_use]
    pub fn image(mut self, image: impl Into<::replicate::FileInput>) -> Self {
        self.image = image.into();
        self
    }

    /// Sets `opacity`.
    #[must_use]
    pub fn opacity(mut self, opacity: impl Into<f64>) -> Self {
        self.opacity = Some(opacity.into());
        self
    }

    /// Sets `type`.
    #[must_use]
    pub fn r#type(mut self, r#type: Type2) -> Self {
        self.r#type = r#type;
        self
    }
}

/// A value of one of 3 types.
#[allow(dead_code, clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
#[serde(untagged)]
pub enum Prompt {
    /// A value of the type `List`.
    List(Vec<String>),
    /// A value of the type `Integer`.
    Integer(i64),
    /// A value of the type `Text`.
    Text(String),
}

impl From<&str> for Prompt {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Vec<String>> for Prompt {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

impl From<i64> for Prompt {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<String> for Prompt {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// An object with these fields.
#[allow(dead_code)]
#[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
pub struct LayersItem {
    /// mask.
    ///
    /// File.
    pub mask: Option<::replicate::FileOutput>,
    /// name.
    ///
    /// Text.
    pub name: String,
}

/// A value of one of 2 types.
#[allow(dead_code, clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
#[serde(untagged)]
pub enum Score {
    /// A value of the type `Text`.
    Text(String),
    /// A value of the type `Number`.
    Number(f64),
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
