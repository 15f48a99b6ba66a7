//! The comparison of two interfaces: what each kind of difference means to a user.

use std::collections::BTreeSet;

use super::lines::Changes;
use super::renames::{Renames, pairs};
use super::{Api, Item, Key, Kind};

const CALLS_FAIL: &str = "required: existing calls fail";

/// Each change from the old interface to the new one.
pub(super) fn changes(old: &Api, new: &Api) -> Changes {
    let renames = Renames::find(old, new);
    let old = &renames.apply(old);
    let changes = Changes::default();
    let mut comparison = Comparison { old, new, changes };
    for (from, (to, routes)) in &renames.operations {
        let key = Key::new(Kind::Operation, format!("{from} → {to}"), "");
        comparison.changes.add(true, "renamed", &key, routes);
    }
    for (from, to) in &renames.types {
        let key = Key::new(Kind::Type, format!("{from} → {to}"), "");
        comparison.changes.add(true, "renamed", &key, "");
    }
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let keys: BTreeSet<&Key> = old.items.keys().chain(new.items.keys()).collect();
    for key in keys {
        let in_both = |whole: Key| old.used(&whole).is_some() && new.used(&whole).is_some();
        // A whole that was added or removed has one line, its parts have none.
        if !key.whole().is_none_or(in_both) {
            continue;
        }
        match (old.used(key), new.used(key)) {
            (None, Some(item)) => added.push((key, item)),
            (Some(item), None) => removed.push((key, item)),
            (Some(was), Some(is)) => {
                let renamed = renames.operations.values().any(|(to, _)| *to == key.owner);
                if !(renamed && key.kind == Kind::Operation) {
                    comparison.altered(key, was, is);
                }
                comparison.deprecated(key, was, is);
            }
            (None, None) => {}
        }
    }
    comparison.renamed_members(&mut removed, &mut added);
    for (key, item) in removed {
        comparison.removed(key, item);
    }
    for (key, item) in added {
        comparison.added(key, item);
    }
    comparison.changes
}

struct Comparison<'a> {
    /// In the names of the new one.
    old: &'a Api,
    new: &'a Api,
    changes: Changes,
}

impl Comparison<'_> {
    fn added(&mut self, key: &Key, item: &Item) {
        let mut text = item.text.clone();
        let mut breaking = false;
        match key.kind {
            Kind::Operation => text = self.signature(key, item),
            Kind::Parameter | Kind::Field if item.required && self.is_sent(key, item) => {
                breaking = true;
                text += &format!(" ({CALLS_FAIL})");
            }
            Kind::Type => {
                let members = self.new.members(&key.owner, &[Kind::Field, Kind::Value]);
                let names: Vec<&str> = members.map(|(member, _)| member).collect();
                if !names.is_empty() {
                    text += &format!(" of {}", names.join(", "));
                }
            }
            _ => {}
        }
        self.changes.add(breaking, "added", key, text);
    }

    fn removed(&mut self, key: &Key, item: &Item) {
        let (breaking, text) = match key.kind {
            Kind::Type if self.new.items.contains_key(key) => (false, "unused"),
            Kind::Type => (true, ""),
            // A result that becomes another one has a line of its own, as has an operation that
            // required the scheme.
            Kind::Response | Kind::SecurityScheme => (false, &*item.text),
            _ => (true, &*item.text),
        };
        self.changes.add(breaking, "removed", key, text);
    }

    fn altered(&mut self, key: &Key, was: &Item, is: &Item) {
        if was.text == is.text && was.required == is.required {
            return;
        }
        let sent = self.is_sent(key, is);
        let (breaking, why) = match key.kind {
            Kind::Operation => (true, "released versions of the crate send the old one"),
            Kind::Retry => (false, ""),
            Kind::Server | Kind::Security => {
                let mut kept = was.text.split(" or ");
                (
                    !kept.any(|one| is.text.split(" or ").any(|is| is == one)),
                    "",
                )
            }
            Kind::Parameter | Kind::Field if sent && is.required && !was.required => {
                (true, CALLS_FAIL)
            }
            Kind::Parameter | Kind::Field if was.text != is.text => {
                (was.inner() != is.inner() || was.received, "")
            }
            Kind::Parameter | Kind::Field if sent => (false, "no longer required"),
            Kind::Parameter | Kind::Field => return,
            _ => (true, ""),
        };
        let why = match why {
            "" => String::new(),
            why => format!(" ({why})"),
        };
        let text = was.change_to(is) + &why;
        self.changes.add(breaking, "altered", key, text);
    }

    fn deprecated(&mut self, key: &Key, was: &Item, is: &Item) {
        let verb = match (was.deprecated, is.deprecated) {
            (false, true) => "deprecated",
            (true, false) => "no longer deprecated",
            _ => return,
        };
        let route = match key.kind {
            Kind::Operation => &is.text,
            _ => "",
        };
        self.changes.add(false, verb, key, route);
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
        let mut renamed: BTreeSet<Key> = BTreeSet::new();
        for ((from, _), (to, item)) in pairs(removed, added, like) {
            let both = format!("{} → {}", from.member, to.member);
            let key = Key::new(to.kind, &to.owner, both);
            self.changes.add(true, "renamed", &key, &item.text);
            renamed.extend([(*from).clone(), (*to).clone()]);
        }
        removed.retain(|(key, _)| !renamed.contains(key));
        added.retain(|(key, _)| !renamed.contains(key));
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
            .map(|(member, item)| format!("{member}: {}", item.text))
            .collect();
        let list = match own.is_empty() {
            true => String::new(),
            false => format!("({})", own.join(", ")),
        };
        format!("{}{list} → {}", item.text, self.new.result(&key.owner))
    }
}

impl Item {
    pub(super) fn change_to(&self, other: &Self) -> String {
        match self.text == other.text {
            true => self.text.clone(),
            false => format!("{} → {}", self.text, other.text),
        }
    }

    /// The type without its optionality.
    fn inner(&self) -> &str {
        let text = self.text.strip_suffix('>').unwrap_or(&self.text);
        let inner = text.strip_prefix("Option<");
        let inner = inner.or(text.strip_prefix("Nullable<"));
        inner.unwrap_or(&self.text)
    }
}
