//! Request bodies: JSON where there is JSON, else bytes of the media type that is asked for.

use anyhow::Result;
use serde_json::{Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::operations;

pub(crate) const MULTIPART: &str = "multipart/form-data";

/// An operation whose body the generator takes for plain bytes, and what it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawBody {
    pub(crate) operation: String,
    pub(crate) media_type: String,
}

/// In the order in which one is chosen where an operation takes several.
const KNOWN: &[&str] = &[
    "application/json",
    MULTIPART,
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
];

pub(super) fn lower(document: &mut Value, notes: &mut Notes) -> Result<Vec<RawBody>> {
    let mut raw = Vec::new();
    operations::for_each(document, |path, method, operation| {
        let place = format!("{}/requestBody", step(&step("#/paths", path), method));
        let name = operations::name_of(operation);
        let Some(body) = operation.get_mut("requestBody") else {
            return Ok(());
        };
        let content = body
            .get("content")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let Some((media_type, schema)) = choose(&content) else {
            notes.add(&place, "no media type in it: left out");
            operation.shift_remove("requestBody");
            return Ok(());
        };
        if content.len() > 1 {
            notes.add(
                &place,
                format_args!("several media types: {media_type} is generated"),
            );
        }
        let (kind, schema) = match media_type.as_str() {
            "application/json" => ("application/json", schema),
            "text/plain" => ("text/plain", json!({ "type": "string" })),
            "application/x-www-form-urlencoded" => ("application/x-www-form-urlencoded", schema),
            other => {
                if !is_exact(other) {
                    notes.add(
                        &place,
                        format_args!("{other:?} is sent as bytes of no kind"),
                    );
                } else if other != "application/octet-stream" {
                    let media_type = other.to_string();
                    raw.push(RawBody {
                        operation: name,
                        media_type,
                    });
                }
                (
                    "application/octet-stream",
                    json!({ "type": "string", "format": "binary" }),
                )
            }
        };
        *body = json!({ "content": { kind: { "schema": schema } }, "required": true });
        Ok(())
    })?;
    Ok(raw)
}

/// Whether a request can say that this is what it holds.
fn is_exact(media_type: &str) -> bool {
    let token = |c: char| c.is_ascii_graphic() && c != '*';
    media_type.contains('/') && media_type.chars().all(token)
}

/// The media type without its parameters, and its schema.
fn choose(content: &serde_json::Map<String, Value>) -> Option<(String, Value)> {
    let plain = |key: &str| {
        let kind = key
            .split(';')
            .next()
            .unwrap_or(key)
            .trim()
            .to_ascii_lowercase();
        if kind.ends_with("+json") {
            "application/json".to_string()
        } else {
            kind
        }
    };
    let rank = |kind: &str| {
        KNOWN
            .iter()
            .position(|known| *known == kind)
            .unwrap_or(KNOWN.len())
    };
    let (key, media) = content.iter().min_by_key(|(key, _)| rank(&plain(key)))?;
    Some((
        plain(key),
        media.get("schema").cloned().unwrap_or_else(|| json!({})),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(content: Value) -> (Value, Vec<RawBody>, usize) {
        let mut document = json!({ "paths": { "/a": { "post": {
            "operationId": "a.create", "requestBody": { "content": content } } } } });
        let mut notes = Notes::default();
        let raw = lower(&mut document, &mut notes).unwrap();
        let content = document["paths"]["/a"]["post"]["requestBody"]["content"].clone();
        (content, raw, notes.lines().count())
    }

    #[test]
    fn a_form_with_files_becomes_bytes_and_is_remembered() {
        let (content, raw, _) = lowered(json!({ MULTIPART: { "schema": { "type": "object" } } }));
        assert!(content.get("application/octet-stream").is_some());
        assert_eq!(raw[0].operation, "a_create");
        assert_eq!(raw[0].media_type, MULTIPART);
    }

    #[test]
    fn json_is_chosen_among_several_and_the_choice_is_named() {
        let (content, raw, notes) = lowered(json!({
            "application/xml": {}, "application/json; charset=utf-8": { "schema": { "type": "object" } } }));
        assert_eq!(
            content,
            json!({ "application/json": { "schema": { "type": "object" } } })
        );
        assert!(raw.is_empty());
        assert_eq!(notes, 1);
    }

    #[test]
    fn a_range_of_media_types_is_sent_as_plain_bytes() {
        for range in ["*/*", "image/*", "pictures"] {
            let (_, raw, notes) = lowered(json!({ range: {} }));
            assert_eq!((raw.len(), notes), (0, 1), "{range}");
        }
    }

    #[test]
    fn what_else_a_body_says_is_not_asked_for() {
        let body = json!({ "description": ["odd"], "content": { "text/plain": {} }, "x": 1 });
        let mut document = json!({ "paths": { "/a": { "post": { "requestBody": body } } } });
        lower(&mut document, &mut Notes::default()).unwrap();
        assert_eq!(
            document["paths"]["/a"]["post"]["requestBody"],
            json!({ "content": { "text/plain": { "schema": { "type": "string" } } },
                "required": true })
        );
    }

    #[test]
    fn a_text_body_keeps_no_restriction() {
        let (content, ..) =
            lowered(json!({ "text/plain": { "schema": { "type": "string", "maxLength": 9 } } }));
        assert_eq!(
            content,
            json!({ "text/plain": { "schema": { "type": "string" } } })
        );
    }
}
