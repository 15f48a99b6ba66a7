//! The comparison of two interfaces.

use std::collections::{BTreeMap, BTreeSet};

use super::Api;
use super::code::{Call, Code, Member, Reached, Type};
use super::description::Facts;
use super::lines::{Change, Kind, listed};
use super::renames::Renames;

const CALLS_FAIL: &str = "required: existing calls fail";

/// Each change from the old interface to the new one, and the number of operations in both.
pub(super) fn changes(old: &Api, new: &Api) -> (Vec<Change>, usize) {
    let renames = Renames::find(old, new);
    let old = renames.apply(old);
    let mut comparison = Comparison {
        changes: Vec::new(),
        renamed: BTreeSet::new(),
        was: old.code.reached(),
        is: new.code.reached(),
    };
    for (from, to) in &renames.operations {
        let routes = match (facts(&old, to), facts(new, to)) {
            (Some(was), Some(is)) if was.route != is.route => {
                format!("{} → {}", was.route, is.route)
            }
            (_, is) => is.map_or_else(String::new, |is| is.route.clone()),
        };
        let both = format!("{from} → {to}");
        comparison.add(true, "renamed", Kind::Operation, &both, "", routes);
        comparison.renamed.insert(to.clone());
    }
    for (from, to) in &renames.types {
        comparison.add(
            true,
            "renamed",
            Kind::Type,
            &format!("{from} → {to}"),
            "",
            "",
        );
    }
    comparison.operations(&old, new);
    comparison.types(&old.code, &new.code);
    if let (Some(was), Some(is)) = (&old.description, &new.description) {
        comparison.descriptions(was, is, new);
    }
    let common = old.code.operations.keys();
    let common = common.filter(|name| new.code.operations.contains_key(*name));
    (comparison.changes, common.count())
}

/// A line on documentation that changed where nothing else did.
pub(super) fn documentation(old: &Code, new: &Code) -> Option<String> {
    let changed = |(name, text): &(&String, &String)| {
        old.documentation.get(*name).is_some_and(|old| old != *text)
    };
    let changed = new.documentation.iter().filter(changed);
    let names: Vec<&str> = changed.map(|(name, _)| name.as_str()).collect();
    let what = match names.len() {
        0 => return None,
        1 => format!("of {}", names[0]),
        number => format!("of {number} items ({})", listed(&names)),
    };
    Some(format!(
        "altered documentation {what}; nothing else changed"
    ))
}

pub(super) struct Comparison {
    changes: Vec<Change>,
    /// Operations that have a line on their new name and route.
    pub(super) renamed: BTreeSet<String>,
    pub(super) was: Reached,
    pub(super) is: Reached,
}

impl Comparison {
    pub(super) fn add(
        &mut self,
        breaking: bool,
        verb: &'static str,
        kind: Kind,
        owner: &str,
        member: &str,
        detail: impl Into<String>,
    ) {
        self.changes.push(Change {
            breaking,
            kind,
            owner: owner.to_string(),
            member: member.to_string(),
            verb,
            detail: detail.into(),
        });
    }

    fn operations(&mut self, old: &Api, new: &Api) {
        let names: BTreeSet<&String> = old
            .code
            .operations
            .keys()
            .chain(new.code.operations.keys())
            .collect();
        for name in names {
            match (old.code.operations.get(name), new.code.operations.get(name)) {
                (None, Some(call)) => {
                    let detail = signature(new, name, call);
                    self.add(false, "added", Kind::Operation, name, "", detail);
                }
                (Some(_), None) => {
                    let detail = facts(old, name).map_or("", |facts| &facts.route);
                    self.add(true, "removed", Kind::Operation, name, "", detail);
                }
                (Some(was), Some(is)) => {
                    self.parameters(name, was, is, facts(old, name), facts(new, name));
                    if let (Some(was), Some(is)) = (facts(old, name), facts(new, name)) {
                        self.facts(name, was, is);
                    }
                    self.responses(name, was, is, facts(old, name), facts(new, name));
                }
                (None, None) => {}
            }
        }
    }

    fn parameters(
        &mut self,
        name: &str,
        was: &Call,
        is: &Call,
        old: Option<&Facts>,
        new: Option<&Facts>,
    ) {
        let (was, is) = (&was.parameters, &is.parameters);
        self.members(
            Kind::Parameter,
            name,
            was,
            is,
            Direction {
                request: true,
                response: false,
            },
        );
        let (Some(old), Some(new)) = (old, new) else {
            return;
        };
        let both = |parameter: &str| was.contains_key(parameter) && is.contains_key(parameter);
        let (old, new) = (&old.deprecated_parameters, &new.deprecated_parameters);
        for (parameter, verb) in deprecations(old, new) {
            if both(parameter) {
                self.add(false, verb, Kind::Parameter, name, parameter, "");
            }
        }
    }

    /// Parameters, or the fields of a type.
    fn members(
        &mut self,
        kind: Kind,
        owner: &str,
        was: &BTreeMap<String, Member>,
        is: &BTreeMap<String, Member>,
        direction: Direction,
    ) {
        let renamed = renamed_members(was, is);
        for (from, to) in &renamed {
            self.add(
                true,
                "renamed",
                kind,
                owner,
                &format!("{from} → {to}"),
                &is[to.as_str()].ty,
            );
        }
        for (name, member) in was {
            match is.get(name) {
                None if renamed.iter().any(|(from, _)| *from == name) => {}
                None => self.add(true, "removed", kind, owner, name, &member.ty),
                Some(new) if new != member => {
                    self.member(kind, owner, name, member, new, direction)
                }
                Some(_) => {}
            }
        }
        for (name, member) in is.iter().filter(|(name, _)| !was.contains_key(*name)) {
            if renamed.iter().any(|(_, to)| *to == name) {
                continue;
            }
            let breaking = member.required && direction.request;
            let ty = &member.ty;
            let detail = if breaking {
                format!("{ty} ({CALLS_FAIL})")
            } else {
                ty.clone()
            };
            self.add(breaking, "added", kind, owner, name, detail);
        }
    }

    fn member(
        &mut self,
        kind: Kind,
        owner: &str,
        name: &str,
        was: &Member,
        is: &Member,
        direction: Direction,
    ) {
        let types = match was.ty == is.ty {
            true => is.ty.clone(),
            false => format!("{} → {}", was.ty, is.ty),
        };
        let (breaking, detail) = if direction.request && is.required && !was.required {
            (true, format!("{types} ({CALLS_FAIL})"))
        } else if was.ty == is.ty {
            // What a response lacks is visible in its type.
            if !direction.request {
                return;
            }
            (false, format!("{types} (no longer required)"))
        } else {
            (was.inner() != is.inner() || direction.response, types)
        };
        self.add(breaking, "altered", kind, owner, name, detail);
    }

    fn types(&mut self, old: &Code, new: &Code) {
        let names: BTreeSet<&String> = old.types.keys().chain(new.types.keys()).collect();
        for name in names {
            let was = old.types.get(name).filter(|_| self.was.contains(name));
            let is = new.types.get(name).filter(|_| self.is.contains(name));
            match (was, is) {
                (None, Some(ty)) => self.add(false, "added", Kind::Type, name, "", summary(ty)),
                (Some(_), None) => {
                    let there = new.types.contains_key(name);
                    let detail = if there { "unused" } else { "" };
                    self.add(!there, "removed", Kind::Type, name, "", detail);
                }
                (Some(Type::Struct(was)), Some(Type::Struct(is))) => {
                    let direction = Direction {
                        request: self.was.requests.contains(name)
                            && self.is.requests.contains(name),
                        response: self.was.responses.contains(name),
                    };
                    self.members(Kind::Field, name, was, is, direction);
                }
                (Some(Type::Enum(was)), Some(Type::Enum(is))) => self.values(name, was, is),
                (Some(was), Some(is)) if was != is => {
                    let detail = format!("{} → {}", summary(was), summary(is));
                    self.add(true, "altered", Kind::Type, name, "", detail);
                }
                _ => {}
            }
        }
    }

    fn values(
        &mut self,
        name: &str,
        was: &BTreeMap<String, String>,
        is: &BTreeMap<String, String>,
    ) {
        for (value, inner) in was {
            match is.get(value) {
                None => self.add(true, "removed", Kind::Value, name, value, inner),
                Some(new) if new != inner => {
                    let detail = format!("{inner} → {new}");
                    self.add(true, "altered", Kind::Value, name, value, detail);
                }
                Some(_) => {}
            }
        }
        for (value, inner) in is.iter().filter(|(value, _)| !was.contains_key(*value)) {
            self.add(false, "added", Kind::Value, name, value, inner);
        }
    }
}

/// How the types of an object's members are sent.
#[derive(Clone, Copy)]
struct Direction {
    request: bool,
    response: bool,
}

/// Pairs what was removed and what was added, where it is the only one of its type.
fn renamed_members<'a>(
    was: &'a BTreeMap<String, Member>,
    is: &'a BTreeMap<String, Member>,
) -> Vec<(&'a String, &'a String)> {
    let gone: Vec<_> = was
        .iter()
        .filter(|(name, _)| !is.contains_key(*name))
        .collect();
    let fresh: Vec<_> = is
        .iter()
        .filter(|(name, _)| !was.contains_key(*name))
        .collect();
    let of = |list: &[(&'a String, &'a Member)], member: &Member| -> Vec<&'a String> {
        let same = list.iter().filter(|(_, other)| *other == member);
        same.map(|(name, _)| *name).collect()
    };
    let pairs = gone.iter().filter_map(|(_, member)| {
        match (&of(&gone, member)[..], &of(&fresh, member)[..]) {
            ([from], [to]) => Some((*from, *to)),
            _ => None,
        }
    });
    pairs.collect()
}

fn facts<'a>(api: &'a Api, name: &str) -> Option<&'a Facts> {
    api.description.as_ref()?.operations.get(name)
}

/// `POST /jobs(body: JobRequest, prefer: Option<String>) → Job`
fn signature(api: &Api, name: &str, call: &Call) -> String {
    let route = facts(api, name).map_or("", |facts| &facts.route);
    let parameters = call.parameters.iter();
    let parameters: Vec<String> = parameters
        .map(|(name, member)| format!("{name}: {}", member.ty))
        .collect();
    let parameters = match parameters.is_empty() {
        true => String::new(),
        false => format!("({})", parameters.join(", ")),
    };
    format!("{route}{parameters} → {}", call.response)
}

/// What is deprecated in one and not in the other.
pub(super) fn deprecations<'a>(
    old: &'a BTreeSet<String>,
    new: &'a BTreeSet<String>,
) -> impl Iterator<Item = (&'a str, &'static str)> {
    let begun = new
        .difference(old)
        .map(|name| (name.as_str(), "deprecated"));
    let ended = old.difference(new);
    begun.chain(ended.map(|name| (name.as_str(), "no longer deprecated")))
}

fn summary(ty: &Type) -> String {
    let names = |names: Vec<&String>| {
        let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
        names.join(", ")
    };
    match ty {
        Type::Struct(fields) => format!("struct of {}", names(fields.keys().collect())),
        Type::Enum(variants) => format!("enum of {}", names(variants.keys().collect())),
        Type::Other(ty) => ty.clone(),
    }
}
