//! Changes as lines of text, each change that many operations or types share as one.

use std::collections::BTreeMap;

/// What kind of thing changed, in the order in which the summary lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Server,
    Security,
    SecurityScheme,
    Operation,
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
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Response => "response",
            Self::Callback => "callback",
            Self::Webhook => "webhook",
            Self::Type => "type",
            Self::Field => "field",
            Self::Value => "value",
        }
    }

    /// What stands between the owner and the member.
    fn separator(self) -> &'static str {
        match self {
            Self::Parameter | Self::Field => ".",
            Self::Value => "::",
            _ => " ",
        }
    }

    fn belongs_to_an_operation(self) -> bool {
        matches!(
            self,
            Self::Server | Self::Security | Self::Parameter | Self::Response | Self::Callback
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// Whether code that compiles stops doing so, or calls that succeed fail.
    pub(super) breaking: bool,
    pub(super) kind: Kind,
    /// An operation, a type, or a name of the document's own.
    pub(super) owner: String,
    /// A parameter, field, value or status; empty where the owner itself changed.
    pub(super) member: String,
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
        // A change of an owner itself is never the same as another's, except of what all have.
        let alone = change.member.is_empty() && !change.kind.belongs_to_an_operation();
        let owner = if alone {
            change.owner.clone()
        } else {
            String::new()
        };
        let Change {
            kind,
            member,
            verb,
            detail,
            ..
        } = change.clone();
        let key = (!change.breaking, kind, owner, member, verb, detail);
        groups.entry(key).or_default().push(change);
    }
    let mut lines: Vec<(bool, Kind, String, String)> = Vec::new();
    for ((not_breaking, kind, ..), group) in groups {
        let all = kind.belongs_to_an_operation() && group.len() == operations && operations > 1;
        if all || group.len() >= MANY {
            let line = shared(&group, all);
            lines.push((not_breaking, kind, String::new(), line));
        } else {
            for change in &group {
                // Owners first, so that `A.x` stands before `AB.a`.
                let name = format!("{}\0{}", change.owner, change.member);
                lines.push((not_breaking, kind, name, single(change)));
            }
        }
    }
    lines.sort();
    lines.into_iter().map(|(.., line)| line).collect()
}

fn single(change: &Change) -> String {
    let Change {
        kind,
        owner,
        member,
        ..
    } = change;
    let separator = if member.is_empty() {
        ""
    } else {
        kind.separator()
    };
    line(change, &format!("{owner}{separator}{member}"))
}

fn shared(group: &[Change], all: bool) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    let what = if first.kind.belongs_to_an_operation() {
        "operations"
    } else {
        "types"
    };
    let owners: Vec<&str> = group.iter().map(|change| change.owner.as_str()).collect();
    let owners = match all {
        true => format!("all {} {what}", group.len()),
        false => format!("{} {what} ({})", group.len(), listed(&owners)),
    };
    let member = &first.member;
    let space = if member.is_empty() { "" } else { " " };
    line(first, &format!("{member}{space}of {owners}"))
}

/// The first names, and how many more there are.
pub(super) fn listed(names: &[&str]) -> String {
    match names.len().checked_sub(NAMES) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMES].join(", ")),
    }
}

fn line(change: &Change, what: &str) -> String {
    let breaking = if change.breaking { "BREAKING " } else { "" };
    let colon = if change.detail.is_empty() { "" } else { ": " };
    let Change {
        verb, kind, detail, ..
    } = change;
    format!("{breaking}{verb} {} {what}{colon}{detail}", kind.word())
}
