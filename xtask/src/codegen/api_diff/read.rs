//! The table of an interface, from the corrected description and from what is generated of it.

use proc_macro2::TokenStream;
use serde_json::Value;

use super::{Api, Item, Key, Kind};
use crate::codegen::calls::{Call, Response, rust_type};
use crate::codegen::document::step;
use crate::codegen::extensions::SECRET;
use crate::codegen::idents::snake;
use crate::codegen::passes::{Field, Lowered};
use crate::codegen::write::variants;

impl Api {
    pub(crate) fn read(corrected: &Value, lowered: &Lowered, calls: &[Call]) -> Self {
        let mut api = Self::default();
        for call in calls {
            api.operation(corrected, call);
        }
        let (sent, received) = (lowered.model.sent(), lowered.model.received());
        for (name, schema) in &lowered.model.schemas {
            if name != SECRET {
                let reached = Item {
                    sent: sent.contains(name),
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
            api.described(Kind::Webhook, name, corrected, webhook);
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
        self.add(Kind::Operation, name, "", route).deprecated = operation.deprecated;
        let retried = match operation.idempotent {
            true => "retried after any failure",
            false => "sent at most once",
        };
        self.add(Kind::Retry, name, "", retried);
        let described = corrected
            .pointer(&operation.place[1..])
            .unwrap_or(&Value::Null);
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
            let owner = format!("{name} {callback}");
            self.described(Kind::Callback, &owner, corrected, value);
        }
        for parameter in &call.parameters {
            let added = self.parameter(name, &parameter.field, &parameter.ty, parameter.required);
            added.deprecated = parameter.deprecated;
        }
        if let Some(body) = &call.body {
            self.parameter(name, "body", &body.ty(), body.required);
        }
        let response = match &call.response {
            Response::Json(ty) => short(ty),
            Response::JsonOrEmpty(ty) => format!("Option<{}>", short(ty)),
            Response::Empty => "()".to_string(),
            Response::Streamed => "StreamingResponse".to_string(),
        };
        self.add(Kind::Response, name, "", response);
        for line in &call.responses {
            let status = line.split(' ').next().unwrap_or_default();
            let text = if status.starts_with('2') {
                "success"
            } else {
                "error"
            };
            self.add(Kind::Response, name, status, text);
        }
    }

    /// A row for each value in a description for which no code is generated.
    fn described(&mut self, kind: Kind, owner: &str, document: &Value, value: &Value) {
        self.add(kind, owner, "", "");
        each_value(document, value, "", 0, &mut |place, text| {
            self.add(kind, owner, place, text);
        });
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
        let text = if let Some(open) = lowered.enums.get(name) {
            for variant in variants(&open.values) {
                members.push((Kind::Value, variant.to_string(), reached.clone()));
            }
            "enum".to_string()
        } else if let Some(union) = lowered.unions.get(name) {
            let (values, types): (Vec<_>, Vec<_>) = union.variants.iter().cloned().unzip();
            for (variant, text) in variants(&values).iter().zip(types) {
                let held = Item {
                    text,
                    ..reached.clone()
                };
                members.push((Kind::Value, variant.to_string(), held));
            }
            "enum".to_string()
        } else if schema.get("properties").is_some() {
            for (property, value) in entries(schema.get("properties")) {
                let field = snake(property);
                let kind = lowered.fields.get(&(name.to_string(), field.clone()));
                members.push((Kind::Field, field, member(value, kind.copied(), reached)));
            }
            "struct".to_string()
        } else {
            short(&rust_type(schema))
        };
        let whole = Item {
            text,
            ..reached.clone()
        };
        members.push((Kind::Type, String::new(), whole));
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

/// Calls `f` with each place and what it holds, without prose and with what references lead to in
/// their place, six of them deep.
fn each_value(
    document: &Value,
    value: &Value,
    place: &str,
    depth: usize,
    f: &mut impl FnMut(&str, String),
) {
    const PROSE: &[&str] = &["description", "summary", "title", "example", "examples"];
    let target = value.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| document.pointer(target.strip_prefix('#')?));
    match (target, value) {
        (Some(target), _) if depth < 6 => each_value(document, target, place, depth + 1, f),
        (_, Value::Object(map)) => {
            // A field may have the name of a keyword: then it holds a schema, not a text.
            let is_prose = |key: &str, value: &Value| !value.is_object() && PROSE.contains(&key);
            for (key, value) in map.iter().filter(|(key, value)| !is_prose(key, value)) {
                each_value(document, value, &step(place, key), depth, f);
            }
        }
        (_, Value::Array(list)) if list.iter().any(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                each_value(document, value, &format!("{place}/{index}"), depth, f);
            }
        }
        (_, value) => f(place, value.to_string()),
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
