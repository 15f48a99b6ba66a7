//! The comparison of two interfaces: what each kind of difference means to a user.

use std::collections::BTreeSet;

use super::lines::Changes;
use super::renames::{Renames, pairs};
use super::{Api, Item, Key, Kind};

const CALLS_FAIL: &str = " (required: existing calls fail)";

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
    let keys: BTreeSet<&Key> = old.items.keys().chain(new.items.keys()).collect();
    let in_both = |whole: Key| old.used(&whole).is_some() && new.used(&whole).is_some();
    // A whole that was added or removed has one line, its parts have none.
    let keys = keys
        .into_iter()
        .filter(|key| key.whole().is_none_or(in_both));
    let keys: Vec<&Key> = keys.collect();
    let renamed = comparison.renamed_members(&keys);
    for key in keys.into_iter().filter(|key| !renamed.contains(*key)) {
        let (was, is) = (old.used(key), new.used(key));
        let names = renames.operations.values();
        let moved =
            key.kind == Kind::Operation && names.map(|(to, _)| to).any(|to| *to == key.owner);
        if let Some((breaking, verb, text)) = comparison.rule(key, was, is)
            && !(moved && verb == "altered")
        {
            comparison.changes.add(breaking, verb, key, text);
        }
        if let (Some(was), Some(is)) = (was, is)
            && was.deprecated != is.deprecated
        {
            let verb = if is.deprecated {
                "deprecated"
            } else {
                "no longer deprecated"
            };
            let route = if key.kind == Kind::Operation {
                &is.text
            } else {
                ""
            };
            comparison.changes.add(false, verb, key, route);
        }
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
    /// What a difference means: whether it breaks what users wrote, and how it reads.
    fn rule(
        &self,
        key: &Key,
        was: Option<&Item>,
        is: Option<&Item>,
    ) -> Option<(bool, &'static str, String)> {
        use Kind::{Field, Operation, Parameter, Response, Retry, Security};
        use Kind::{SecurityScheme, Server, Type};
        let sent = is.is_some_and(|is| self.is_sent(key, is));
        let required = |item: Option<&Item>| item.is_some_and(|item| item.required);
        let calls_fail = sent && required(is) && !required(was);
        Some(match (key.kind, was, is) {
            (Parameter | Field, None, Some(is)) if calls_fail => {
                (true, "added", format!("{}{CALLS_FAIL}", is.text))
            }
            (Operation, None, Some(is)) => (false, "added", self.signature(key, is)),
            (Type, None, Some(is)) => (false, "added", self.outline(key, is)),
            (_, None, Some(is)) => (false, "added", is.text.clone()),
            (Type, Some(_), None) if self.new.items.contains_key(key) => {
                (false, "removed", "unused".to_string())
            }
            (Type, Some(_), None) => (true, "removed", String::new()),
            // A result that becomes another one has a line of its own, as has an operation that
            // required the scheme.
            (Response | SecurityScheme, Some(was), None) => (false, "removed", was.text.clone()),
            (_, Some(was), None) => (true, "removed", was.text.clone()),
            (kind, Some(was), Some(is)) => {
                let (breaking, why) = match kind {
                    _ if was.text == is.text && was.required == is.required => return None,
                    Operation => (true, " (released versions of the crate send the old one)"),
                    Retry => (false, ""),
                    Server | Security => {
                        let kept = |one: &str| is.text.split(" or ").any(|is| is == one);
                        (!was.text.split(" or ").any(kept), "")
                    }
                    Parameter | Field if calls_fail => (true, CALLS_FAIL),
                    Parameter | Field if was.text != is.text => {
                        (was.inner() != is.inner() || was.received, "")
                    }
                    Parameter | Field if sent => (false, " (no longer required)"),
                    Parameter | Field => return None,
                    _ => (true, ""),
                };
                (breaking, "altered", was.change_to(is) + why)
            }
            (_, None, None) => return None,
        })
    }

    /// Makes one change of a member that was removed and one that was added, where each is the
    /// only one of its type; returns both.
    fn renamed_members(&mut self, keys: &[&Key]) -> BTreeSet<Key> {
        let only = |api: &Api, other: &Api| -> Vec<(Key, Item)> {
            let own = keys.iter().filter(|key| other.used(key).is_none());
            let own = own.filter(|key| matches!(key.kind, Kind::Parameter | Kind::Field));
            own.filter_map(|key| Some(((*key).clone(), api.used(key)?.clone())))
                .collect()
        };
        let like = |(from, was): &(Key, Item), (to, is): &(Key, Item)| {
            (from.kind, &from.owner, &was.text) == (to.kind, &to.owner, &is.text)
                && was.required == is.required
        };
        let (gone, fresh) = (only(self.old, self.new), only(self.new, self.old));
        let mut renamed = BTreeSet::new();
        for ((from, _), (to, item)) in pairs(&gone, &fresh, like) {
            let both = format!("{} → {}", from.member, to.member);
            let key = Key::new(to.kind, &to.owner, both);
            self.changes.add(true, "renamed", &key, &item.text);
            renamed.extend([from.clone(), to.clone()]);
        }
        renamed
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

    /// `struct of id, name`
    fn outline(&self, key: &Key, item: &Item) -> String {
        let members = self.new.members(&key.owner, &[Kind::Field, Kind::Value]);
        let names: Vec<&str> = members.map(|(member, _)| member).collect();
        match names.is_empty() {
            true => item.text.clone(),
            false => format!("{} of {}", item.text, names.join(", ")),
        }
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
