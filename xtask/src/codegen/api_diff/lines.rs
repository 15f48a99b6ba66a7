//! Changes as lines of text, each change that many operations or types share as one.

use std::collections::BTreeMap;

use super::Key;

/// What kind of thing changed, in the order in which the summary lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
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

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Security => "security",
            Self::SecurityScheme => "security scheme",
            Self::Operation | Self::Retry => "operation",
            Self::Parameter => "parameter",
            Self::Response => "response",
            Self::Callback => "callback",
            Self::Webhook => "webhook",
            Self::Type => "type",
            Self::Field => "field",
            Self::Value => "value",
        }
    }

    pub(super) fn belongs_to_an_operation(self) -> bool {
        use Kind::{Parameter, Response, Retry, Security, Server};
        matches!(self, Server | Security | Retry | Parameter | Response)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Whether code that compiles stops doing so, or calls that succeed fail.
    pub(super) breaking: bool,
    pub(super) key: Key,
    /// `added`, `removed`, `altered`, `renamed`, `deprecated`
    pub(super) verb: &'static str,
    pub(super) detail: String,
}

/// As many owners make one line, as a rule.
const MANY: usize = 3;

/// As many names are listed at most.
const NAMES: usize = 4;

/// One line for each change, breaking ones first.
pub(super) fn render(changes: Vec<Change>, operations: usize) -> Vec<String> {
    let mut groups: BTreeMap<_, Vec<Change>> = BTreeMap::new();
    for change in changes {
        let Change {
            breaking,
            key,
            verb,
            detail,
        } = &change;
        // A change of an owner itself is never the same as another's, except of what all have.
        let alone = key.member.is_empty() && !key.kind.belongs_to_an_operation();
        let owner = if alone {
            key.owner.clone()
        } else {
            String::new()
        };
        let group = (
            !breaking,
            key.kind,
            owner,
            key.member.clone(),
            *verb,
            detail.clone(),
        );
        groups.entry(group).or_default().push(change);
    }
    let mut lines: Vec<(bool, Kind, String, String)> = Vec::new();
    for ((not_breaking, kind, ..), group) in groups {
        let all = kind.belongs_to_an_operation() && group.len() == operations && operations > 1;
        if all || group.len() >= MANY {
            lines.push((not_breaking, kind, String::new(), shared(&group, all)));
            continue;
        }
        for change in &group {
            // Owners first, so that `A.x` stands before `AB.a`.
            let Key { owner, member, .. } = &change.key;
            let separator = match kind {
                _ if member.is_empty() => "",
                Kind::Parameter | Kind::Field => ".",
                Kind::Value => "::",
                _ => " ",
            };
            let line = line(change, &format!("{owner}{separator}{member}"));
            lines.push((not_breaking, kind, format!("{owner}\0{member}"), line));
        }
    }
    lines.sort();
    lines.into_iter().map(|(.., line)| line).collect()
}

fn shared(group: &[Change], all: bool) -> String {
    let first = &group[0];
    let what = match first.key.kind {
        kind if kind.belongs_to_an_operation() => "operations",
        Kind::Callback => "callbacks",
        Kind::Webhook => "webhooks",
        _ => "types",
    };
    let owners: Vec<&str> = group
        .iter()
        .map(|change| change.key.owner.as_str())
        .collect();
    let owners = match all {
        true => format!("all {} {what}", group.len()),
        false => format!("{} {what} ({})", group.len(), listed(&owners)),
    };
    let member = &first.key.member;
    let space = if member.is_empty() { "" } else { " " };
    line(first, &format!("{member}{space}of {owners}"))
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> String {
    match names.len().checked_sub(NAMES) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMES].join(", ")),
    }
}

fn line(change: &Change, what: &str) -> String {
    let breaking = if change.breaking { "BREAKING " } else { "" };
    let colon = if change.detail.is_empty() { "" } else { ": " };
    let (verb, kind) = (change.verb, change.key.kind.word());
    format!("{breaking}{verb} {kind} {what}{colon}{}", change.detail)
}
