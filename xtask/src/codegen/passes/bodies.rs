//! One media type for each body. Without this pass, an operation that takes or returns several
//! would not be generated.

use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::operations;

pub(crate) const JSON: &str = "application/json";
pub(crate) const MULTIPART: &str = "multipart/form-data";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const TEXT: &str = "text/plain";
pub(crate) const BYTES: &str = "application/octet-stream";

/// In the order in which one is chosen where an operation takes several.
const KNOWN: &[&str] = &[JSON, MULTIPART, TEXT, FORM, BYTES];

pub(super) fn choose(document: &mut Value, notes: &mut Notes) {
    operations::for_each(document, |place, operation| {
        let head = place.ends_with("/head");
        request(operation, &format!("{place}/requestBody"), notes);
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        if let Some(responses) = responses.as_object_mut() {
            let place = format!("{place}/responses");
            successes(responses, head, &place, notes);
        }
    });
}

fn request(operation: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    let Some(body) = operation.get_mut("requestBody") else {
        return;
    };
    let content = body.get("content").and_then(Value::as_object);
    let empty = Map::new();
    let content = content.unwrap_or(&empty);
    let rank = |kind: &str| {
        let kind = if is_json(kind) { JSON } else { kind };
        let known = KNOWN.iter().position(|known| *known == kind);
        known.unwrap_or(KNOWN.len())
    };
    let chosen = content.keys().min_by_key(|key| rank(&plain(key)));
    let Some(key) = chosen else {
        notes.conflict(place, "a body without a media type: left out");
        operation.shift_remove("requestBody");
        return;
    };
    let kind = plain(key);
    if content.len() > 1 {
        notes.add(
            place,
            format_args!("several media types: {kind} is generated"),
        );
    }
    let is_exact = kind.contains('/') && kind.chars().all(|c| c.is_ascii_graphic() && c != '*');
    if !is_exact {
        notes.refuse(
            place,
            format_args!("the media type {key:?} is not supported"),
        );
    }
    let given = content[key]
        .get("schema")
        .cloned()
        .unwrap_or_else(|| json!({}));
    let text = body.get("description").and_then(Value::as_str);
    let mut description = text.unwrap_or_default().to_string();
    let schema = match kind.as_str() {
        FORM => given,
        kind if is_json(kind) => given,
        MULTIPART => {
            description += &parts(&given);
            json!({})
        }
        _ => json!({}),
    };
    let required = body.get("required") == Some(&Value::Bool(true));
    *body = json!({ "content": { kind: { "schema": schema } }, "required": required,
        "description": description });
}

/// The media type without its parameters.
fn plain(key: &str) -> String {
    let kind = key.split(';').next().unwrap_or(key);
    kind.trim().to_ascii_lowercase()
}

pub(crate) fn is_json(kind: &str) -> bool {
    kind == JSON || kind.ends_with("+json")
}

/// The parts of a form, which is built by hand, as documentation.
fn parts(schema: &Value) -> String {
    let required = schema["required"].as_array();
    let needed =
        |name: &String| required.is_some_and(|required| required.contains(&name.as_str().into()));
    let parts = schema["properties"].as_object();
    let mut parts: Vec<(&String, &Value)> = parts.into_iter().flatten().collect();
    parts.sort_by_key(|(name, _)| (!needed(name), *name));
    let mut text = String::new();
    for (name, part) in parts {
        let needed = if needed(name) { "required" } else { "optional" };
        let about = part["description"].as_str().unwrap_or_default();
        text += &format!("\n- `{name}` ({needed}): {}", about.replace('\n', " "));
    }
    match text.is_empty() {
        true => text,
        false => format!("\n\nParts of the form:\n{text}"),
    }
}

/// Leaves each success with one media type, if any, and each error with its status alone.
fn successes(responses: &mut Map<String, Value>, head: bool, place: &str, notes: &mut Notes) {
    *responses = std::mem::take(responses)
        .into_iter()
        .filter_map(|(code, response)| {
            let known = known_code(&code);
            if known.is_none() {
                notes.conflict(&step(place, &code), "not a status: left out");
            }
            Some((known?, response))
        })
        .collect();
    responses.sort_keys();
    if !responses.keys().any(|code| code.starts_with('2')) {
        let default = responses.shift_remove("default").unwrap_or_else(|| {
            notes.add(place, "no success described: any 2xx, as bytes");
            json!({ "content": { BYTES: {} } })
        });
        notes.moved([(step(place, "2XX"), step(place, "default"))]);
        responses.insert("2XX".into(), default);
    }
    for (code, response) in responses {
        let place = step(place, code);
        let bodiless = matches!(code.as_str(), "204" | "205") || head;
        let content = response["content"]
            .as_object()
            .filter(|content| !content.is_empty());
        let content = content.filter(|_| code.starts_with('2') && !bodiless);
        *response = match content {
            Some(content) => one_media_type(content, &place, notes),
            None => json!({}),
        };
    }
}

fn one_media_type(content: &Map<String, Value>, place: &str, notes: &mut Notes) -> Value {
    let json = content.iter().find(|(key, _)| is_json(&plain(key)));
    let Some((media, body)) = json.or_else(|| content.iter().next()) else {
        return json!({});
    };
    if content.len() > 1 {
        let what = format_args!("several media types: {media} is generated");
        notes.add(&step(place, "content"), what);
    }
    match json {
        None => json!({ "content": { media: {} } }),
        Some(_) => {
            let schema = body.get("schema").cloned().unwrap_or_else(|| json!({}));
            json!({ "content": { JSON: { "schema": schema } } })
        }
    }
}

/// `200`, `2XX` or `default`, in any case.
fn known_code(code: &str) -> Option<String> {
    let code = code.to_ascii_uppercase();
    let digits = code.strip_suffix("XX").unwrap_or(&code);
    let number = digits.len() + 2 * usize::from(digits != code) == 3
        && digits.starts_with(|c| ('1'..='5').contains(&c))
        && digits.chars().all(|c| c.is_ascii_digit());
    match code.as_str() {
        "DEFAULT" => Some("default".into()),
        _ => number.then_some(code),
    }
}
