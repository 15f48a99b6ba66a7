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
use std::sync::LazyLock;

use regex::{Captures, Regex};

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

/// In the order in which the summary lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Server,
    Security,
    SecurityScheme,
    Operation,
    /// Whether an operation is retried.
    Retry,
    Parameter,
    Response,
    Callback,
    Webhook,
    Type,
    Field,
    Value,
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
        let operations = self.of_kind(Kind::Operation);
        let common = operations.filter(|(key, _)| old.items.contains_key(key));
        compare::changes(old, self).lines(common.count())
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
    fn members(&self, owner: &str, kinds: &[Kind]) -> impl Iterator<Item = (&str, &Item)> {
        let own = self.items.iter();
        own.filter(move |(key, _)| kinds.contains(&key.kind) && key.owner == owner)
            .map(|(key, item)| (key.member.as_str(), item))
    }

    /// The type that an operation returns.
    fn result(&self, operation: &str) -> &str {
        let key = Key::new(Kind::Response, operation, "");
        self.items.get(&key).map_or("()", |item| &item.text)
    }
}

impl Key {
    fn new(kind: Kind, owner: impl Into<String>, member: impl Into<String>) -> Self {
        let (owner, member) = (owner.into(), member.into());
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

impl Kind {
    fn belongs_to_an_operation(self) -> bool {
        use Kind::{Parameter, Response, Retry, Security, Server};
        matches!(self, Server | Security | Retry | Parameter | Response)
    }
}

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+").expect("it is valid"));

/// The names in a text, each replaced where there is a new one.
fn rename_words(text: &str, new_name: impl Fn(&str) -> Option<String>) -> String {
    let renamed = |word: &Captures| new_name(&word[0]).unwrap_or_else(|| word[0].to_string());
    WORD.replace_all(text, renamed).into_owned()
}
