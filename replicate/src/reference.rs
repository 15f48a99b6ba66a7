//! What to run: a model, one version of it, or a deployment.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::quote::quote;

/// What to run, as it is written in `run`, `stream` and `predictions().create`.
///
/// | Written | Runs |
/// |---|---|
/// | `owner/name` | the model's current version |
/// | `owner/name:version` | that version |
/// | `5c7d5dc6…` (a version's id alone) | that version |
/// | `deployments/owner/name` | a deployment |
///
/// ```
/// use replicate::Reference;
///
/// let model: Reference = "black-forest-labs/flux-schnell".parse()?;
/// assert_eq!(model.owner(), Some("black-forest-labs"));
/// assert_eq!(model.to_string(), "black-forest-labs/flux-schnell");
///
/// let wrong = "flux-schnell".parse::<Reference>().unwrap_err();
/// assert!(wrong.to_string().contains("owner/name"));
/// # Ok::<(), replicate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference {
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

impl Reference {
    /// A model, at its current version.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when a part cannot be one.
    pub fn model(owner: &str, name: &str) -> Result<Self, Error> {
        format!("{owner}/{name}").parse()
    }

    /// A version by its id, whatever the id looks like.
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
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when a part cannot be one.
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

impl fmt::Display for Reference {
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

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong(text, "it is empty"));
        }
        if let Some(rest) = strip_site(text) {
            return Err(from_address(text, rest));
        }
        let (path, version) = match text.split_once(':') {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let parts: Vec<&str> = path.split('/').collect();
        match (parts.as_slice(), version) {
            (["deployments", owner, name], None) => {
                check_names(text, owner, name)?;
                Ok(Self::Deployment {
                    owner: (*owner).into(),
                    name: (*name).into(),
                })
            }
            (["deployments", _, _], Some(_)) => Err(wrong(
                text,
                "a deployment is run at the version it was given: leave out what follows `:`",
            )),
            ([owner, name], None) => {
                check_names(text, owner, name)?;
                Ok(Self::Model {
                    owner: (*owner).into(),
                    name: (*name).into(),
                })
            }
            ([owner, name], Some(version)) => {
                check_names(text, owner, name)?;
                check_version(text, version)?;
                Ok(Self::ModelVersion {
                    owner: (*owner).into(),
                    name: (*name).into(),
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

/// What can be given where a [`Reference`] is asked for.
///
/// Text is parsed; a wrong form is the error of the call that it was given to.
pub trait IntoReference {
    /// The reference, or what is wrong with it.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), showing the wrong form and the
    /// right ones.
    fn into_reference(self) -> Result<Reference, Error>;
}

impl IntoReference for Reference {
    fn into_reference(self) -> Result<Reference, Error> {
        Ok(self)
    }
}

impl IntoReference for &Reference {
    fn into_reference(self) -> Result<Reference, Error> {
        Ok(self.clone())
    }
}

impl IntoReference for &str {
    fn into_reference(self) -> Result<Reference, Error> {
        self.parse()
    }
}

impl IntoReference for String {
    fn into_reference(self) -> Result<Reference, Error> {
        self.parse()
    }
}

impl IntoReference for &String {
    fn into_reference(self) -> Result<Reference, Error> {
        self.parse()
    }
}

/// The rest of an address of the site, where `text` is one.
fn strip_site(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    Some(rest.split_once('/').map_or("", |(_, path)| path))
}

fn from_address(text: &str, path: &str) -> Error {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    match parts.as_slice() {
        [owner, name, "versions", version] if is_name(owner) && is_name(name) && is_id(version) => {
            wrong(
                text,
                &format!("it is an address; write `{owner}/{name}:{version}`"),
            )
        }
        ["deployments", owner, name] if is_name(owner) && is_name(name) => wrong(
            text,
            &format!("it is an address; write `deployments/{owner}/{name}`"),
        ),
        [owner, name, ..] if is_name(owner) && is_name(name) => {
            wrong(text, &format!("it is an address; write `{owner}/{name}`"))
        }
        _ => wrong(text, "it is an address"),
    }
}

fn check_names(text: &str, owner: &str, name: &str) -> Result<(), Error> {
    for (part, what) in [(owner, "owner"), (name, "name")] {
        if part.is_empty() {
            return Err(wrong(text, &format!("the {what} is empty")));
        }
        if !is_name(part) {
            let part = quote(part);
            return Err(wrong(
                text,
                &format!("the {what} `{part}` is not made of letters, digits, `-`, `_` and `.`"),
            ));
        }
    }
    Ok(())
}

fn check_version(text: &str, version: &str) -> Result<(), Error> {
    if version.is_empty() {
        return Err(wrong(text, "nothing follows the `:`"));
    }
    if !is_id(version) {
        let version = quote(version);
        return Err(wrong(
            text,
            &format!("`{version}` is no version's id, which is made of letters, digits and `-`"),
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
    let text = quote(text);
    Error::invalid(format!(
        "`{text}` is not something to run: {why}. Right are `owner/name`, `owner/name:version`, \
         a version's id, or `deployments/owner/name`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

    fn parse(text: &str) -> Reference {
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
        assert!(matches!(parse("a/b"), Reference::Model { .. }));
        assert_eq!(parse(&with_version).version(), Some(ID));
        assert_eq!(parse(ID), Reference::Version(ID.into()));
        let deployment = parse("deployments/acme/app");
        assert_eq!(
            (deployment.owner(), deployment.name()),
            (Some("acme"), Some("app"))
        );
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
            ("owner/name:a b", "no version's id"),
            ("owner/name:a:b", "no version's id"),
            ("../account?x=1", "owner `..`"),
            ("owner/na me", "name `na me`"),
            ("owner/name/versions", "too many parts"),
            ("deployments/a/b:c", "leave out"),
            ("https://replicate.com/acme/app", "write `acme/app`"),
            (
                "https://replicate.com/acme/app/versions/1a",
                "write `acme/app:1a`",
            ),
        ] {
            let error = text.parse::<Reference>().unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains(&format!("`{text}`")), "{shown}");
            assert!(shown.contains(why), "{text}: {shown}");
            assert!(shown.contains("`owner/name`"), "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_shown_on_one_line_and_a_token_not_at_all() {
        for text in [
            "a\nb",
            "a/\r\nb",
            "a/b:\u{2028}",
            "https://x/a/b\n/versions/c",
        ] {
            let shown = text.parse::<Reference>().unwrap_err().to_string();
            assert!(!shown.contains(['\n', '\r', '\u{2028}']), "{shown}");
        }
        let shown = "r8_secretsecret"
            .parse::<Reference>()
            .unwrap_err()
            .to_string();
        assert!(
            !shown.contains("secret") && shown.contains("token"),
            "{shown}"
        );
    }

    #[test]
    fn a_version_id_of_any_shape_can_be_given_as_one() {
        assert_eq!(
            Reference::version_id("hidden").unwrap().version(),
            Some("hidden")
        );
        assert!(Reference::version_id("a/b").is_err());
    }
}
