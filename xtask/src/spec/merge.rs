//! Merges the structure of a published description with our prose. None of its sentences is
//! taken over.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::codegen::shape;

/// Keys whose values are prose or examples.
const PROSE: &[&str] = &[
    "bearerFormat",
    "description",
    "example",
    "examples",
    "summary",
    "title",
];

/// Objects whose keys are names of this API, not keywords of OpenAPI.
const MAPS: &[&str] = &[
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

/// Keys whose values are data without prose, whatever names they contain.
const DATA: &[&str] = &["const", "default", "enum", "required"];

/// Their structure with our prose. Keys keep our order and new ones come last, so that the diff
/// shows what changed.
pub(super) fn documents(theirs: &Value, ours: &Value) -> Value {
    let mut ours = ours.clone();
    follow_operations(theirs, &mut ours);
    follow_components_by_place(theirs, &mut ours);
    follow_schemas_by_shape(theirs, &mut ours);
    let documents = Documents {
        theirs,
        ours: &ours,
    };
    let mut merged = documents.merge(theirs, Some(&ours), false);
    share_error_prose(&mut merged);
    merged
}

/// Copies the description of error responses to those of the same status that have none, if it is
/// the only one.
fn share_error_prose(document: &mut Value) {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for_each_error(document, |status, response| {
        if let Some(text) = response.get("description").and_then(Value::as_str) {
            known
                .entry(status.to_string())
                .or_default()
                .insert(text.to_string());
        }
    });
    for_each_error(document, |status, response| {
        let texts = known.get(status).into_iter().flatten();
        if let [text] = &texts.collect::<Vec<_>>()[..]
            && !response.contains_key("description")
            && !response.contains_key("$ref")
        {
            response.shift_insert(0, "description".into(), text.as_str().into());
        }
    });
}

fn for_each_error(document: &mut Value, mut f: impl FnMut(&str, &mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(Map::values_mut);
    let operations = items
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    let responses = operations.filter_map(|operation| operation.get_mut("responses"));
    for (status, response) in responses.filter_map(Value::as_object_mut).flatten() {
        if let Some(response) = response
            .as_object_mut()
            .filter(|_| status.starts_with(['4', '5']))
        {
            f(status, response);
        }
    }
}

/// Puts our operation of the same id where theirs has another path or method.
fn follow_operations(theirs: &Value, ours: &mut Value) {
    let mut own: BTreeMap<String, Value> = BTreeMap::new();
    for (_, _, operation) in operations(ours) {
        if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
            own.insert(id.to_string(), operation.clone());
        }
    }
    for (path, method, operation) in operations(theirs) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let Some(own) = id.and_then(|id| own.get(id)) else {
            continue;
        };
        let Some(paths) = ours.get_mut("paths").and_then(Value::as_object_mut) else {
            continue;
        };
        let item = paths.entry(path).or_insert_with(|| Map::new().into());
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_string(), own.clone());
        }
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        let item = item.as_object().into_iter().flatten();
        item.filter(|(_, operation)| operation.is_object())
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Where theirs refers to a component that we do not have, what we have at that place becomes
/// ours of this name.
fn follow_components_by_place(theirs: &Value, ours: &mut Value) {
    let mut found = BTreeMap::new();
    let documents = Documents { theirs, ours };
    documents.components(theirs, ours, &mut found);
    for (pointer, own) in found {
        let mut steps = pointer.trim_start_matches("/components/").splitn(2, '/');
        let (Some(kind), Some(name)) = (steps.next(), steps.next()) else {
            continue;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        if ours["components"].is_null() {
            ours["components"] = Map::new().into();
        }
        ours["components"][kind][name] = own;
    }
}

/// Puts our schema of the same shape, wherever it is, where theirs has a component that no place
/// led to.
fn follow_schemas_by_shape(theirs: &Value, ours: &mut Value) {
    const SCHEMAS: &str = "/components/schemas";
    let empty = Map::new();
    let theirs = theirs.pointer(SCHEMAS).and_then(Value::as_object);
    let theirs = theirs.unwrap_or(&empty);
    let Some(ours) = ours.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) else {
        return;
    };
    let gone: Vec<(Value, Value)> = ours
        .iter()
        .filter(|(name, _)| !theirs.contains_key(*name))
        .map(|(_, schema)| (shape(schema), schema.clone()))
        .collect();
    for (name, schema) in theirs {
        let same = gone.iter().find(|(known, _)| *known == shape(schema));
        if let Some((_, own)) = same.filter(|_| !ours.contains_key(name)) {
            ours.insert(name.clone(), own.clone());
        }
    }
}

#[derive(Clone, Copy)]
struct Documents<'a> {
    theirs: &'a Value,
    ours: &'a Value,
}

impl Documents<'_> {
    /// Notes what we have where theirs refers to a component that we do not have.
    fn components(self, theirs: &Value, ours: &Value, found: &mut BTreeMap<String, Value>) {
        let ours = resolved(self.ours, ours);
        if let Some(pointer) = reference(theirs) {
            let new = pointer.starts_with("/components/")
                && self.ours.pointer(pointer).is_none()
                && !found.contains_key(pointer);
            if let Some(target) = self.theirs.pointer(pointer).filter(|_| new) {
                found.insert(pointer.to_string(), ours.clone().into_owned());
                self.components(target, &ours, found);
            }
            return;
        }
        match (theirs, &*ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                for (key, value) in theirs {
                    if let Some(own) = ours.get(key) {
                        self.components(value, own, found);
                    }
                }
            }
            (Value::Array(theirs), own @ Value::Array(_)) => {
                for (index, value) in theirs.iter().enumerate() {
                    if let Some(own) = self.counterpart(value, Some(own), index) {
                        self.components(value, own, found);
                    }
                }
            }
            _ => {}
        }
    }

    fn merge(self, theirs: &Value, ours: Option<&Value>, names: bool) -> Value {
        match theirs {
            Value::Object(map) => {
                let ours = ours.map(|own| match reference(theirs) {
                    None if !names => resolved(self.ours, own),
                    Some(pointer) if reference(own).is_none() => {
                        Cow::Owned(self.beside_reference(pointer, own))
                    }
                    _ => Cow::Borrowed(own),
                });
                let ours = ours.as_deref().and_then(Value::as_object);
                self.merge_object(map, ours, names).into()
            }
            Value::Array(list) => list
                .iter()
                .enumerate()
                .map(|(index, item)| self.merge(item, self.counterpart(item, ours, index), false))
                .collect(),
            other => other.clone(),
        }
    }

    /// Our words at a place where theirs refers to a component: those that the component does not
    /// have.
    fn beside_reference(self, pointer: &str, own: &Value) -> Value {
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
        self,
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

    fn merge_object(
        self,
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
                    merged.insert(key.clone(), self.merge(new, own, names));
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
    use serde_json::json;

    #[test]
    fn their_structure_is_merged_with_our_prose() {
        let merged = documents(
            &json!({ "info": { "version": "2", "description": "Theirs" },
                "paths": { "/a": { "get": { "summary": "Theirs", "operationId": "a.get" } } } }),
            &json!({ "info": { "description": "Ours", "version": "1" },
                "paths": { "/a": { "get": { "operationId": "a.old", "summary": "Ours" } }, "/b": {} } }),
        );
        assert_eq!(
            merged,
            json!({ "info": { "description": "Ours", "version": "2" },
                "paths": { "/a": { "get": { "operationId": "a.get", "summary": "Ours" } } } })
        );
    }

    #[test]
    fn their_prose_is_not_taken_over() {
        let theirs = json!({ "components": {
            "securitySchemes": { "t": { "type": "http", "bearerFormat": "theirs" } },
            "headers": { "x-id": { "description": "theirs", "schema": { "type": "string" } } },
            "schemas": { "a": { "title": "theirs", "properties": {
                "description": { "type": "string", "description": "theirs", "default": "x" },
                "content": { "type": "string", "description": "theirs", "x-a": "theirs" },
                "properties": { "examples": ["theirs"], "enum": ["x"] } } } } } });
        assert_eq!(
            documents(&theirs, &json!({})),
            json!({ "components": {
                "securitySchemes": { "t": { "type": "http" } },
                "headers": { "x-id": { "schema": { "type": "string" } } },
                "schemas": { "a": { "properties": {
                    "description": { "type": "string", "default": "x" },
                    "content": { "type": "string" },
                    "properties": { "enum": ["x"] } } } } } })
        );
    }

    #[test]
    fn parameter_keeps_its_description_when_the_list_is_reordered() {
        let parameter =
            |name: &str, text: &str| json!({ "name": name, "in": "query", "description": text });
        let merged = documents(
            &json!({ "parameters": [parameter("b", "theirs"), parameter("a", "theirs")] }),
            &json!({ "parameters": [parameter("a", "A"), parameter("b", "B")] }),
        );
        assert_eq!(
            merged,
            json!({ "parameters": [parameter("b", "B"), parameter("a", "A")] })
        );
    }

    #[test]
    fn prose_follow_an_operation_to_its_new_path_and_a_component_to_its_new_name() {
        let schema = |text: &str| {
            json!({ "type": "object", "properties": { "id": {
            "type": "string", "description": text } } })
        };
        let operation = |text: &str| json!({ "operationId": "a.get", "summary": text });
        let merged = documents(
            &json!({ "paths": { "/new": { "get": operation("theirs") } },
                "components": { "schemas": { "new": schema("theirs") } } }),
            &json!({ "paths": { "/old": { "get": operation("Ours") } },
                "components": { "schemas": { "old": schema("Ours") } } }),
        );
        assert_eq!(
            merged,
            json!({ "paths": { "/new": { "get": operation("Ours") } },
                "components": { "schemas": { "new": schema("Ours") } } })
        );
    }

    /// A description whose `GET /a` and `GET /b` return these schemas.
    fn returning(a: Value, b: Value, schemas: Value) -> Value {
        let get = |schema: Value| {
            let content = json!({ "application/json": { "schema": schema } });
            json!({ "get": { "responses": { "200": { "content": content } } } })
        };
        json!({ "paths": { "/a": get(a), "/b": get(b) }, "components": { "schemas": schemas } })
    }

    fn thing(words: &str, field: &str) -> Value {
        let fields =
            json!({ field: { "type": "string", "description": format!("{words} field") } });
        json!({ "type": "object", "description": words, "properties": fields })
    }

    #[test]
    fn prose_of_an_inline_schema_move_to_the_component_that_it_becomes() {
        let to = json!({ "$ref": "#/components/schemas/t" });
        let mut grown = thing("theirs", "id");
        grown["properties"]["new"] = json!({ "type": "string" });
        let merged = documents(
            &returning(to.clone(), to.clone(), json!({ "t": grown })),
            &returning(thing("A", "id"), thing("B", "id"), json!({})),
        );
        let mut ours = thing("A", "id");
        ours["properties"]["new"] = json!({ "type": "string" });
        // The component has one description: the other place keeps its own.
        let b = json!({ "description": "B", "$ref": "#/components/schemas/t" });
        assert_eq!(merged, returning(to, b, json!({ "t": ours })));
    }

    #[test]
    fn prose_of_a_component_move_to_the_places_at_which_it_becomes_inline() {
        let to = |words: &str| json!({ "$ref": "#/components/schemas/t", "description": words });
        let merged = documents(
            &returning(thing("theirs", "id"), thing("theirs", "id"), json!({})),
            &returning(
                json!({ "$ref": "#/components/schemas/t" }),
                to("B"),
                json!({ "t": thing("T", "id") }),
            ),
        );
        let mut b = thing("T", "id");
        b["description"] = json!("B");
        assert_eq!(merged, returning(thing("T", "id"), b, json!({})));
    }

    #[test]
    fn prose_follow_a_component_whose_name_and_fields_change() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut theirs = thing("theirs", "id");
        theirs["properties"]["new"] = json!({ "type": "string" });
        let merged = documents(
            &returning(to("new"), to("new"), json!({ "new": theirs })),
            &returning(to("old"), to("old"), json!({ "old": thing("T", "id") })),
        );
        let mut ours = thing("T", "id");
        ours["properties"]["new"] = json!({ "type": "string" });
        assert_eq!(
            merged,
            returning(to("new"), to("new"), json!({ "new": ours }))
        );
    }

    #[test]
    fn prose_of_an_inline_parameter_move_to_the_component_that_it_becomes() {
        let parameter =
            |words: &str| json!({ "name": "limit", "in": "query", "description": words });
        let merged = documents(
            &json!({ "paths": { "/a": { "parameters": [{ "$ref": "#/components/parameters/p" }] } },
                "components": { "parameters": { "p": parameter("theirs") } } }),
            &json!({ "paths": { "/a": { "parameters": [parameter("Ours")] } } }),
        );
        assert_eq!(
            merged["components"]["parameters"]["p"],
            parameter("Ours"),
            "{merged}"
        );
        assert_eq!(
            merged["paths"]["/a"]["parameters"],
            json!([{ "$ref": "#/components/parameters/p" }])
        );
    }

    #[test]
    fn error_response_takes_over_the_description_that_all_others_of_its_status_have() {
        let responses = |a: Value, b: Value, c: Value| {
            json!({ "paths": {
                "/a": { "get": { "responses": { "404": { "description": "A" }, "429": a, "200": {} } } },
                "/b": { "get": { "responses": { "404": { "description": "B" }, "429": b, "200": { "description": "B" } } } },
                "/c": { "get": { "responses": { "404": {}, "429": c } } } } })
        };
        let described = json!({ "description": "Too many requests." });
        let ours = responses(json!({}), described.clone(), json!({}));
        let merged = documents(&ours, &ours);
        let all = responses(described.clone(), described.clone(), described);
        assert_eq!(merged, all);
    }
}
