//! What changes for users of the generated crate from one description to the next. Without this
//! module, a maintainer would have to find a breaking change in a diff of 5,000 lines.
//!
//! An interface is a flat table: what can be named or relied on, and what it is. Two tables are
//! compared row by row, so that a new kind of change is one row to read and one rule to judge.

mod compare;
mod lines;
mod read;
mod renames;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::lines::Kind;

/// The interface of the generated crate, as of one description.
#[derive(Clone, Debug, Default)]
pub(crate) struct Api {
    items: BTreeMap<Key, Item>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: Kind,
    /// An operation, a type, or a name of the document's own.
    owner: String,
    /// A parameter, field, value, status, or place; empty for the owner itself.
    member: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Item {
    /// What it is: a type, a route, a list of servers.
    text: String,
    required: bool,
    deprecated: bool,
    /// Whether requests, and responses, reach it; neither holds for a type that nothing uses.
    sent: bool,
    received: bool,
}

impl Api {
    /// One line for each change since `old`, breaking ones first.
    pub(crate) fn changes_since(&self, old: &Self) -> Vec<String> {
        let changes = compare::changes(old, self);
        let same = |key: &Key| old.items.contains_key(key);
        let operations = self.of_kind(Kind::Operation).filter(|(key, _)| same(key));
        lines::render(changes, operations.count())
    }

    /// The number of operations, types and fields.
    pub(crate) fn size(&self) -> String {
        let count = |kind| self.of_kind(kind).count();
        let (operations, types) = (count(Kind::Operation), count(Kind::Type));
        let fields = count(Kind::Field);
        format!("{operations} operations, {types} types, {fields} fields")
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Key, &Item)> {
        self.items.iter().filter(move |(key, _)| key.kind == kind)
    }

    /// The item, if an operation reaches it.
    fn used(&self, key: &Key) -> Option<&Item> {
        let item = self.items.get(key);
        item.filter(|item| item.sent || item.received)
    }

    /// What has this owner, and is of one of these kinds.
    fn members(&self, owner: &str, kinds: &[Kind]) -> impl Iterator<Item = (&Key, &Item)> {
        let own = self.items.iter();
        own.filter(move |(key, _)| kinds.contains(&key.kind) && key.owner == owner)
    }

    /// The type that an operation returns.
    fn result(&self, operation: &str) -> &str {
        let key = Key::new(Kind::Response, operation, "");
        self.items.get(&key).map_or("()", |item| &item.text)
    }
}

impl Key {
    fn new(kind: Kind, owner: &str, member: &str) -> Self {
        let (owner, member) = (owner.to_string(), member.to_string());
        Self {
            kind,
            owner,
            member,
        }
    }

    /// What the item is a part of.
    fn whole(&self) -> Option<Self> {
        let kind = match self.kind {
            Kind::Field | Kind::Value => Kind::Type,
            Kind::Callback | Kind::Webhook if !self.member.is_empty() => self.kind,
            kind if kind.belongs_to_an_operation() => Kind::Operation,
            _ => return None,
        };
        Some(Self::new(kind, &self.owner, ""))
    }
}

/// The names in a text, each replaced where there is a new one.
fn rename_words(text: &str, mut new_name: impl FnMut(&str) -> Option<String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        renamed += before;
        renamed += &new_name(word).unwrap_or_else(|| word.to_string());
        rest = after;
    }
    renamed + rest
}
