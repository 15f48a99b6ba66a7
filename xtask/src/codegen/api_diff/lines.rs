//! Changes as lines of text, each change that many operations or types share as one.

use std::collections::BTreeMap;

use heck::ToKebabCase;

use super::{Key, Kind};

/// As many owners make one line, as a rule.
const MANY: usize = 3;

/// As many names are listed at most.
const NAMES: usize = 4;

/// The owners of each change.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeMap<Change, Vec<String>>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    /// Code that compiled compiles, and calls that succeeded succeed.
    compatible: bool,
    kind: Kind,
    /// Of a change of an owner itself, which is never the same as another's.
    owner: Option<String>,
    member: String,
    /// `added`, `removed`, `altered`, `renamed`, `deprecated`
    verb: &'static str,
    detail: String,
}

impl Changes {
    pub(super) fn add(
        &mut self,
        breaking: bool,
        verb: &'static str,
        key: &Key,
        detail: impl Into<String>,
    ) {
        let alone = key.member.is_empty() && !key.kind.belongs_to_an_operation();
        let change = Change {
            compatible: !breaking,
            kind: key.kind,
            owner: alone.then(|| key.owner.clone()),
            member: key.member.clone(),
            verb,
            detail: detail.into(),
        };
        self.0.entry(change).or_default().push(key.owner.clone());
    }

    /// One line for each change, breaking ones first.
    pub(super) fn lines(self, operations: usize) -> Vec<String> {
        let mut lines: Vec<(bool, Kind, String, String)> = Vec::new();
        for (change, owners) in self.0 {
            let (kind, member) = (change.kind, &change.member);
            let of_operations = kind.belongs_to_an_operation();
            let all = of_operations && owners.len() == operations && operations > 1;
            let mut add = |order: String, what: &str| {
                lines.push((change.compatible, kind, order, change.line(what)));
            };
            if all || owners.len() >= MANY {
                let space = if member.is_empty() { "" } else { " " };
                let owners = shared(kind, &owners, all);
                add(String::new(), &format!("{member}{space}of {owners}"));
                continue;
            }
            let separator = match kind {
                _ if member.is_empty() => "",
                Kind::Parameter | Kind::Field => ".",
                Kind::Value => "::",
                _ => " ",
            };
            for owner in owners {
                // Owners first, so that `A.x` stands before `AB.a`.
                let what = format!("{owner}{separator}{member}");
                add(format!("{owner}\0{member}"), &what);
            }
        }
        lines.sort();
        lines.into_iter().map(|(.., line)| line).collect()
    }
}

impl Change {
    fn line(&self, what: &str) -> String {
        let breaking = if self.compatible { "" } else { "BREAKING " };
        let colon = if self.detail.is_empty() { "" } else { ": " };
        let kind = match self.kind {
            Kind::Retry => "operation".to_string(),
            kind => format!("{kind:?}").to_kebab_case().replace('-', " "),
        };
        format!(
            "{breaking}{} {kind} {what}{colon}{}",
            self.verb, self.detail
        )
    }
}

/// `all 10 operations`, or how many and the first names.
fn shared(kind: Kind, owners: &[String], all: bool) -> String {
    let what = match kind {
        kind if kind.belongs_to_an_operation() => "operations",
        Kind::Callback => "callbacks",
        Kind::Webhook => "webhooks",
        _ => "types",
    };
    let count = owners.len();
    let names = match count.saturating_sub(NAMES) {
        0 | 1 => owners.join(", "),
        more => format!("{} and {more} more", owners[..NAMES].join(", ")),
    };
    match all {
        true => format!("all {count} {what}"),
        false => format!("{count} {what} ({names})"),
    }
}
