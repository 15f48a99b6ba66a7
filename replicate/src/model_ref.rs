//! References to models, versions and deployments.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::escape::escape;
use crate::types::{Deployment, Model};

/// A reference to a model, version or deployment, for `run`, `stream` and
/// `predictions().create`.
///
/// | Written | Runs |
/// |---|---|
/// | `owner/name` | the model's current version |
/// | `owner/name:version` | that version |
/// | `5c7d5dc6…` (a version's id alone) | that version |
/// | `deployments/owner/name` | a deployment |
/// | the URL of one of their pages on replicate.com | the same |
///
/// ```
/// use replicate::ModelRef;
///
/// let model: ModelRef = "black-forest-labs/flux-schnell".parse()?;
/// assert_eq!(model.owner(), Some("black-forest-labs"));
/// assert_eq!(model.to_string(), "black-forest-labs/flux-schnell");
///
/// let wrong = "flux-schnell".parse::<ModelRef>().unwrap_err();
/// assert!(wrong.to_string().contains("owner/name"));
/// # Ok::<(), replicate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelRef {
    /// A model, at its current version.
    Model {
        /// The user or organization that owns the model.
        owner: String,
        /// The model's name.
        name: String,
    },
    /// One version of a model.
    ModelVersion {
        /// The user or organization that owns the model.
        owner: String,
        /// The model's name.
        name: String,
        /// The version's id.
        version: String,
    },
    /// A version by its id alone.
    Version(String),
    /// A deployment: a model version on hardware of its owner's choice.
    Deployment {
        /// The user or organization that owns the deployment.
        owner: String,
        /// The deployment's name.
        name: String,
    },
}

impl ModelRef {
    /// A model, at its current version.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when a part is invalid.
    pub fn model(owner: &str, name: &str) -> Result<Self, Error> {
        format!("{owner}/{name}").parse()
    }

    /// A version by its id, in any form.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when the id is empty or has
    /// characters that no id has.
    pub fn version_id(id: &str) -> Result<Self, Error> {
        if is_id(id) {
            Ok(Self::Version(id.to_owned()))
        } else {
            Err(wrong(
                id,
                "a version's id is made of letters, digits and `-`",
            ))
        }
    }

    /// A deployment.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when a part is invalid.
    pub fn deployment(owner: &str, name: &str) -> Result<Self, Error> {
        format!("deployments/{owner}/{name}").parse()
    }

    /// The owner of the model or deployment; none for a bare version id.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::Model { owner, .. }
            | Self::ModelVersion { owner, .. }
            | Self::Deployment { owner, .. } => Some(owner),
            Self::Version(_) => None,
        }
    }

    /// The name of the model or deployment; none for a bare version id.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Model { name, .. }
            | Self::ModelVersion { name, .. }
            | Self::Deployment { name, .. } => Some(name),
            Self::Version(_) => None,
        }
    }

    /// The version's id, where the reference names one.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::ModelVersion { version, .. } | Self::Version(version) => Some(version),
            Self::Model { .. } | Self::Deployment { .. } => None,
        }
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model { owner, name } => write!(f, "{owner}/{name}"),
            Self::ModelVersion {
                owner,
                name,
                version,
            } => write!(f, "{owner}/{name}:{version}"),
            Self::Version(version) => f.write_str(version),
            Self::Deployment { owner, name } => write!(f, "deployments/{owner}/{name}"),
        }
    }
}

impl FromStr for ModelRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong(text, "it is empty"));
        }
        if let Some((is_site, path)) = page_path(text) {
            return from_page(text, is_site, path);
        }
        let (path, version) = match text.split_once(':') {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let parts: Vec<&str> = path.split('/').collect();
        match (parts.as_slice(), version) {
            (["deployments", owner, name], None) => {
                let (owner, name) = names(text, owner, name)?;
                Ok(Self::Deployment { owner, name })
            }
            (["deployments", _, _], Some(_)) => Err(wrong(
                text,
                "a deployment is run at the version it was given: leave out what follows `:`",
            )),
            ([owner, name], None) => {
                let (owner, name) = names(text, owner, name)?;
                Ok(Self::Model { owner, name })
            }
            ([owner, name], Some(version)) => {
                let (owner, name) = names(text, owner, name)?;
                check_version(text, version)?;
                Ok(Self::ModelVersion {
                    owner,
                    name,
                    version: version.into(),
                })
            }
            ([id], None) if looks_like_version(id) => Ok(Self::Version((*id).into())),
            ([_], None) => Err(wrong(text, "the owner is missing")),
            ([_], Some(_)) => Err(wrong(text, "the owner is missing before the name")),
            _ => Err(wrong(text, "it has too many parts")),
        }
    }
}

impl TryFrom<&str> for ModelRef {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for ModelRef {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

/// Conversion into a [`ModelRef`]: from text, a pair `("owner", "name")`, a [`Model`] or a
/// [`Deployment`]. Nothing else implements it.
///
/// Text is parsed; an invalid form is the error of the call that it was passed to.
pub trait IntoModelRef: sealed::Sealed {
    /// The reference.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), with the invalid form and the valid
    /// ones.
    fn into_model_ref(self) -> Result<ModelRef, Error>;
}

mod sealed {
    pub trait Sealed {}
}

/// Implements a trait such as [`IntoModelRef`] for each type of a list, by the expression after
/// the type, in which the value has the given name. Each type also gets `sealed::Sealed` of the
/// module that uses the macro, without which no other crate can implement the trait.
macro_rules! conversions {
    (
        $trait:ident::$method:ident -> $target:ident;
        $($type:ty: |$value:ident| $converted:expr;)*
    ) => {$(
        impl sealed::Sealed for $type {}

        impl $trait for $type {
            fn $method(self) -> Result<$target, Error> {
                let $value = self;
                $converted
            }
        }
    )*};
}
pub(crate) use conversions;

conversions! { IntoModelRef::into_model_ref -> ModelRef;
    ModelRef: |reference| Ok(reference);
    &ModelRef: |reference| Ok(reference.clone());
    &str: |text| text.parse();
    String: |text| text.parse();
    &String: |text| text.parse();
    &Model: |model| ModelRef::model(&model.owner, &model.name);
    Model: |model| ModelRef::model(&model.owner, &model.name);
    &Deployment: |deployment| ModelRef::deployment(&deployment.owner, &deployment.name);
    Deployment: |deployment| ModelRef::deployment(&deployment.owner, &deployment.name);
}

impl<O: AsRef<str>, N: AsRef<str>> sealed::Sealed for (O, N) {}

impl<O: AsRef<str>, N: AsRef<str>> IntoModelRef for (O, N) {
    fn into_model_ref(self) -> Result<ModelRef, Error> {
        ModelRef::model(self.0.as_ref(), self.1.as_ref())
    }
}

/// The path of a URL, with whether the site is Replicate's, where `text` is one.
fn page_path(text: &str) -> Option<(bool, &str)> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    Some((host == "replicate.com", path.trim_end_matches('/')))
}

/// The reference that a page of the site is about.
fn from_page(text: &str, is_site: bool, path: &str) -> Result<ModelRef, Error> {
    let parts: Vec<&str> = path.split('/').collect();
    let written = match parts.as_slice() {
        _ if !is_site => return Err(wrong(text, "not a page of replicate.com")),
        [owner, name, "versions", version, ..] => format!("{owner}/{name}:{version}"),
        ["deployments", owner, name, ..] => format!("deployments/{owner}/{name}"),
        [owner, name, ..] => format!("{owner}/{name}"),
        _ => return Err(wrong(text, "not the page of a model or deployment")),
    };
    written.parse()
}

/// The owner and name of `text`, if both are valid.
fn names(text: &str, owner: &str, name: &str) -> Result<(String, String), Error> {
    for (part, what) in [(owner, "owner"), (name, "name")] {
        if part.is_empty() {
            return Err(wrong(text, &format!("the {what} is empty")));
        }
        if !is_name(part) {
            let part = escape(part);
            return Err(wrong(
                text,
                &format!("the {what} `{part}` is not made of letters, digits, `-`, `_` and `.`"),
            ));
        }
    }
    Ok((owner.to_owned(), name.to_owned()))
}

fn check_version(text: &str, version: &str) -> Result<(), Error> {
    if version.is_empty() {
        return Err(wrong(text, "nothing follows the `:`"));
    }
    if !is_id(version) {
        let version = escape(version);
        return Err(wrong(
            text,
            &format!("`{version}` is not a version id: expected letters, digits and `-`"),
        ));
    }
    Ok(())
}

fn is_name(part: &str) -> bool {
    !matches!(part, "" | "." | "..")
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A bare word is taken for a version only where it looks like one: a model's name without
/// its owner is the commoner mistake, and must not be sent as a version.
fn looks_like_version(word: &str) -> bool {
    let digits = word
        .strip_prefix("dp-")
        .or_else(|| word.strip_prefix("d-"))
        .unwrap_or(word);
    digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

fn wrong(text: &str, why: &str) -> Error {
    if text.starts_with("r8_") {
        return Error::invalid(
            "an API token is not something to run: give it to the client, and here `owner/name`",
        );
    }
    let text = escape(text);
    Error::invalid(format!(
        "`{text}` is not something to run: {why}. Right are `owner/name`, `owner/name:version`, \
         a version's id, or `deployments/owner/name`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

    fn parse(text: &str) -> ModelRef {
        text.parse().unwrap()
    }

    #[test]
    fn every_right_form_is_parsed_and_written_back() {
        let with_version = format!("replicate/hello-world:{ID}");
        for text in [
            "meta/meta-llama-3.1_x",
            &with_version,
            ID,
            "dp-a557b7387b4940df25b23f779dc534c4",
            "deployments/acme/app",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
        assert!(matches!(parse("a/b"), ModelRef::Model { .. }));
        assert_eq!(parse(&with_version).version(), Some(ID));
        assert_eq!(parse(ID), ModelRef::Version(ID.into()));
        let deployment = parse("deployments/acme/app");
        assert_eq!(deployment.owner(), Some("acme"));
        assert_eq!(deployment.name(), Some("app"));
    }

    #[test]
    fn each_wrong_form_is_shown_with_the_right_one() {
        for (text, why) in [
            ("", "empty"),
            ("hello-world", "owner is missing"),
            ("hello-world:abc", "owner is missing"),
            ("/name", "owner is empty"),
            ("owner/", "name is empty"),
            ("owner/name:", "nothing follows"),
            ("owner/name:a b", "not a version id"),
            ("owner/name:a:b", "not a version id"),
            ("../account?x=1", "owner `..`"),
            ("owner/na me", "name `na me`"),
            ("owner/name/versions", "too many parts"),
            ("deployments/a/b:c", "leave out"),
            ("https://example.com/acme/app", "not a page of"),
            ("https://replicate.com/explore", "not the page of a model"),
        ] {
            let error = text.parse::<ModelRef>().unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains(&format!("`{text}`")), "{shown}");
            assert!(shown.contains(why), "{text}: {shown}");
            assert!(shown.contains("`owner/name`"), "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_shown_on_one_line_and_a_token_not_at_all() {
        let page = "https://x/a/b\n/versions/c";
        for text in ["a\nb", "a/\r\nb", "a/b:\u{2028}", page] {
            let shown = text.parse::<ModelRef>().unwrap_err().to_string();
            assert!(!shown.contains(['\n', '\r', '\u{2028}']), "{shown}");
        }
        let shown = "r8_secretsecret".parse::<ModelRef>().unwrap_err();
        let shown = shown.to_string();
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("token"), "{shown}");
    }

    #[test]
    fn page_urls_models_deployments_and_pairs_are_references() {
        for (page, reference) in [
            ("replicate.com/acme/app", "acme/app"),
            ("www.replicate.com/acme/app/api?x=1#y", "acme/app"),
            ("replicate.com/acme/app/versions/1a2b", "acme/app:1a2b"),
            ("replicate.com/deployments/a/b/", "deployments/a/b"),
        ] {
            let url = format!("https://{page}");
            assert_eq!(ModelRef::try_from(url).unwrap().to_string(), reference);
        }
        let named = r#"{"owner": "acme", "name": "app"}"#;
        let model: Model = serde_json::from_str(named).unwrap();
        let deployment: Deployment = serde_json::from_str(named).unwrap();
        assert_eq!((&model).into_model_ref().unwrap(), parse("acme/app"));
        assert_eq!(("acme", "app").into_model_ref().unwrap(), parse("acme/app"));
        let expected = parse("deployments/acme/app");
        assert_eq!(deployment.into_model_ref().unwrap(), expected);
    }

    #[test]
    fn a_version_id_of_any_shape_can_be_given_as_one() {
        let hidden = ModelRef::version_id("hidden").unwrap();
        assert_eq!(hidden.version(), Some("hidden"));
        assert!(ModelRef::version_id("a/b").is_err());
    }
}
