//! Merges the structure of a published description with our prose. None of its sentences is
//! taken over.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::codegen::{Json, shape, unescaped};

/// Keys whose values are prose or examples.
pub(super) const PROSE: &[&str] = &[
    "bearerFormat",
    "description",
    "example",
    "examples",
    "summary",
    "title",
];

/// Objects whose keys are names of this API, not keywords of OpenAPI.
pub(super) const MAPS: &[&str] = &[
    "callbacks",
    "content",
    "headers",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
    "webhooks",
];

/// Keys whose values are data without prose, even if they contain names of keywords.
pub(super) const DATA: &[&str] = &["const", "default", "enum", "required"];

/// Their structure with our prose. Keys keep our order and new ones come last, so that the diff
/// shows what changed.
pub(super) fn documents(theirs: &Value, ours: &Value) -> Value {
    let mut ours = ours.clone();
    follow_operations(theirs, &mut ours);
    loop {
        let (_, found) = Merge::run(theirs, &ours);
        if found.is_empty() {
            break;
        }
        for ((kind, name), own) in found {
            ours["components"][kind][name] = own;
        }
    }
    follow_schemas_by_shape(theirs, &mut ours);
    let (mut merged, _) = Merge::run(theirs, &ours);
    share_error_prose(&mut merged);
    merged
}

/// Copies the description of error responses to those of the same status that have none, if it is
/// the only one.
fn share_error_prose(document: &mut Value) {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for_each_error(document, |status, response| {
        let texts = known.entry(status.to_string()).or_default();
        texts.extend(response.text("description").map(String::from));
    });
    for_each_error(document, |status, response| {
        let texts = known[status].iter().collect::<Vec<_>>();
        let bare = response.get("description").is_none() && response.get("$ref").is_none();
        if let ([text], true, Some(response)) = (&texts[..], bare, response.as_object_mut()) {
            response.shift_insert(0, "description".into(), text.as_str().into());
        }
    });
}

fn for_each_error(document: &mut Value, mut f: impl FnMut(&str, &mut Value)) {
    for (_, item) in document.entries_mut("paths") {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            for (status, response) in operation.entries_mut("responses") {
                if status.starts_with(['4', '5']) {
                    f(status, response);
                }
            }
        }
    }
}

/// Puts our operation of the same id where theirs has another path or method.
fn follow_operations(theirs: &Value, ours: &mut Value) {
    let own: BTreeMap<String, Value> = operations(ours)
        .filter_map(|(.., operation)| Some((id(operation)?.to_string(), operation.clone())))
        .collect();
    for (path, method, operation) in operations(theirs) {
        if let Some(own) = id(operation).and_then(|id| own.get(id)) {
            ours["paths"][path][method] = own.clone();
        }
    }
}

fn id(operation: &Value) -> Option<&str> {
    operation.text("operationId")
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document.map("paths").iter();
    paths.flat_map(|(path, item)| {
        let item = item.as_object().into_iter().flatten();
        item.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Puts our schema of the same shape, wherever it is, where theirs has a component that no place
/// led to.
fn follow_schemas_by_shape(theirs: &Value, ours: &mut Value) {
    let (theirs, own) = (&theirs["components"], &ours["components"]);
    let gone = own.map("schemas").iter();
    let gone = gone.filter(|(name, _)| theirs.map("schemas").get(*name).is_none());
    let gone: Vec<(Value, Value)> = gone
        .map(|(_, schema)| (shape(schema), schema.clone()))
        .collect();
    for (name, schema) in theirs.map("schemas") {
        let same = gone.iter().find(|(known, _)| *known == shape(schema));
        if let Some((_, own)) = same
            && ours["components"]["schemas"].get(name).is_none()
        {
            ours["components"]["schemas"][name] = own.clone();
        }
    }
}

/// The kind of a component, such as `schemas`, and its name.
type Component = (String, String);

struct Merge<'a> {
    theirs: &'a Value,
    ours: &'a Value,
    /// For each component that only theirs has: what we have at the first place that refers to it,
    /// which becomes ours of this name.
    found: BTreeMap<Component, Value>,
}

impl<'a> Merge<'a> {
    fn run(theirs: &'a Value, ours: &'a Value) -> (Value, BTreeMap<Component, Value>) {
        let found = BTreeMap::new();
        let mut merge = Merge {
            theirs,
            ours,
            found,
        };
        (merge.value(theirs, Some(ours), false), merge.found)
    }

    fn value(&mut self, theirs: &Value, ours: Option<&Value>, names: bool) -> Value {
        match theirs {
            Value::Object(map) => {
                if let (Some(pointer), Some(own)) = (reference(theirs), ours)
                    && let Some(component) = component(pointer)
                    && self.theirs.pointer(pointer).is_some()
                    && self.ours.pointer(pointer).is_none()
                {
                    let own = || resolved(self.ours, own).into_owned();
                    self.found.entry(component).or_insert_with(own);
                }
                let ours = ours.map(|own| match reference(theirs) {
                    None if !names => resolved(self.ours, own),
                    Some(pointer) if reference(own).is_none() => {
                        Cow::Owned(self.beside_reference(pointer, own))
                    }
                    _ => Cow::Borrowed(own),
                });
                let ours = ours.as_deref().and_then(Value::as_object);
                self.object(map, ours, names).into()
            }
            Value::Array(list) => list
                .iter()
                .enumerate()
                .map(|(index, item)| self.value(item, self.counterpart(item, ours, index), false))
                .collect(),
            other => other.clone(),
        }
    }

    /// Our words at a place where theirs refers to a component: those that the component does not
    /// have.
    fn beside_reference(&self, pointer: &str, own: &Value) -> Value {
        let component = self.ours.pointer(pointer).unwrap_or(&Value::Null);
        let own = own.as_object().into_iter().flatten();
        let own = own.filter(|(key, value)| component.get(key.as_str()) != Some(*value));
        own.map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map<_, _>>()
            .into()
    }

    /// The element of our list that corresponds to theirs: a parameter or a tag of the same name,
    /// the same reference, otherwise the same index.
    fn counterpart<'b>(
        &self,
        item: &Value,
        ours: Option<&'b Value>,
        index: usize,
    ) -> Option<&'b Value> {
        let ours = ours?.as_array()?;
        let target = resolved(self.theirs, item);
        for key in ["name", "$ref", "url"] {
            if let Some(value) = target.get(key) {
                return ours.iter().find(|own| {
                    let own = resolved(self.ours, own);
                    own.get(key) == Some(value) && own.get("in") == target.get("in")
                });
            }
        }
        ours.get(index)
            .filter(|own| own.get("type") == item.get("type"))
    }

    fn object(
        &mut self,
        theirs: &Map<String, Value>,
        ours: Option<&Map<String, Value>>,
        names: bool,
    ) -> Map<String, Value> {
        let empty = Map::new();
        let ours = ours.unwrap_or(&empty);
        let prose =
            |key: &str, value: &Value| !names && PROSE.contains(&key) && is_prose(key, value);
        let mut merged = Map::new();
        let new = theirs.keys().filter(|key| !ours.contains_key(*key));
        for key in ours.keys().chain(new) {
            match (ours.get(key), theirs.get(key)) {
                (Some(own), _) if prose(key, own) => {
                    merged.insert(key.clone(), own.clone());
                }
                (_, Some(new)) if prose(key, new) => {}
                (_, Some(new)) if !names && DATA.contains(&key.as_str()) => {
                    merged.insert(key.clone(), new.clone());
                }
                // An extension may hold their prose: taken over only where we have it too.
                (None, Some(_)) if !names && key.starts_with("x-") => {}
                (own, Some(new)) => {
                    let names = !names && MAPS.contains(&key.as_str());
                    merged.insert(key.clone(), self.value(new, own, names));
                }
                _ => {}
            }
        }
        merged
    }
}

/// The JSON pointer of a reference within the document.
fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix('#')
}

/// The component at a pointer; none if it points to a part of one or elsewhere.
fn component(pointer: &str) -> Option<Component> {
    let (kind, name) = pointer.strip_prefix("/components/")?.split_once('/')?;
    (!name.contains('/')).then(|| (unescaped(kind), unescaped(name)))
}

/// What a reference refers to, with the words that stand beside the reference; any other value
/// as it is.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> Cow<'a, Value> {
    let Some(target) = reference(value).and_then(|pointer| document.pointer(pointer)) else {
        return Cow::Borrowed(value);
    };
    let beside = value.as_object().into_iter().flatten();
    let mut beside = beside.filter(|(key, _)| *key != "$ref").peekable();
    if beside.peek().is_none() {
        return Cow::Borrowed(target);
    }
    let mut target = target.clone();
    if let Some(map) = target.as_object_mut() {
        map.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
    }
    Cow::Owned(target)
}

fn is_prose(key: &str, value: &Value) -> bool {
    value.is_string() || matches!(key, "example" | "examples")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        case: String,
        theirs: Value,
        #[serde(default)]
        ours: Value,
        merged: Value,
    }

    #[test]
    fn their_structure_is_merged_with_our_prose() {
        let cases: Vec<Case> = serde_norway::from_str(include_str!("merge.yaml")).unwrap();
        for case in cases {
            let merged = documents(&case.theirs, &case.ours);
            assert_eq!(merged, case.merged, "{}", case.case);
        }
    }
}
