//! Operations and types that have another name and the same shape. Without this module, a rename
//! would be 60 lines of removed and added.

use std::collections::{BTreeMap, BTreeSet};

use super::{Api, Item, Key, Kind, rename_words};

/// A limit for the comparison of what was removed with what was added.
const MAX_PAIRS: usize = 10_000;

type Row = (Key, Item);

#[derive(Debug, Default)]
pub(super) struct Renames {
    /// By the old name: the new one, and the route or both routes.
    pub(super) operations: BTreeMap<String, (String, String)>,
    pub(super) types: BTreeMap<String, String>,
}

impl Renames {
    pub(super) fn find(old: &Api, new: &Api) -> Self {
        let mut renames = Self::default();
        renames.operations(old, new, |(_, was), (_, is)| was.text == is.text);
        renames.types(old, new);
        // Another id and another path: the method, parameters and responses are the same, and the
        // result is a type of this API.
        let own = renames.apply(old);
        let shape = |api: &Api, (key, item): &Row| -> (Option<String>, Vec<(String, String)>) {
            let members = api.members(&key.owner, &[Kind::Parameter, Kind::Response]);
            let members = members.map(|(key, item)| (key.member.clone(), item.text.clone()));
            (
                item.text.split(' ').next().map(String::from),
                members.collect(),
            )
        };
        renames.operations(&own, new, |was, is| {
            let mut typed = false;
            rename_words(new.result(&is.0.owner), |word| {
                typed |= new.items.contains_key(&Key::new(Kind::Type, word, ""));
                None
            });
            typed && shape(&own, was) == shape(new, is)
        });
        renames
    }

    /// Pairs each operation that is gone with a new one that is the only one like it.
    fn operations(&mut self, old: &Api, new: &Api, like: impl Fn(&Row, &Row) -> bool) {
        let missing = |api: &Api, other: &Api| -> Vec<Row> {
            let own = api.of_kind(Kind::Operation);
            let own = own.filter(|(key, _)| !other.items.contains_key(key));
            own.map(|(key, item)| (key.clone(), item.clone())).collect()
        };
        for ((from, was), (to, is)) in pairs(&missing(old, new), &missing(new, old), like) {
            let routes = match was.text == is.text {
                true => is.text.clone(),
                false => format!("{} → {}", was.text, is.text),
            };
            let to = to.owner.clone();
            self.operations.insert(from.owner.clone(), (to, routes));
        }
    }

    /// Pairs the types that have most in common, again and again: each pair makes the types that
    /// contain it more similar.
    fn types(&mut self, old: &Api, new: &Api) {
        let missing = |api: &Api, other: &Api, there: bool| -> BTreeSet<String> {
            let own = api.of_kind(Kind::Type).filter(|(key, _)| {
                let known = if there {
                    other.items.contains_key(key)
                } else {
                    other.used(key).is_some()
                };
                api.used(key).is_some() && !known
            });
            own.map(|(key, _)| key.owner.clone()).collect()
        };
        let (mut gone, mut fresh) = (missing(old, new, false), missing(new, old, true));
        while gone.len() * fresh.len() <= MAX_PAIRS {
            let mut best: Option<(f64, String, String)> = None;
            let renamed: Vec<_> = gone
                .iter()
                .map(|from| (from, self.parts(old, from)))
                .collect();
            let parts: Vec<_> = fresh
                .iter()
                .map(|to| (to, Self::default().parts(new, to)))
                .collect();
            for (from, was) in &renamed {
                for (to, is) in &parts {
                    let common = was.intersection(is).count();
                    #[expect(clippy::cast_precision_loss, reason = "a few dozen at most")]
                    let similarity = common as f64 / was.union(is).count().max(1) as f64;
                    let more = best.as_ref().is_none_or(|(most, ..)| similarity > *most);
                    if common >= 2 && similarity >= 0.75 && more {
                        best = Some((similarity, (*from).clone(), (*to).clone()));
                    }
                }
            }
            let Some((_, from, to)) = best else { break };
            gone.remove(&from);
            fresh.remove(&to);
            self.types.insert(from, to);
        }
    }

    /// The members of a type with their types, in the new names.
    fn parts(&self, api: &Api, name: &str) -> BTreeSet<String> {
        let own = |word: &str| match word == name {
            true => Some("Self".to_string()),
            false => self.types.get(word).cloned(),
        };
        let members = api.members(name, &[Kind::Field, Kind::Value]);
        let parts =
            members.map(|(key, item)| format!("{}: {}", key.member, rename_words(&item.text, own)));
        parts.collect()
    }

    /// The old interface in the names of the new one.
    pub(super) fn apply(&self, old: &Api) -> Api {
        let ty = |word: &str| self.types.get(word).cloned();
        let items = old.items.iter().map(|(key, item)| {
            let (mut key, mut item) = (key.clone(), item.clone());
            key.owner = match key.kind {
                Kind::Type | Kind::Field | Kind::Value => ty(&key.owner),
                Kind::SecurityScheme | Kind::Webhook | Kind::Callback => None,
                _ => self.operations.get(&key.owner).map(|(to, _)| to.clone()),
            }
            .unwrap_or(key.owner);
            if matches!(
                key.kind,
                Kind::Parameter | Kind::Response | Kind::Field | Kind::Value | Kind::Type
            ) {
                item.text = rename_words(&item.text, ty);
            }
            (key, item)
        });
        Api {
            items: items.collect(),
        }
    }
}

/// Pairs what is gone with what is new, where each is the only one like the other.
pub(super) fn pairs<'a, T>(
    gone: &'a [T],
    fresh: &'a [T],
    like: impl Fn(&T, &T) -> bool + 'a,
) -> impl Iterator<Item = (&'a T, &'a T)> {
    gone.iter().filter_map(move |from| {
        let similar: Vec<&T> = fresh.iter().filter(|to| like(from, to)).collect();
        let [to] = similar[..] else { return None };
        let alone = gone.iter().filter(|other| like(other, to)).count() == 1;
        alone.then_some((from, to))
    })
}
