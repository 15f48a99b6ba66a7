//! The comparison of two interfaces: what each kind of difference means to a user.

use std::collections::BTreeSet;

use super::lines::{Change, Kind};
use super::renames::{Renames, pairs};
use super::{Api, Item, Key};

const CALLS_FAIL: &str = "required: existing calls fail";

/// Each change from the old interface to the new one.
pub(super) fn changes(old: &Api, new: &Api) -> Vec<Change> {
    let renames = Renames::find(old, new);
    let old = &renames.apply(old);
    let mut comparison = Comparison {
        old,
        new,
        changes: Vec::new(),
    };
    for (from, (to, routes)) in &renames.operations {
        let key = Key::new(Kind::Operation, &format!("{from} → {to}"), "");
        comparison.add(true, "renamed", &key, routes);
    }
    for (from, to) in &renames.types {
        let key = Key::new(Kind::Type, &format!("{from} → {to}"), "");
        comparison.add(true, "renamed", &key, "");
    }
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for key in old
        .items
        .keys()
        .chain(new.items.keys())
        .collect::<BTreeSet<_>>()
    {
        let parts = |api: &Api| key.whole().is_none_or(|whole| api.used(&whole).is_some());
        // A whole that was added or removed has one line, its parts have none.
        if !parts(old) || !parts(new) {
            continue;
        }
        match (old.used(key), new.used(key)) {
            (None, Some(item)) => added.push((key, item)),
            (Some(item), None) => removed.push((key, item)),
            (Some(was), Some(is)) => {
                let renamed = renames.operations.values().any(|(to, _)| *to == key.owner);
                if !(renamed && key.kind == Kind::Operation && was.text != is.text) {
                    comparison.altered(key, was, is);
                }
                comparison.deprecated(key, was, is);
            }
            (None, None) => {}
        }
    }
    comparison.renamed_members(&mut removed, &mut added);
    removed
        .iter()
        .for_each(|(key, item)| comparison.removed(key, item));
    added
        .iter()
        .for_each(|(key, item)| comparison.added(key, item));
    comparison.changes
}

struct Comparison<'a> {
    /// In the names of the new one.
    old: &'a Api,
    new: &'a Api,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn add(&mut self, breaking: bool, verb: &'static str, key: &Key, detail: impl Into<String>) {
        let (key, detail) = (key.clone(), detail.into());
        self.changes.push(Change {
            breaking,
            key,
            verb,
            detail,
        });
    }

    fn added(&mut self, key: &Key, item: &Item) {
        let text = &item.text;
        match key.kind {
            Kind::Operation => self.add(false, "added", key, self.signature(key, item)),
            Kind::Parameter | Kind::Field if item.required && self.is_sent(key, item) => {
                self.add(true, "added", key, format!("{text} ({CALLS_FAIL})"));
            }
            Kind::Type => self.add(false, "added", key, self.members(key, text)),
            _ => self.add(false, "added", key, text),
        }
    }

    fn removed(&mut self, key: &Key, item: &Item) {
        let text = &item.text;
        match key.kind {
            Kind::Type if self.new.items.contains_key(key) => {
                self.add(false, "removed", key, "unused")
            }
            Kind::Type => self.add(true, "removed", key, ""),
            // A result that becomes another one has a line of its own, as has an operation that
            // required the scheme.
            Kind::Response | Kind::SecurityScheme => self.add(false, "removed", key, text),
            _ => self.add(true, "removed", key, text),
        }
    }

    fn altered(&mut self, key: &Key, was: &Item, is: &Item) {
        if was.text == is.text && was.required == is.required {
            return;
        }
        let both = format!("{} → {}", was.text, is.text);
        match key.kind {
            Kind::Operation => {
                let why = "released versions of the crate send the old one";
                self.add(true, "altered", key, format!("{both} ({why})"));
            }
            Kind::Retry => self.add(false, "altered", key, both),
            Kind::Server | Kind::Security => {
                let alternatives = |item: &Item| -> BTreeSet<String> {
                    item.text.split(" or ").map(String::from).collect()
                };
                let none_left = alternatives(was).is_disjoint(&alternatives(is));
                self.add(none_left, "altered", key, both);
            }
            Kind::Parameter | Kind::Field => self.altered_member(key, was, is),
            _ => self.add(true, "altered", key, both),
        }
    }

    fn altered_member(&mut self, key: &Key, was: &Item, is: &Item) {
        let both = match was.text == is.text {
            true => is.text.clone(),
            false => format!("{} → {}", was.text, is.text),
        };
        let inner = |item: &Item| {
            let text = item
                .text
                .strip_prefix("Option<")
                .or(item.text.strip_prefix("Nullable<"));
            let text = text.and_then(|text| text.strip_suffix('>'));
            text.unwrap_or(&item.text).to_string()
        };
        let sent = self.is_sent(key, is);
        if sent && is.required && !was.required {
            self.add(true, "altered", key, format!("{both} ({CALLS_FAIL})"));
        } else if was.text != is.text {
            let breaking = inner(was) != inner(is) || was.received;
            self.add(breaking, "altered", key, both);
        } else if sent {
            self.add(
                false,
                "altered",
                key,
                format!("{both} (no longer required)"),
            );
        }
    }

    fn deprecated(&mut self, key: &Key, was: &Item, is: &Item) {
        let verb = match (was.deprecated, is.deprecated) {
            (false, true) => "deprecated",
            (true, false) => "no longer deprecated",
            _ => return,
        };
        let route = if key.kind == Kind::Operation {
            &is.text
        } else {
            ""
        };
        self.add(false, verb, key, route);
    }

    /// Makes one change of a member that was removed and one that was added, where each is the
    /// only one of its type.
    fn renamed_members(
        &mut self,
        removed: &mut Vec<(&Key, &Item)>,
        added: &mut Vec<(&Key, &Item)>,
    ) {
        let like = |(from, was): &(&Key, &Item), (to, is): &(&Key, &Item)| {
            matches!(from.kind, Kind::Parameter | Kind::Field)
                && (from.kind, &from.owner, &was.text) == (to.kind, &to.owner, &is.text)
                && was.required == is.required
        };
        let pairs: Vec<(Key, Key)> = pairs(removed, added, like)
            .map(|((from, _), (to, item))| {
                let both = format!("{} → {}", from.member, to.member);
                let key = Key::new(to.kind, &to.owner, &both);
                self.add(true, "renamed", &key, &item.text);
                ((*from).clone(), (*to).clone())
            })
            .collect();
        removed.retain(|(key, _)| pairs.iter().all(|(from, _)| *key != from));
        added.retain(|(key, _)| pairs.iter().all(|(_, to)| *key != to));
    }

    /// Whether callers set it, now and before.
    fn is_sent(&self, key: &Key, item: &Item) -> bool {
        let whole = key.whole().and_then(|whole| self.old.used(&whole));
        item.sent && whole.is_some_and(|whole| whole.sent)
    }

    /// `POST /jobs(body: JobRequest, prefer: Option<String>) → Job`
    fn signature(&self, key: &Key, item: &Item) -> String {
        let parameters = self.new.members(&key.owner, &[Kind::Parameter]);
        let own: Vec<String> = parameters
            .map(|(key, item)| format!("{}: {}", key.member, item.text))
            .collect();
        let list = match own.is_empty() {
            true => String::new(),
            false => format!("({})", own.join(", ")),
        };
        format!("{}{list} → {}", item.text, self.new.result(&key.owner))
    }

    /// `struct of id, name`
    fn members(&self, key: &Key, text: &str) -> String {
        let members = self.new.members(&key.owner, &[Kind::Field, Kind::Value]);
        let names: Vec<&str> = members.map(|(key, _)| key.member.as_str()).collect();
        match names.is_empty() {
            true => text.to_string(),
            false => format!("{text} of {}", names.join(", ")),
        }
    }
}
