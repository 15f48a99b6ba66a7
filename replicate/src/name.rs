//! The name of a model or deployment: its owner's and its own.

use std::fmt;

use crate::error::{Error, Result};
use crate::model_ref::{ModelRef, conversions};
use crate::types::{Deployment, Model};

/// The name of a model or deployment, split into its owner's and its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ModelName {
    /// The user or organization that owns it.
    pub owner: String,
    /// Name of the model or deployment, without the owner.
    pub name: String,
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Conversion into a [`ModelName`]: from `"owner/name"`, a pair `("owner", "name")`, a
/// [`ModelRef`], a [`Model`] or a [`Deployment`].
///
/// An invalid name is the error of the call that takes it.
pub trait IntoModelName: sealed::Sealed {
    /// Returns the name, or the error of an invalid one.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), with the invalid form and the
    /// valid one.
    fn into_model_name(self) -> Result<ModelName>;
}

mod sealed {
    pub trait Sealed {}
}

conversions! { IntoModelName::into_model_name -> ModelName;
    ModelName: |name| Ok(name);
    &ModelName: |name| Ok(name.clone());
    &str: |text| text.parse::<ModelRef>()?.into_model_name();
    String: |text| text.as_str().into_model_name();
    &String: |text| text.as_str().into_model_name();
    ModelRef: |reference| (&reference).into_model_name();
    &ModelRef: |reference| from_reference(reference);
    &Model: |model| from_parts(&model.owner, &model.name, "model");
    &Deployment: |deployment| from_parts(&deployment.owner, &deployment.name, "deployment");
}

impl<O: AsRef<str>, N: AsRef<str>> sealed::Sealed for (O, N) {}

impl<O: AsRef<str>, N: AsRef<str>> IntoModelName for (O, N) {
    fn into_model_name(self) -> Result<ModelName> {
        ModelRef::model(self.0.as_ref(), self.1.as_ref())?.into_model_name()
    }
}

fn from_reference(reference: &ModelRef) -> Result<ModelName> {
    match (reference.owner(), reference.name()) {
        (Some(owner), Some(name)) => Ok(ModelName {
            owner: owner.into(),
            name: name.into(),
        }),
        _ => Err(Error::invalid(format!(
            "`{reference}` names no owner: write `owner/name`"
        ))),
    }
}

/// The name of something that the API has returned.
fn from_parts(owner: &str, name: &str, noun: &str) -> Result<ModelName> {
    if owner.is_empty() || name.is_empty() {
        let message = format!("the {noun} has no owner or name");
        return Err(Error::invalid(message));
    }
    (owner, name).into_model_name()
}

/// A part of a path, encoded so that it stays one part.
pub(crate) fn segment(part: &str) -> String {
    percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_in_each_of_its_forms() {
        let expected = ModelName {
            owner: "acme".into(),
            name: "app".into(),
        };
        assert_eq!("acme/app".into_model_name().unwrap(), expected);
        assert_eq!(("acme", "app").into_model_name().unwrap(), expected);
        assert_eq!("acme/app:1a2b3c".into_model_name().unwrap(), expected);
        let reference: ModelRef = "deployments/acme/app".parse().unwrap();
        assert_eq!(reference.into_model_name().unwrap(), expected);
        let model: Model = serde_json::from_str(r#"{"owner": "acme", "name": "app"}"#).unwrap();
        assert_eq!((&model).into_model_name().unwrap(), expected);
    }

    #[test]
    fn a_wrong_name_shows_itself_and_the_right_form() {
        for error in [
            "app".into_model_name(),
            ("..", "account?x=1").into_model_name(),
            "dp-0123456789".into_model_name(),
        ] {
            assert!(error.unwrap_err().to_string().contains("`owner/name`"));
        }
    }
}
