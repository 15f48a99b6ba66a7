//! The name of a model or deployment: its owner's and its own.

use std::fmt;

use crate::error::{Error, Result};
use crate::model_ref::ModelRef;
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
        f.write_str(&self.owner)?;
        f.write_str("/")?;
        f.write_str(&self.name)
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
    use crate::model_ref::ModelRef;
    use crate::types::{Deployment, Model};

    pub trait Sealed {}

    impl Sealed for super::ModelName {}
    impl Sealed for &super::ModelName {}
    impl Sealed for &str {}
    impl Sealed for String {}
    impl Sealed for &String {}
    impl<O: AsRef<str>, N: AsRef<str>> Sealed for (O, N) {}
    impl Sealed for ModelRef {}
    impl Sealed for &ModelRef {}
    impl Sealed for &Model {}
    impl Sealed for &Deployment {}
}

impl IntoModelName for ModelName {
    fn into_model_name(self) -> Result<ModelName> {
        Ok(self)
    }
}

impl IntoModelName for &ModelName {
    fn into_model_name(self) -> Result<ModelName> {
        Ok(self.clone())
    }
}

impl IntoModelName for &str {
    fn into_model_name(self) -> Result<ModelName> {
        self.parse::<ModelRef>()?.into_model_name()
    }
}

impl IntoModelName for String {
    fn into_model_name(self) -> Result<ModelName> {
        self.as_str().into_model_name()
    }
}

impl IntoModelName for &String {
    fn into_model_name(self) -> Result<ModelName> {
        self.as_str().into_model_name()
    }
}

impl<O: AsRef<str>, N: AsRef<str>> IntoModelName for (O, N) {
    fn into_model_name(self) -> Result<ModelName> {
        let owner = self.0.as_ref().to_owned();
        let name = self.1.as_ref().to_owned();
        ModelRef::model(&owner, &name)?.into_model_name()
    }
}

impl IntoModelName for ModelRef {
    fn into_model_name(self) -> Result<ModelName> {
        (&self).into_model_name()
    }
}

impl IntoModelName for &ModelRef {
    fn into_model_name(self) -> Result<ModelName> {
        match (self.owner(), self.name()) {
            (Some(owner), Some(name)) => Ok(ModelName {
                owner: owner.into(),
                name: name.into(),
            }),
            _ => Err(Error::invalid(format!(
                "`{self}` names no owner: write `owner/name`"
            ))),
        }
    }
}

impl IntoModelName for &Model {
    fn into_model_name(self) -> Result<ModelName> {
        from_parts(&self.owner, &self.name, "model")
    }
}

impl IntoModelName for &Deployment {
    fn into_model_name(self) -> Result<ModelName> {
        from_parts(&self.owner, &self.name, "deployment")
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
impl ModelName {
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
