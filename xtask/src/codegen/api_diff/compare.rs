//! The comparison of two interfaces: what each kind of difference means to a user.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::lines::{Change, Kind, listed};
use super::renames::Renames;
use super::{Api, Item, Key};
use crate::codegen::document::step;

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
            Kind::Response => self.add(self.changes_the_result(key), "added", key, text),
            Kind::Callback | Kind::Webhook => self.add(false, "added", key, ""),
            _ => self.add(false, "added", key, text),
        }
    }

    fn removed(&mut self, key: &Key, item: &Item) {
        let text = &item.text;
        match key.kind {
            Kind::Type if self.new.items.contains_key(key) => {
                self.add(false, "removed", key, "unused")
            }
            Kind::Type | Kind::Callback | Kind::Webhook => self.add(true, "removed", key, ""),
            Kind::Response => self.add(self.changes_the_result(key), "removed", key, text),
            // An operation that required it has a line of its own.
            Kind::SecurityScheme => self.add(false, "removed", key, text),
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
            Kind::Callback | Kind::Webhook => {
                let parse =
                    |item: &Item| serde_json::from_str::<Value>(&item.text).unwrap_or_default();
                let mut places = Vec::new();
                let breaking = differences(&parse(was), &parse(is), "", &mut places);
                let places: Vec<&str> = places.iter().map(String::as_str).collect();
                self.add(breaking, "altered", key, listed(&places));
            }
            Kind::Type => {
                // The members of a struct or an enum have lines of their own.
                let word = |item: &Item| {
                    item.text
                        .split_once(" of ")
                        .map(|(word, _)| word.to_string())
                };
                if word(was).is_none() || word(was) != word(is) {
                    self.add(true, "altered", key, both);
                }
            }
            Kind::Response if key.member.is_empty() && self.a_status_says_it(key) => {}
            Kind::Parameter | Kind::Field => self.altered_member(key, was, is),
            Kind::SecurityScheme | Kind::Response | Kind::Value => {
                self.add(true, "altered", key, both)
            }
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

    /// Pairs what was removed and what was added, where it is the only one of its type.
    fn renamed_members(
        &mut self,
        removed: &mut Vec<(&Key, &Item)>,
        added: &mut Vec<(&Key, &Item)>,
    ) {
        type Place = (Kind, String, String, bool);
        let place = |(key, item): &(&Key, &Item)| -> Place {
            (
                key.kind,
                key.owner.clone(),
                item.text.clone(),
                item.required,
            )
        };
        let members = |list: &[(&Key, &Item)]| {
            let mut members: BTreeMap<Place, Vec<Key>> = BTreeMap::new();
            let list = list
                .iter()
                .filter(|(key, _)| matches!(key.kind, Kind::Parameter | Kind::Field));
            list.for_each(|entry| {
                members
                    .entry(place(entry))
                    .or_default()
                    .push(entry.0.clone())
            });
            members
        };
        let fresh = members(added);
        for (place, gone) in members(removed) {
            let ([from], Some([to])) = (&gone[..], fresh.get(&place).map(Vec::as_slice)) else {
                continue;
            };
            let both = format!("{} → {}", from.member, to.member);
            self.add(
                true,
                "renamed",
                &Key::new(place.0, &place.1, &both),
                place.2,
            );
            removed.retain(|(key, _)| *key != from);
            added.retain(|(key, _)| *key != to);
        }
    }

    /// Whether callers set it, now and before.
    fn is_sent(&self, key: &Key, item: &Item) -> bool {
        let whole = key.whole().and_then(|whole| self.old.used(&whole));
        item.sent && whole.is_some_and(|whole| whole.sent)
    }

    /// Whether this is a success, and the type of the operation's result is another one.
    fn changes_the_result(&self, key: &Key) -> bool {
        let result = |api: &Api| {
            api.get(Kind::Response, &key.owner, "")
                .map(|item| item.text.clone())
        };
        key.member.starts_with('2') && result(self.old) != result(self.new)
    }

    fn a_status_says_it(&self, key: &Key) -> bool {
        let successes = |api: &Api| -> Vec<(Key, String)> {
            let own = api
                .of_kind(Kind::Response)
                .filter(|(other, _)| other.owner == key.owner && other.member.starts_with('2'));
            own.map(|(key, item)| (key.clone(), item.text.clone()))
                .collect()
        };
        successes(self.old) != successes(self.new)
    }

    /// `POST /jobs(body: JobRequest, prefer: Option<String>) → Job`
    fn signature(&self, key: &Key, item: &Item) -> String {
        let parameters = self.new.of_kind(Kind::Parameter);
        let own = parameters.filter(|(other, _)| other.owner == key.owner);
        let own: Vec<String> = own
            .map(|(key, item)| format!("{}: {}", key.member, item.text))
            .collect();
        let list = if own.is_empty() {
            String::new()
        } else {
            format!("({})", own.join(", "))
        };
        let response = self.new.get(Kind::Response, &key.owner, "");
        format!(
            "{}{list} → {}",
            item.text,
            response.map_or("()", |item| &item.text)
        )
    }
}

/// Notes the places at which the two differ; returns whether more than additions do.
fn differences(was: &Value, is: &Value, place: &str, found: &mut Vec<String>) -> bool {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let keys: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
            keys.into_iter().fold(false, |breaking, key| {
                let place = step(place, key);
                let here = match (was.get(key), is.get(key)) {
                    (Some(was), Some(is)) => differences(was, is, &place, found),
                    (old, _) => {
                        found.push(place);
                        old.is_some()
                    }
                };
                breaking || here
            })
        }
        _ if was == is => false,
        _ => {
            found.push(place.to_string());
            true
        }
    }
}
