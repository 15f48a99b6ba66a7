//! The table of an interface, from the corrected description and from what is generated of it.

use std::sync::LazyLock;

use proc_macro2::TokenStream;
use regex::Regex;
use serde_json::Value;

use super::{Api, Item, Key, Kind};
use crate::codegen::calls::{Call, rust_type};
use crate::codegen::document::step;
use crate::codegen::extensions::SECRET;
use crate::codegen::idents::snake;
use crate::codegen::json::Json;
use crate::codegen::model::{Field, Model};
use crate::codegen::write::variants;

/// Keys whose values are prose, unless they are objects: a field may have the name of a keyword.
const PROSE: &[&str] = &["description", "summary", "title", "example", "examples"];

impl Api {
    pub(crate) fn read(corrected: &Value, model: &Model, calls: &[Call]) -> Self {
        let mut api = Self::default();
        for call in calls {
            api.operation(corrected, call);
        }
        let (sent, received) = (model.sent(), model.received());
        for (name, schema) in &model.schemas {
            let reached = Item {
                sent: sent.contains(name),
                received: received.contains(name),
                ..Item::default()
            };
            if name != SECRET {
                api.component(name, schema, model, &reached);
            }
        }
        for (name, scheme) in corrected["components"].map("securitySchemes") {
            let words = ["type", "scheme", "in", "name"].into_iter();
            let words: Vec<&str> = words.filter_map(|key| scheme.text(key)).collect();
            api.add(Kind::SecurityScheme, name, "", words.join(" "));
        }
        for (name, webhook) in corrected.map("webhooks") {
            api.described(Kind::Webhook, name, corrected, webhook);
        }
        api
    }

    fn add(&mut self, kind: Kind, owner: &str, member: &str, text: impl Into<String>) -> &mut Item {
        let item = self.items.entry(Key::new(kind, owner, member)).or_default();
        *item = Item {
            text: text.into(),
            sent: true,
            ..Item::default()
        };
        item
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
        let item = &corrected["paths"][&operation.path];
        let described = corrected.pointer(&operation.place[1..]);
        let described = described.unwrap_or(&Value::Null);
        let nearest = |key: &str| {
            let mut places = [described, item, corrected].into_iter();
            places.find(|at| at.get(key).is_some())
        };
        let servers = alternatives(nearest("servers"), "servers", |server| {
            server.text("url").unwrap_or_default().to_string()
        });
        self.add(Kind::Server, name, "", servers);
        let security = alternatives(nearest("security"), "security", |all| {
            let all = all.as_object().into_iter().flatten();
            let all: Vec<&str> = all.map(|(name, _)| name.as_str()).collect();
            all.join(" with ")
        });
        self.add(Kind::Security, name, "", security);
        for (callback, value) in described.map("callbacks") {
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
        self.add(Kind::Response, name, "", short(&call.response.ty()));
        for response in &operation.responses {
            let text = match response.code.starts_with('2') {
                true => "success",
                false => "error",
            };
            self.add(Kind::Response, name, &response.code, text);
        }
    }

    fn parameter(
        &mut self,
        name: &str,
        field: &str,
        ty: &TokenStream,
        required: bool,
    ) -> &mut Item {
        let ty = match required {
            true => short(ty),
            false => format!("Option<{}>", short(ty)),
        };
        let added = self.add(Kind::Parameter, name, field, ty);
        added.required = required;
        added
    }

    /// A row for each value in a description for which no code is generated.
    fn described(&mut self, kind: Kind, owner: &str, document: &Value, value: &Value) {
        self.add(kind, owner, "", "");
        each_value(document, value, "", 0, &mut |place, text| {
            self.add(kind, owner, place, text);
        });
    }

    fn component(&mut self, name: &str, schema: &Value, model: &Model, reached: &Item) {
        let mut add = |kind, member: &str, item| {
            self.items.insert(Key::new(kind, name, member), item);
        };
        let row = |text: String| Item {
            text,
            ..reached.clone()
        };
        let (values, types): (Vec<_>, Vec<_>) =
            match (model.enums.get(name), model.unions.get(name)) {
                (Some(open), _) => {
                    let values = open.values.iter();
                    values.map(|value| (value.clone(), String::new())).unzip()
                }
                (None, Some(union)) => union.variants.iter().cloned().unzip(),
                (None, None) => Default::default(),
            };
        for (variant, ty) in variants(&values).iter().zip(types) {
            add(Kind::Value, &variant.to_string(), row(ty));
        }
        for (property, value) in schema.map("properties") {
            let field = snake(property);
            let kind = model.field(name, &field).map(|(kind, _)| *kind);
            add(Kind::Field, &field, member(value, kind, reached));
        }
        let text = match schema.get("properties") {
            _ if !values.is_empty() => "enum".to_string(),
            Some(_) => "struct".to_string(),
            None => short(&rust_type(schema)),
        };
        add(Kind::Type, "", row(text));
    }
}

fn member(schema: &Value, kind: Option<Field>, reached: &Item) -> Item {
    let mut plain = schema.clone();
    plain.remove("nullable");
    let ty = short(&rust_type(&plain));
    Item {
        text: match kind {
            Some(Field::Required | Field::Plain) => ty,
            Some(Field::Nullable) => format!("Nullable<{ty}>"),
            _ => format!("Option<{ty}>"),
        },
        required: matches!(kind, Some(Field::Required | Field::Sent)),
        deprecated: schema["deprecated"] == true,
        ..reached.clone()
    }
}

/// The texts of a list, of which one holds.
fn alternatives(owner: Option<&Value>, key: &str, text: impl Fn(&Value) -> String) -> String {
    let or_none = |text: String| match text.is_empty() {
        true => "none".to_string(),
        false => text,
    };
    let list = owner.map_or(&[][..], |owner| owner.list(key)).iter();
    let mut texts: Vec<String> = list.map(|one| or_none(text(one))).collect();
    texts.sort();
    or_none(texts.join(" or "))
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
    let target = value.text("$ref").filter(|_| depth < 6);
    if let Some(target) = target.and_then(|target| document.pointer(target.strip_prefix('#')?)) {
        return each_value(document, target, place, depth + 1, f);
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if value.is_object() || !PROSE.contains(&key.as_str()) {
                    each_value(document, value, &step(place, key), depth, f);
                }
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                each_value(document, value, &format!("{place}/{index}"), depth, f);
            }
        }
        value => f(place, value.to_string()),
    }
}

static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(::)?(\w+::)+").expect("it is valid"));

/// A type as people write it: of each path, the last name.
fn short(tokens: &TokenStream) -> String {
    let text = tokens.to_string().replace(' ', "");
    PATH.replace_all(&text, "").replace(',', ", ")
}
