//! The name of a model or deployment: its owner's and its own.

use crate::error::{Error, Result};
use crate::reference::Reference;
use crate::types::{Deployment, Model};

/// The name of a model or deployment, split into its owner's and its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Name {
    /// The user or organization that owns it.
    pub owner: String,
    /// What the owner calls it.
    pub name: String,
}

/// What can be given where the name of a model or deployment is asked for: `"owner/name"`, a
/// pair `("owner", "name")`, a [`Reference`], a [`Model`] or a [`Deployment`].
///
/// A wrong form is the error of the call that it was given to.
pub trait IntoName {
    /// The name, or what is wrong with it.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), showing the wrong form and the
    /// right one.
    fn into_name(self) -> Result<Name>;
}

impl IntoName for Name {
    fn into_name(self) -> Result<Name> {
        Ok(self)
    }
}

impl IntoName for &str {
    fn into_name(self) -> Result<Name> {
        self.parse::<Reference>()?.into_name()
    }
}

impl IntoName for String {
    fn into_name(self) -> Result<Name> {
        self.as_str().into_name()
    }
}

impl IntoName for &String {
    fn into_name(self) -> Result<Name> {
        self.as_str().into_name()
    }
}

impl<O: AsRef<str>, N: AsRef<str>> IntoName for (O, N) {
    fn into_name(self) -> Result<Name> {
        let owner = self.0.as_ref().to_owned();
        let name = self.1.as_ref().to_owned();
        Reference::model(&owner, &name)?.into_name()
    }
}

impl IntoName for Reference {
    fn into_name(self) -> Result<Name> {
        (&self).into_name()
    }
}

impl IntoName for &Reference {
    fn into_name(self) -> Result<Name> {
        match (self.owner(), self.name()) {
            (Some(owner), Some(name)) => Ok(Name {
                owner: owner.into(),
                name: name.into(),
            }),
            _ => Err(Error::invalid(format!(
                "`{self}` names no owner: write `owner/name`"
            ))),
        }
    }
}

impl IntoName for &Model {
    fn into_name(self) -> Result<Name> {
        from_parts(&self.owner, &self.name, "model")
    }
}

impl IntoName for &Deployment {
    fn into_name(self) -> Result<Name> {
        from_parts(&self.owner, &self.name, "deployment")
    }
}

/// The name of something that the API has returned.
fn from_parts(owner: &str, name: &str, noun: &str) -> Result<Name> {
    if owner.is_empty() || name.is_empty() {
        let message = format!("the {noun} has no owner or name");
        return Err(Error::invalid(message));
    }
    (owner, name).into_name()
}

/// A part of a path, encoded so that it stays one part.
impl Name {
    /// The parameters that name a model in the path of an operation.
    pub(crate) fn into_model_parameters(self) -> Vec<(&'static str, String)> {
        vec![("model_owner", self.owner), ("model_name", self.name)]
    }
}

pub(crate) fn segment(part: &str) -> String {
    percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_in_each_of_its_forms() {
        let expected = Name {
            owner: "acme".into(),
            name: "app".into(),
        };
        assert_eq!("acme/app".into_name().unwrap(), expected);
        assert_eq!(("acme", "app").into_name().unwrap(), expected);
        assert_eq!("acme/app:1a2b3c".into_name().unwrap(), expected);
        let reference: Reference = "deployments/acme/app".parse().unwrap();
        assert_eq!(reference.into_name().unwrap(), expected);
        let model: Model = serde_json::from_str(r#"{"owner": "acme", "name": "app"}"#).unwrap();
        assert_eq!((&model).into_name().unwrap(), expected);
    }

    #[test]
    fn a_wrong_name_shows_itself_and_the_right_form() {
        for error in [
            "app".into_name(),
            ("..", "account?x=1").into_name(),
            "dp-0123456789".into_name(),
        ] {
            assert!(error.unwrap_err().to_string().contains("`owner/name`"));
        }
    }
}
