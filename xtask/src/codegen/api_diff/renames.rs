//! Operations and types that have another name and the same shape.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Api;
use super::code::{Code, Type, words};

/// A limit for the comparison of what was removed with what was added.
const MAX_PAIRS: usize = 10_000;

/// New names by old ones.
#[derive(Debug, Default)]
pub(super) struct Renames {
    pub(super) operations: BTreeMap<String, String>,
    pub(super) types: BTreeMap<String, String>,
}

impl Renames {
    pub(super) fn find(old: &Api, new: &Api) -> Self {
        let mut renames = Self::default();
        renames.operations_of_same_route(old, new);
        let (was, is) = (old.code.reached(), new.code.reached());
        let gone = old.code.types.keys();
        let gone = gone.filter(|name| was.contains(name) && !is.contains(name));
        let mut gone: BTreeSet<&str> = gone.map(String::as_str).collect();
        let fresh = new.code.types.keys();
        let fresh = fresh.filter(|name| is.contains(name) && !old.code.types.contains_key(*name));
        let mut fresh: BTreeSet<&str> = fresh.map(String::as_str).collect();
        // Each pair makes the types that contain it more similar.
        loop {
            let pairs = renames.most_similar(&old.code, &new.code, &gone, &fresh);
            if pairs.is_empty() {
                break;
            }
            for (from, to) in pairs {
                // Another pair of this round may have had either.
                if gone.contains(from) && fresh.remove(to) {
                    gone.remove(from);
                    renames.types.insert(from.to_string(), to.to_string());
                }
            }
        }
        renames.operations_of_same_shape(old, new);
        renames
    }

    /// The old interface in the names of the new one.
    pub(super) fn apply(&self, old: &Api) -> Api {
        let mut old = old.clone();
        let ty = |text: &mut String| *text = self.renamed(text);
        let name = |name: String, names: &BTreeMap<String, String>| {
            names.get(&name).cloned().unwrap_or(name)
        };
        for call in old.code.operations.values_mut() {
            ty(&mut call.response);
            call.parameters.values_mut().for_each(|p| ty(&mut p.ty));
        }
        for shape in old.code.types.values_mut() {
            match shape {
                Type::Struct(fields) => fields.values_mut().for_each(|field| ty(&mut field.ty)),
                Type::Enum(variants) => variants.values_mut().for_each(ty),
                Type::Other(text) => ty(text),
            }
        }
        let operations = std::mem::take(&mut old.code.operations);
        let operations = operations.into_iter();
        old.code.operations = operations
            .map(|(o, call)| (name(o, &self.operations), call))
            .collect();
        let types = std::mem::take(&mut old.code.types).into_iter();
        old.code.types = types
            .map(|(t, shape)| (name(t, &self.types), shape))
            .collect();
        if let Some(description) = &mut old.description {
            let operations = std::mem::take(&mut description.operations).into_iter();
            description.operations = operations
                .map(|(o, facts)| (name(o, &self.operations), facts))
                .collect();
            let fields = std::mem::take(&mut description.deprecated_fields).into_iter();
            description.deprecated_fields = fields.map(|field| self.renamed(&field)).collect();
            let callbacks = description.operations.values_mut();
            let callbacks = callbacks.flat_map(|facts| facts.callbacks.values_mut());
            for document in description.webhooks.values_mut().chain(callbacks) {
                rename_references(document, self);
            }
        }
        old
    }

    /// The type in the names of the new code.
    fn renamed(&self, ty: &str) -> String {
        rename_words(ty, |word| self.types.get(word).cloned())
    }

    fn operation<'a>(&'a self, name: &'a str) -> &'a str {
        self.operations.get(name).map_or(name, String::as_str)
    }

    fn operations_of_same_route(&mut self, old: &Api, new: &Api) {
        let (Some(was), Some(is)) = (&old.description, &new.description) else {
            return;
        };
        for (name, facts) in &was.operations {
            let same = is
                .operations
                .iter()
                .find(|(_, new)| new.route == facts.route);
            if let Some((to, _)) = same
                && !is.operations.contains_key(name)
                && !was.operations.contains_key(to)
            {
                self.operations.insert(name.clone(), to.clone());
            }
        }
    }

    /// Pairs what has another id and another path, where parameters, response and method are the
    /// same and only one pair comes into question.
    fn operations_of_same_shape(&mut self, old: &Api, new: &Api) {
        let method = |api: &Api, name: &str| {
            let facts = api.description.as_ref()?.operations.get(name)?;
            facts.route.split(' ').next().map(String::from)
        };
        let taken: BTreeSet<&String> = self.operations.values().collect();
        let gone = old.code.operations.iter().filter(|(name, _)| {
            !new.code.operations.contains_key(*name) && !self.operations.contains_key(*name)
        });
        let fresh: Vec<_> = new
            .code
            .operations
            .iter()
            .filter(|(name, _)| !old.code.operations.contains_key(*name) && !taken.contains(name))
            .collect();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, call) in gone {
            let mut call = call.clone();
            call.response = self.renamed(&call.response);
            // Only a type of this API distinguishes one operation from another.
            if !words(&call.response).any(|word| new.code.types.contains_key(word)) {
                continue;
            }
            for parameter in call.parameters.values_mut() {
                parameter.ty = self.renamed(&parameter.ty);
            }
            let similar = fresh
                .iter()
                .filter(|(to, other)| **other == call && method(old, name) == method(new, to));
            if let [(to, _)] = similar.collect::<Vec<_>>()[..] {
                pairs.push((name.clone(), (*to).clone()));
            }
        }
        for (from, to) in &pairs {
            if pairs.iter().filter(|(_, other)| other == to).count() == 1 {
                self.operations.insert(from.clone(), to.clone());
            }
        }
    }

    /// The pairs that have most in common; none if they have too little.
    fn most_similar<'a>(
        &self,
        old: &Code,
        new: &Code,
        gone: &BTreeSet<&'a str>,
        fresh: &BTreeSet<&'a str>,
    ) -> Vec<(&'a str, &'a str)> {
        let mut best = Vec::new();
        let mut most = 0.0;
        // Descriptions that have little in common are not compared pair by pair.
        if gone.len() * fresh.len() > MAX_PAIRS {
            return best;
        }
        for from in gone {
            let mut old_places = None;
            for to in fresh {
                let (similarity, parts) = self.similarity(old, from, new, to);
                if similarity < 0.5 || similarity < most {
                    continue;
                }
                let enough = parts >= 3 && similarity >= 0.75;
                let old_places = old_places.get_or_insert_with(|| self.places(old, from));
                if enough || !old_places.is_disjoint(&places(new, to)) {
                    if similarity > most {
                        best.clear();
                        most = similarity;
                    }
                    best.push((*from, *to));
                }
            }
        }
        best
    }

    /// The share of the parts of both that are in both, and how many these are.
    fn similarity(&self, old: &Code, from: &str, new: &Code, to: &str) -> (f64, usize) {
        let own =
            |ty: &str, name: &str| rename_words(ty, |word| (word == name).then(|| "Self".into()));
        let parts = |ty: &Type, name: &str, rename: &dyn Fn(&str) -> String| -> BTreeSet<String> {
            match ty {
                Type::Struct(fields) => fields
                    .iter()
                    .map(|(field, member)| format!("{field}: {}", rename(&own(&member.ty, name))))
                    .collect(),
                Type::Enum(variants) => variants
                    .iter()
                    .map(|(variant, inner)| format!("{variant}{}", rename(&own(inner, name))))
                    .collect(),
                Type::Other(ty) => [rename(&own(ty, name))].into(),
            }
        };
        let (Some(old_type), Some(new_type)) = (old.types.get(from), new.types.get(to)) else {
            return (0.0, 0);
        };
        if std::mem::discriminant(old_type) != std::mem::discriminant(new_type) {
            return (0.0, 0);
        }
        let old_parts = parts(old_type, from, &|ty| self.renamed(ty));
        let new_parts = parts(new_type, to, &str::to_string);
        let common = old_parts.intersection(&new_parts).count();
        let all = old_parts.union(&new_parts).count();
        if all == 0 {
            return (0.0, 0);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few dozen at most")]
        let similarity = common as f64 / all as f64;
        (similarity, common)
    }

    /// Where the type is used, in the names of the new code.
    fn places(&self, code: &Code, name: &str) -> BTreeSet<String> {
        let places = places(code, name).into_iter();
        let renamed = places.map(|place| match place.split_once('.') {
            Some((owner, member)) => {
                format!("{}.{member}", self.renamed(self.operation(owner)))
            }
            None => place,
        });
        renamed.collect()
    }
}

/// The fields, parameters and responses that hold the type.
fn places(code: &Code, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut look = |place: String, ty: &str| {
        if words(ty).any(|word| word == name) {
            found.insert(place);
        }
    };
    for (operation, call) in &code.operations {
        look(format!("{operation}.->"), &call.response);
        for (parameter, member) in &call.parameters {
            look(format!("{operation}.{parameter}"), &member.ty);
        }
    }
    for (owner, ty) in &code.types {
        match ty {
            Type::Struct(fields) => {
                for (field, member) in fields {
                    look(format!("{owner}.{field}"), &member.ty);
                }
            }
            Type::Enum(variants) => {
                for (variant, inner) in variants {
                    look(format!("{owner}.{variant}"), inner);
                }
            }
            Type::Other(ty) => look(format!("{owner}.="), ty),
        }
    }
    found
}

fn rename_words(ty: &str, new_name: impl Fn(&str) -> Option<String>) -> String {
    let mut renamed = String::new();
    let mut rest = ty;
    while let Some(start) = rest.find(|c: char| c.is_alphanumeric() || c == '_') {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        renamed += before;
        renamed += &new_name(word).unwrap_or_else(|| word.to_string());
        rest = after;
    }
    renamed + rest
}

fn rename_references(document: &mut Value, renames: &Renames) {
    match document {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(name) if key == "$ref" => *name = renames.renamed(name),
                    value => rename_references(value, renames),
                }
            }
        }
        Value::Array(list) => list
            .iter_mut()
            .for_each(|value| rename_references(value, renames)),
        _ => {}
    }
}
