//! The schema of a prediction's output.

use super::{ValueKind, ValueSchema};

/// The form of a prediction's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutputKind {
    /// One text.
    Text,
    /// A list of texts that grows while the prediction runs, and is one text when joined.
    StreamedText,
    /// One file.
    File,
    /// A list of files.
    Files,
    /// Anything else; an object may have files in it.
    Json,
}

/// Schema of a version's output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputSchema {
    pub(super) schema: ValueSchema,
    pub(super) is_iterator: bool,
    pub(super) is_joined: bool,
}

impl OutputSchema {
    /// The form of the output.
    pub fn kind(&self) -> OutputKind {
        let items = || self.schema.items().map(ValueSchema::kind);
        match self.schema.kind() {
            ValueKind::List if self.is_joined => OutputKind::StreamedText,
            ValueKind::Text => OutputKind::Text,
            ValueKind::File => OutputKind::File,
            ValueKind::List if items() == Some(ValueKind::File) => OutputKind::Files,
            _ => OutputKind::Json,
        }
    }

    /// The schema of the output's JSON.
    pub fn schema(&self) -> &ValueSchema {
        &self.schema
    }

    /// Whether it is a list that grows while the prediction runs (`x-cog-array-type: iterator`).
    pub fn is_iterator(&self) -> bool {
        self.is_iterator
    }

    /// Whether a file can be in it, at any depth.
    pub fn has_files(&self) -> bool {
        count(&self.schema) > 0
    }

    /// Whether every output has more than one file: a list of at least two, or an object with
    /// several fields that are files.
    pub fn has_several_files(&self) -> bool {
        count(&self.schema) > 1
    }
}

/// The number of files in every value; 1 for a list that can have any number of them.
fn count(schema: &ValueSchema) -> u64 {
    match schema.kind() {
        ValueKind::File => 1,
        ValueKind::List => {
            let in_item = schema.items().map_or(0, count);
            in_item.saturating_mul(schema.min_length().unwrap_or(1).max(1))
        }
        ValueKind::Object => schema
            .fields()
            .iter()
            .map(|field| count(field.schema()))
            .fold(0, u64::saturating_add),
        ValueKind::Union => schema.alternatives().iter().map(count).max().unwrap_or(0),
        _ => 0,
    }
}
