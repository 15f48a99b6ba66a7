//! The passes that turn a published description into one that can be generated.
//!
//! Each is one function on the model, in a file of its own. The order matters and is [`apply`]'s.

mod aliases;
mod dialect;
mod enums;
mod hoist;
mod names;
mod prose;
#[cfg(test)]
mod tests;
mod tolerance;
mod unions;

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Notes;
use super::model::Model;
use super::{extensions, read};

pub(crate) use enums::OpenEnum;
pub(crate) use names::Names;
pub(crate) use prose::markdown;
pub(crate) use tolerance::Field;
pub(crate) use unions::Tagged;

/// A description that can be generated, and what its schemas do not say.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) model: Model,
    /// Enums of strings, which stay open.
    pub(crate) enums: BTreeMap<String, OpenEnum>,
    /// Unions with a tag.
    pub(crate) unions: BTreeMap<String, Tagged>,
    fields: tolerance::Fields,
    pub(crate) names: Names,
}

impl Lowered {
    /// What kind of field this is, and its name in JSON.
    pub(crate) fn field(&self, ty: &str, field: &str) -> Option<&(Field, String)> {
        self.fields.get(&(ty.to_string(), field.to_string()))
    }
}

pub(crate) fn apply(document: &Value, previous: &Names, notes: &mut Notes) -> Lowered {
    let mut model = read::model(document, notes);
    names::operations(&mut model.operations, previous, notes);
    dialect::to_3_0(&mut model, notes);
    extensions::check(&mut model, notes);
    names::types(&mut model, document, previous, notes);
    unions::simplify(&mut model, notes);
    let (enums, unions) = hoist::name_inline(&mut model, notes);
    extensions::secrets(&mut model);
    aliases::inline(&mut model, &enums);
    let fields = tolerance::loosen(&mut model, notes);
    prose::clean(&mut model);
    let names = Names::of(&model, notes);
    Lowered {
        model,
        enums,
        unions,
        fields,
        names,
    }
}
