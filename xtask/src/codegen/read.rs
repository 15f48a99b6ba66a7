//! The operations and schemas of a document, with references to anything but schemas replaced by
//! what they refer to. Without it, a shared parameter or body would be missing from every
//! operation that refers to it.
//!
//! What is not sound is an error in our description; in another it is left out, and reported.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::{Value, json};

use super::document::{Notes, step};
use super::extensions::mistake;
use super::json::Json;
use super::model::{Body, Content, Model, Operation, Parameter, Response};

pub(crate) const JSON: &str = "application/json";
pub(crate) const MULTIPART: &str = "multipart/form-data";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

/// In the order in which one is chosen where an operation takes several.
const KNOWN: &[&str] = &[JSON, MULTIPART, TEXT, FORM, BYTES];

/// Keys of a path item that are not methods.
const NOT_METHODS: &[&str] = &[
    "summary",
    "description",
    "servers",
    "parameters",
    "additionalOperations",
    "$ref",
];

pub(crate) fn model(document: &Value, notes: &mut Notes) -> Model {
    let mut reader = Reader { document, notes };
    let operations = reader.operations();
    let text = |key| document["info"].text(key).unwrap_or_default().to_string();
    let tags = document
        .list("tags")
        .iter()
        .filter_map(|tag| tag.text("name"));
    let mut model = Model {
        title: text("title"),
        description: text("description"),
        tags: tags.map(String::from).collect(),
        schemas: document["components"].map("schemas").clone(),
        operations,
    };
    model.for_each(|schema, place| reader.check_reference(schema, place));
    model
}

struct Reader<'a> {
    document: &'a Value,
    notes: &'a mut Notes,
}

impl<'a> Reader<'a> {
    /// What a value is or refers to.
    fn resolved(&mut self, given: &'a Value, place: &str) -> Option<&'a Value> {
        let (mut value, mut origin) = (given, None);
        for _ in 0..16 {
            let Some(reference) = value.text("$ref") else {
                let origin: Option<&str> = origin;
                let origin = origin.map(|origin| (place.to_string(), origin.to_string()));
                self.notes.moved(origin);
                return Some(value);
            };
            match self.lookup(reference) {
                Ok(target) => (value, origin) = (target, Some(reference)),
                Err(why) => {
                    let what = format_args!("the reference {reference} {why}: left out");
                    self.notes.conflict(place, what);
                    return None;
                }
            }
        }
        let what = "the reference points at itself: left out";
        self.notes.conflict(place, what);
        None
    }

    fn lookup(&self, reference: &str) -> Result<&'a Value, &'static str> {
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err("leaves the document (bundle it to one file)");
        };
        self.document.pointer(pointer).ok_or("points at nothing")
    }

    /// A schema may refer to a component, or to a place in one.
    fn check_reference(&mut self, schema: &mut Value, place: &str) {
        let Some(reference) = schema.get("$ref").map(Value::as_str) else {
            return;
        };
        let reference = reference.unwrap_or_default();
        if let Err(why) = self.lookup(reference) {
            let what = format_args!("the reference {reference} {why}: any JSON value");
            self.notes.conflict(place, what);
            *schema = json!({});
        } else if !reference.starts_with("#/components/schemas/") {
            let what = format_args!("the reference {reference} into another part is not supported");
            self.notes.refuse(place, what);
        }
    }

    /// Every method of every path, known to OpenAPI or not.
    fn operations(&mut self) -> Vec<Operation> {
        let mut found = Vec::new();
        let paths = self.document.map("paths").iter();
        for (path, item) in paths.filter(|(path, _)| !path.starts_with("x-")) {
            let place = step("#/paths", path);
            let Some(item) = self.resolved(item, &place) else {
                continue;
            };
            if !item.is_object() {
                self.notes.conflict(&place, "not an object: left out");
            }
            self.own_servers(item, &place);
            if item.get("additionalOperations").is_some() {
                let what = "`additionalOperations` is not supported";
                self.notes.refuse(&place, what);
            }
            for (key, given) in item.as_object().into_iter().flatten() {
                if !NOT_METHODS.contains(&key.as_str()) && !key.starts_with("x-") {
                    found.extend(self.operation(path, item, key, given));
                }
            }
        }
        found
    }

    fn operation(
        &mut self,
        path: &str,
        item: &'a Value,
        key: &str,
        given: &'a Value,
    ) -> Option<Operation> {
        let place = step(&step("#/paths", path), key);
        let given = self.resolved(given, &place)?;
        // Any key may be a method; a document may have its own.
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if !given.is_object() || !key.chars().all(token) {
            self.notes.conflict(&place, "not an operation: left out");
            return None;
        }
        self.own_servers(given, &place);
        let mut id = given.text("operationId").unwrap_or_default().to_string();
        if id.to_snake_case().is_empty() {
            id = format!("{key} {}", path.replace(['{', '}'], "")).to_snake_case();
            let what = format_args!("no operationId: generated as {id}");
            self.notes.add(&place, what);
        }
        let extension = given.get("x-idempotent");
        if let Some(wrong) = extension.and_then(|value| mistake("x-idempotent", value)) {
            self.notes.refuse(&place, wrong);
        }
        let method = key.to_ascii_uppercase();
        let safe = ["GET", "HEAD", "OPTIONS", "QUERY", "TRACE", "DELETE"];
        let text = |key: &str| {
            let text = given.text(key).map(str::trim);
            text.filter(|text| !text.is_empty()).map(String::from)
        };
        let group = given["tags"][0].as_str().or(id.split('.').next());
        Some(Operation {
            name: String::new(),
            group: group.unwrap_or_default().to_string(),
            summary: text("summary"),
            description: text("description"),
            deprecated: given["deprecated"] == true,
            idempotent: safe.contains(&&*method) || given["x-idempotent"] == true,
            parameters: self.parameters(given, &place, item, &step("#/paths", path)),
            body: self.body(given, &format!("{place}/requestBody")),
            responses: self.responses(given, &format!("{place}/responses"), method == "HEAD"),
            id,
            method,
            path: path.to_string(),
            place,
        })
    }

    /// The client has one base URL.
    fn own_servers(&mut self, given: &Value, place: &str) {
        if !given.list("servers").is_empty() {
            let what = "a server of its own is not supported: sent to the client's base URL";
            self.notes.add(&step(place, "servers"), what);
        }
    }

    /// The operation's own parameters, then those that stand at its path.
    fn parameters(
        &mut self,
        operation: &'a Value,
        place: &str,
        item: &'a Value,
        item_place: &str,
    ) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        for (owner, place) in [(operation, place), (item, item_place)] {
            for (index, given) in owner.list("parameters").iter().enumerate() {
                let place = format!("{place}/parameters/{index}");
                let Some(given) = self.resolved(given, &place) else {
                    continue;
                };
                let key = |given: &Value| [given["name"].clone(), given["in"].clone()];
                if found.iter().any(|other| key(&other.given) == key(given)) {
                    // The operation's own takes the place of its path's.
                    if std::ptr::eq(owner, operation) {
                        self.notes.conflict(&place, "described twice: left out");
                    }
                    continue;
                }
                let mut given = given.clone();
                let schema = given.remove("schema");
                found.push(Parameter {
                    name: given.text("name").unwrap_or_default().to_string(),
                    schema: schema.unwrap_or_else(|| json!({ "type": "string" })),
                    given,
                    place: format!("{place}/schema"),
                });
            }
        }
        found
    }

    fn body(&mut self, operation: &'a Value, place: &str) -> Option<Body> {
        let given = self.resolved(operation.get("requestBody")?, place)?;
        let content = given.map("content");
        let rank = |key: &str| {
            let media = media_type(key);
            let media = if is_json(&media) { JSON } else { &media };
            let known = KNOWN.iter().position(|known| *known == media);
            known.unwrap_or(KNOWN.len())
        };
        let Some(key) = content.keys().min_by_key(|key| rank(key)) else {
            let what = "a body without a media type: left out";
            self.notes.conflict(place, what);
            return None;
        };
        let media = media_type(key);
        if content.len() > 1 {
            let what = format_args!("several media types: {media} is generated");
            self.notes.add(place, what);
        }
        let exact = |c: char| c.is_ascii_graphic() && c != '*';
        if !media.contains('/') || !media.chars().all(exact) {
            let what = format_args!("the media type {key:?} is not supported");
            self.notes.refuse(place, what);
        }
        let mut description = given.text("description").unwrap_or_default().to_string();
        if media == MULTIPART {
            description += &parts(&content[key]["schema"]);
        }
        let typed = media == FORM || is_json(&media);
        Some(Body {
            content: content_of(
                media,
                &content[key],
                &step(&format!("{place}/content"), key),
                typed,
            ),
            required: given["required"] == true,
            description,
        })
    }

    /// Leaves each success with one media type, if any, and each error with its status alone.
    fn responses(&mut self, operation: &'a Value, place: &str, head: bool) -> Vec<Response> {
        let mut found = BTreeMap::new();
        for (key, given) in operation.map("responses") {
            let place = step(place, key);
            let code = key.to_ascii_uppercase().replace("DEFAULT", "default");
            if code.len() != 3 && code != "default" {
                self.notes.conflict(&place, "not a status: left out");
                continue;
            }
            let given = self.resolved(given, &place).unwrap_or(&Value::Null);
            found.insert(code, (given, place));
        }
        let bytes = json!({ "content": { BYTES: {} } });
        if !found.keys().any(|code| code.starts_with('2')) {
            let default = found.remove("default").unwrap_or_else(|| {
                let what = "no success described: any 2xx, as bytes";
                self.notes.add(place, what);
                (&bytes, place.to_string())
            });
            found.insert("2XX".into(), default);
        }
        let mut responses = Vec::new();
        for (code, (given, place)) in found {
            let empty = matches!(&*code, "204" | "205") || head || !code.starts_with('2');
            let content = match empty {
                true => None,
                false => self.one_media_type(given, &format!("{place}/content")),
            };
            responses.push(Response { code, content });
        }
        responses
    }

    fn one_media_type(&mut self, response: &Value, place: &str) -> Option<Content> {
        let content = response.map("content");
        let json = content.iter().find(|(key, _)| is_json(&media_type(key)));
        let (key, given) = json.or_else(|| content.iter().next())?;
        if content.len() > 1 {
            let what = format_args!("several media types: {key} is generated");
            self.notes.add(place, what);
        }
        let media = if json.is_some() { JSON } else { key };
        let place = step(place, key);
        Some(content_of(media.to_string(), given, &place, json.is_some()))
    }
}

/// Of other media types than JSON and forms, the schema says nothing.
fn content_of(media: String, given: &Value, place: &str, typed: bool) -> Content {
    let schema = given.get("schema").filter(|_| typed).cloned();
    Content {
        media,
        schema: schema.unwrap_or_else(|| json!({})),
        place: format!("{place}/schema"),
    }
}

/// The media type without its parameters.
fn media_type(key: &str) -> String {
    let media = key.split(';').next().unwrap_or(key);
    media.trim().to_ascii_lowercase()
}

pub(crate) fn is_json(media: &str) -> bool {
    media == JSON || media.ends_with("+json")
}

/// The parts of a form, which is built by hand, as documentation.
fn parts(schema: &Value) -> String {
    let required = schema.texts("required");
    let mut parts: Vec<(bool, &String, &Value)> = schema
        .map("properties")
        .iter()
        .map(|(name, part)| (!required.contains(name), name, part))
        .collect();
    parts.sort_by_key(|(optional, name, _)| (*optional, *name));
    let parts = parts.into_iter().map(|(optional, name, part)| {
        let needed = if optional { "optional" } else { "required" };
        let about = part.text("description").unwrap_or_default();
        format!("\n- `{name}` ({needed}): {}", about.replace('\n', " "))
    });
    let text: String = parts.collect();
    match text.is_empty() {
        true => text,
        false => format!("\n\nParts of the form:\n{text}"),
    }
}
