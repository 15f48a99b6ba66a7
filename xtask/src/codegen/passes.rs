//! The passes that turn a published description into one that can be generated.
//!
//! Each is one function on the model, in a file of its own. The order matters and is [`apply`]'s.

mod aliases;
mod dialect;
mod hoist;
mod names;
mod prose;
#[cfg(test)]
mod tests;
mod tolerance;
mod unions;

use serde_json::Value;

use super::document::Notes;
use super::model::Model;
use super::{extensions, read};

pub(crate) use names::Names;
pub(crate) use prose::markdown;

pub(crate) fn apply(document: &Value, previous: &Names, notes: &mut Notes) -> Model {
    let mut model = read::model(document, notes);
    names::operations(&mut model.operations, previous, notes);
    dialect::to_3_0(&mut model, notes);
    extensions::check(&mut model, notes);
    names::types(&mut model, document, previous, notes);
    unions::simplify(&mut model, notes);
    hoist::name_inline(&mut model, notes);
    extensions::secrets(&mut model);
    aliases::inline(&mut model);
    tolerance::loosen(&mut model, notes);
    prose::clean(&mut model);
    model
}
