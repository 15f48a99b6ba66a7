//! The passes that turn a published document into one that the generator can express.
//!
//! Each is one function on the JSON, in a file of its own. The order matters and is [`apply`]'s.

mod bodies;
mod dialect;
mod enums;
mod extensions;
mod fields;
mod hoist;
pub(crate) mod methods;
mod names;
mod nested;
pub(crate) mod parameters;
mod references;
mod responses;
mod tolerance;
mod unions;

use anyhow::Result;
use serde_json::Value;

use super::document::Notes;
use super::operations::{self, Operation};

pub(crate) use bodies::{MULTIPART, RawBody};
pub(crate) use enums::OpenEnum;
pub(crate) use extensions::SECRET;
pub(crate) use fields::Renamed;
pub(crate) use names::type_name_of_component;

/// A document that the generator can take, and what it cannot be told.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) document: Value,
    /// Every operation of the original document.
    pub(crate) operations: Vec<Operation>,
    /// Enums to be written by us, since the generator's are closed.
    pub(crate) enums: Vec<OpenEnum>,
    /// Bodies whose media type the generator does not know.
    pub(crate) bodies: Vec<RawBody>,
    /// What each operation answers: `201 Prediction`.
    pub(crate) responses: Vec<(String, Vec<String>)>,
    /// Names of operations that may be sent again though their method does not say so.
    pub(crate) idempotent: Vec<String>,
    /// Fields whose name in JSON the generator does not know.
    pub(crate) fields: Vec<Renamed>,
}

pub(crate) fn apply(mut document: Value, notes: &mut Notes) -> Result<Lowered> {
    references::inline(&mut document, notes)?;
    let operations = operations::collect(&mut document, notes)?;
    dialect::to_3_0(&mut document, notes);
    let idempotent = extensions::idempotent(&mut document)?;
    unions::break_cycles(&mut document, notes);
    names::plain(&mut document, notes);
    parameters::simplify(&mut document, notes)?;
    let bodies = bodies::lower(&mut document, notes)?;
    responses::infer(&mut document, notes)?;
    hoist::name_inline(&mut document, notes)?;
    unions::simplify(&mut document, notes);
    extensions::secrets(&mut document);
    let enums = enums::open(&mut document, notes);
    let answers = responses::listed(&mut document)?;
    responses::successes_only(&mut document)?;
    tolerance::loosen(&mut document);
    nested::hoist(&mut document, notes);
    let fields = fields::distinct(&mut document, notes);
    extensions::strip(&mut document);
    methods::lower(&mut document, &operations)?;
    Ok(Lowered {
        document,
        operations,
        enums,
        bodies,
        responses: answers,
        idempotent,
        fields,
    })
}
