//! Operations and types that have another name and the same shape. Without this module, a rename
//! would be 60 lines of removed and added.

use std::collections::{BTreeMap, BTreeSet};

use super::{Api, Item, Key, Kind, WORD, rename_words};

/// A limit for the comparison of what was removed with what was added.
const MAX_PAIRS: usize = 10_000;

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
        renames.operations(&own, new, |(from, was), (to, is)| {
            let mut words = WORD.find_iter(new.result(&to.owner));
            let is_type = |word: &str| new.items.contains_key(&Key::new(Kind::Type, word, ""));
            let typed = words.any(|word| is_type(word.as_str()));
            let kinds = [Kind::Parameter, Kind::Response];
            let members = |(member, item): (&str, &Item)| (member.to_string(), item.text.clone());
            let old = own.members(&from.owner, &kinds).map(members);
            let same = old.eq(new.members(&to.owner, &kinds).map(members));
            typed && same && was.text.split(' ').next() == is.text.split(' ').next()
        });
        renames
    }

    /// Pairs each operation that is gone with a new one that is the only one like it.
    fn operations(
        &mut self,
        old: &Api,
        new: &Api,
        like: impl Fn(&(&Key, &Item), &(&Key, &Item)) -> bool,
    ) {
        let gone = old.of_kind(Kind::Operation);
        let gone: Vec<_> = gone
            .filter(|(key, _)| !new.items.contains_key(key))
            .collect();
        let fresh = new.of_kind(Kind::Operation);
        let fresh: Vec<_> = fresh
            .filter(|(key, _)| !old.items.contains_key(key))
            .collect();
        for ((from, was), (to, is)) in pairs(&gone, &fresh, like) {
            let routes = was.change_to(is);
            let to = to.owner.clone();
            self.operations.insert(from.owner.clone(), (to, routes));
        }
    }

    /// Pairs the types that have most in common, again and again: each pair makes the types that
    /// contain it more similar.
    fn types(&mut self, old: &Api, new: &Api) {
        let gone = old.of_kind(Kind::Type).map(|(key, _)| key);
        let gone = gone.filter(|key| old.used(key).is_some() && new.used(key).is_none());
        let mut gone: Vec<&Key> = gone.collect();
        let fresh = new.of_kind(Kind::Type).map(|(key, _)| key);
        let fresh = fresh.filter(|key| new.used(key).is_some() && !old.items.contains_key(key));
        let mut fresh: Vec<(&Key, BTreeSet<String>)> = fresh
            .map(|key| (key, Self::default().parts(new, &key.owner)))
            .collect();
        while gone.len() * fresh.len() <= MAX_PAIRS {
            let mut best = (0, None);
            for (from, key) in gone.iter().enumerate() {
                let was = self.parts(old, &key.owner);
                for (to, (_, is)) in fresh.iter().enumerate() {
                    let common = was.intersection(is).count();
                    let percent = 100 * common / was.union(is).count().max(1);
                    if common >= 2 && percent >= 75 && percent > best.0 {
                        best = (percent, Some((from, to)));
                    }
                }
            }
            let Some((from, to)) = best.1 else { break };
            let (from, (to, _)) = (gone.remove(from), fresh.remove(to));
            self.types.insert(from.owner.clone(), to.owner.clone());
        }
    }

    /// The members of a type with their types, in the new names.
    fn parts(&self, api: &Api, name: &str) -> BTreeSet<String> {
        let new_name = |word: &str| match word == name {
            true => Some("Self".to_string()),
            false => self.types.get(word).cloned(),
        };
        let members = api.members(name, &[Kind::Field, Kind::Value]);
        members
            .map(|(member, item)| format!("{member}: {}", rename_words(&item.text, new_name)))
            .collect()
    }

    /// The old interface in the names of the new one.
    pub(super) fn apply(&self, old: &Api) -> Api {
        let ty = |word: &str| self.types.get(word).cloned();
        let items = old.items.iter().map(|(key, item)| {
            let (mut key, mut item) = (key.clone(), item.clone());
            let owner = match key.kind {
                Kind::Type | Kind::Field | Kind::Value => ty(&key.owner),
                Kind::SecurityScheme | Kind::Webhook | Kind::Callback => None,
                _ => self.operations.get(&key.owner).map(|(to, _)| to.clone()),
            };
            key.owner = owner.unwrap_or(key.owner);
            if key.kind >= Kind::Parameter && !matches!(key.kind, Kind::Callback | Kind::Webhook) {
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
