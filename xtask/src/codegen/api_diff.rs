//! What changes for users of the generated crate from one description to the next.
//!
//! Types, fields and parameters are read from the generated code, since users write those names.
//! What the code does not show (servers, security, deprecation, webhooks, callbacks, responses) is
//! read from the description.

mod code;
mod compare;
mod compare_descriptions;
mod description;
mod lines;
mod renames;

use serde_json::Value;

use self::code::Code;
use self::description::Description;

/// The interface of the generated crate, as of one description.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    code: Code,
    /// Absent where the description that the code was written from is not known.
    description: Option<Description>,
}

impl Api {
    /// Reads the interface from the generated code and the corrected description.
    pub(crate) fn new(file: &syn::File, description: Option<&Value>) -> Self {
        let code = Code::read(file);
        let description = description.map(|document| Description::read(document, &code));
        Self { code, description }
    }

    /// One line for each change since `old`, breaking ones first.
    pub(crate) fn changes_since(&self, old: &Self) -> Vec<String> {
        let (changes, operations) = compare::changes(old, self);
        if changes.is_empty() {
            return compare::documentation(&old.code, &self.code)
                .into_iter()
                .collect();
        }
        lines::render(changes, operations)
    }

    /// The number of operations, types and fields.
    pub(crate) fn size(&self) -> String {
        let fields = self.code.types.values().map(code::Type::fields);
        format!(
            "{} operations, {} types, {} fields",
            self.code.operations.len(),
            self.code.types.len(),
            fields.sum::<usize>()
        )
    }
}

#[cfg(test)]
mod tests;
