//! The passes that turn a published document into one that can be generated.
//!
//! Each is one function on the JSON, in a file of its own. The order matters and is [`apply`]'s.

mod aliases;
pub(crate) mod bodies;
mod dialect;
mod enums;
pub(crate) mod extensions;
mod hoist;
mod names;
mod prose;
mod references;
#[cfg(test)]
mod tests;
mod tolerance;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use super::document::Notes;
use super::operations::{self, Operation};
use super::schemas::{self, Position};

pub(crate) use enums::OpenEnum;
pub(crate) use names::Names;
pub(crate) use prose::markdown;
pub(crate) use tolerance::{Field, Fields};
pub(crate) use unions::Tagged;

/// A document that can be generated, and what it does not say.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) document: Value,
    /// Every operation of the original document.
    pub(crate) operations: Vec<Operation>,
    /// Enums of strings, which stay open.
    pub(crate) enums: BTreeMap<String, OpenEnum>,
    /// Unions with a tag.
    pub(crate) unions: BTreeMap<String, Tagged>,
    pub(crate) fields: Fields,
    /// The types that requests are made of.
    pub(crate) sent: BTreeSet<String>,
    pub(crate) names: Names,
}

pub(crate) fn apply(mut document: Value, previous: &Names, notes: &mut Notes) -> Result<Lowered> {
    references::inline(&mut document, notes)?;
    let operations = operations::collect(&mut document, previous, notes)?;
    dialect::to_3_0(&mut document, notes);
    extensions::check(&mut document, notes);
    names::plain(&mut document, previous, notes);
    bodies::choose(&mut document, notes);
    unions::simplify(&mut document, notes);
    let (enums, unions) = hoist::name_inline(&mut document, notes);
    extensions::secrets(&mut document);
    aliases::inline(&mut document, &enums);
    let sent = schemas::reached(&mut document, Position::Request);
    let fields = tolerance::loosen(&mut document, notes);
    extensions::strip(&mut document);
    prose::clean(&mut document);
    let names = Names::of(&document, &operations, notes);
    Ok(Lowered {
        document,
        operations,
        enums,
        unions,
        fields,
        sent,
        names,
    })
}
