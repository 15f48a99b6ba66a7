//! The table of an interface, from the corrected description and from what is generated of it.

use proc_macro2::TokenStream;
use serde_json::{Map, Value};

use super::{Api, Item, Key, Kind};
use crate::codegen::calls::{BodyKind, Call, Response, rust_type};
use crate::codegen::idents::snake;
use crate::codegen::passes::extensions::SECRET;
use crate::codegen::passes::{Field, Lowered};
use crate::codegen::schemas::{self, Position};
use crate::codegen::write::variants;

impl Api {
    pub(crate) fn read(corrected: &Value, lowered: &Lowered, calls: &[Call]) -> Self {
        let mut api = Self::default();
        for call in calls {
            api.operation(corrected, call);
        }
        let mut document = lowered.document.clone();
        let received = schemas::reached(&mut document, Position::Response);
        for (name, schema) in entries(document.pointer("/components/schemas")) {
            if name != SECRET {
                let reached = Item {
                    sent: lowered.sent.contains(name),
                    received: received.contains(name),
                    ..Item::default()
                };
                api.component(name, schema, lowered, &reached);
            }
        }
        for (name, scheme) in entries(corrected.pointer("/components/securitySchemes")) {
            let words = ["type", "scheme", "in", "name"];
            let words = words.iter().filter_map(|key| scheme.get(key)?.as_str());
            api.add(
                Kind::SecurityScheme,
                name,
                "",
                words.collect::<Vec<_>>().join(" "),
            );
        }
        for (name, webhook) in entries(corrected.get("webhooks")) {
            api.add(
                Kind::Webhook,
                name,
                "",
                expanded(corrected, webhook, 0).to_string(),
            );
        }
        api
    }

    fn add(&mut self, kind: Kind, owner: &str, member: &str, text: impl Into<String>) -> &mut Item {
        let item = Item {
            text: text.into(),
            sent: true,
            ..Item::default()
        };
        let added = self.items.entry(Key::new(kind, owner, member)).or_default();
        *added = item;
        added
    }

    fn operation(&mut self, corrected: &Value, call: &Call) {
        let operation = &call.operation;
        let name = &operation.name;
        let route = format!("{} {}", operation.method, operation.path);
        self.add(Kind::Operation, name, "", route).deprecated = call.deprecated;
        let retried = match call.idempotent {
            true => "retried after any failure",
            false => "sent at most once",
        };
        self.add(Kind::Retry, name, "", retried);
        let described = operation.described(corrected);
        let item = &corrected["paths"][&operation.path];
        let nearest = |key: &str| {
            [described, item, corrected]
                .iter()
                .find_map(|at| at.get(key))
        };
        self.add(
            Kind::Server,
            name,
            "",
            alternatives(nearest("servers"), |server| {
                server["url"].as_str().map(String::from)
            }),
        );
        self.add(
            Kind::Security,
            name,
            "",
            alternatives(nearest("security"), |all| {
                let all: Vec<&str> = entries(Some(all)).map(|(name, _)| name.as_str()).collect();
                Some(if all.is_empty() {
                    "none".into()
                } else {
                    all.join(" with ")
                })
            }),
        );
        for (callback, value) in entries(described.get("callbacks")) {
            let text = expanded(corrected, value, 0).to_string();
            self.add(Kind::Callback, name, callback, text);
        }
        for parameter in &call.parameters {
            let added = self.parameter(name, &parameter.field, &parameter.ty, parameter.required);
            added.deprecated = parameter.deprecated;
        }
        if let Some(body) = &call.body {
            let ty = match &body.kind {
                BodyKind::Typed { name, .. } => name.parse().unwrap_or_default(),
                BodyKind::Value { ty, .. } => ty.clone(),
                BodyKind::Text(_) => quote::quote!(String),
                BodyKind::Bytes(_) => quote::quote!(Body),
                BodyKind::Multipart => quote::quote!(Form),
            };
            self.parameter(name, "body", &ty, body.required);
        }
        let response = match &call.response {
            Response::Json(ty) => short(ty),
            Response::JsonOrEmpty(ty) => format!("Option<{}>", short(ty)),
            Response::Empty => "()".to_string(),
            Response::Streamed => "StreamingResponse".to_string(),
        };
        self.add(Kind::Response, name, "", response);
        for line in &call.responses {
            let (status, content) = match line.split_once(' ') {
                Some((status, content)) => (status, content),
                None if line.starts_with('2') => (line.as_str(), "no content"),
                None => (line.as_str(), "error"),
            };
            self.add(Kind::Response, name, status, content);
        }
    }

    fn parameter(
        &mut self,
        name: &str,
        field: &str,
        ty: &TokenStream,
        required: bool,
    ) -> &mut Item {
        let ty = short(ty);
        let ty = if required {
            ty
        } else {
            format!("Option<{ty}>")
        };
        let added = self.add(Kind::Parameter, name, field, ty);
        added.required = required;
        added
    }

    fn component(&mut self, name: &str, schema: &Value, lowered: &Lowered, reached: &Item) {
        let mut members: Vec<(Kind, String, Item)> = Vec::new();
        let word = if let Some(open) = lowered.enums.get(name) {
            for variant in variants(&open.values) {
                members.push((Kind::Value, variant.to_string(), reached.clone()));
            }
            "enum"
        } else if let Some(union) = lowered.unions.get(name) {
            let values: Vec<String> = union
                .variants
                .iter()
                .map(|(value, _)| value.clone())
                .collect();
            for (variant, (_, held)) in variants(&values).iter().zip(&union.variants) {
                let text = held.clone();
                members.push((
                    Kind::Value,
                    variant.to_string(),
                    Item {
                        text,
                        ..reached.clone()
                    },
                ));
            }
            "enum"
        } else if schema.get("properties").is_some() {
            for (property, value) in entries(schema.get("properties")) {
                let field = snake(property);
                let kind = lowered.fields.get(&(name.to_string(), field.clone()));
                members.push((Kind::Field, field, member(value, kind.copied(), reached)));
            }
            "struct"
        } else {
            ""
        };
        members.sort_by(|a, b| a.1.cmp(&b.1));
        let names: Vec<&str> = members.iter().map(|(_, name, _)| name.as_str()).collect();
        let text = match word {
            "" => short(&rust_type(schema)),
            word => format!("{word} of {}", names.join(", ")),
        };
        self.items.insert(
            Key::new(Kind::Type, name, ""),
            Item {
                text,
                ..reached.clone()
            },
        );
        for (kind, member, item) in members {
            self.items.insert(Key::new(kind, name, &member), item);
        }
    }
}

fn member(schema: &Value, kind: Option<Field>, reached: &Item) -> Item {
    let mut plain = schema.clone();
    if let Some(map) = plain.as_object_mut() {
        map.shift_remove("nullable");
    }
    let ty = short(&rust_type(&plain));
    let text = match kind {
        Some(Field::Required | Field::Plain) => ty,
        Some(Field::Nullable) => format!("Nullable<{ty}>"),
        _ => format!("Option<{ty}>"),
    };
    Item {
        text,
        required: matches!(kind, Some(Field::Required | Field::Sent)),
        deprecated: schema["deprecated"] == true,
        ..reached.clone()
    }
}

fn alternatives(list: Option<&Value>, text: impl Fn(&Value) -> Option<String>) -> String {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    let mut texts: Vec<String> = list.filter_map(text).collect();
    texts.sort();
    if texts.is_empty() {
        "none".to_string()
    } else {
        texts.join(" or ")
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// The value in order, without prose and with what it refers to in place, six references deep:
/// no code is generated for it, so that it is compared as it is described.
fn expanded(document: &Value, value: &Value, depth: usize) -> Value {
    const PROSE: &[&str] = &["description", "summary", "title", "example", "examples"];
    match value {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|target| document.pointer(target.strip_prefix('#')?));
            if let Some(target) = target.filter(|_| depth < 6) {
                return expanded(document, target, depth + 1);
            }
            // A field may have the name of a keyword: then it holds a schema, not a text.
            let kept = map
                .iter()
                .filter(|(key, value)| value.is_object() || !PROSE.contains(&key.as_str()));
            let kept = kept.map(|(key, value)| (key.clone(), expanded(document, value, depth)));
            let mut kept: Map<String, Value> = kept.collect();
            kept.sort_keys();
            kept.into()
        }
        Value::Array(list) => list
            .iter()
            .map(|item| expanded(document, item, depth))
            .collect(),
        other => other.clone(),
    }
}

/// A type as people write it.
fn short(tokens: &TokenStream) -> String {
    let text = tokens.to_string().replace(' ', "").replace(',', ", ");
    let mut short = String::new();
    let mut pieces = text.split("::").peekable();
    while let Some(piece) = pieces.next() {
        // Of each path only the last name is kept.
        let last = piece.rfind(|c: char| !c.is_alphanumeric() && c != '_');
        let end = last.map_or(0, |last| last + 1);
        short += if pieces.peek().is_some() {
            &piece[..end]
        } else {
            piece
        };
    }
    short
}
