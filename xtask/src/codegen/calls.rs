//! What each operation takes, sends and returns, as the generated code has it.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::document::Notes;
use super::idents::{snake, unused};
use super::json::Json;
use super::model::{self, Content, Model, Operation};
use super::read::{FORM, JSON, MULTIPART, TEXT, is_json};
use super::schemas::{component_of, shape};

/// Names that each builder uses for something else.
const RESERVED: &[&str] = &[
    "body",
    "body_map",
    "new",
    "send",
    "transport",
    "with_header",
    "with_options",
    "with_retry_policy",
    "with_timeout",
    "with_token",
];

/// Headers that are the transport's.
const TRANSPORT: &[&str] = &["accept", "authorization", "content-type"];

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) response: Response,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
    /// A list, sent as `name=a,b`.
    QueryJoined,
    Header,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    /// As the API has it.
    pub(crate) name: String,
    /// As the builder has it.
    pub(crate) field: String,
    pub(crate) location: Location,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    pub(crate) ty: TokenStream,
    pub(crate) description: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) kind: BodyKind,
    /// The media type.
    pub(crate) media: String,
    pub(crate) required: bool,
    /// The fields that it must have.
    pub(crate) needs: Vec<String>,
    pub(crate) description: String,
}

#[derive(Debug)]
pub(crate) enum BodyKind {
    /// A value of a generated type that has a builder.
    Typed(String),
    /// A value of another type, as JSON or a form.
    Value(TokenStream),
    Text,
    Bytes,
    Multipart,
}

impl Body {
    pub(crate) fn ty(&self) -> TokenStream {
        match &self.kind {
            BodyKind::Typed(name) => {
                let name = format_ident!("{name}");
                quote!(types::#name)
            }
            BodyKind::Value(ty) => ty.clone(),
            BodyKind::Text => quote!(::std::string::String),
            BodyKind::Bytes => quote!(crate::Body),
            BodyKind::Multipart => quote!(crate::multipart::Form),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Response {
    Json(TokenStream),
    /// Some of the documented successes have no content.
    JsonOrEmpty(TokenStream),
    Empty,
    Streamed,
}

impl Response {
    /// The type of its value, or of the whole response if it is streamed.
    pub(crate) fn ty(&self) -> TokenStream {
        match self {
            Self::Json(ty) => ty.clone(),
            Self::JsonOrEmpty(ty) => quote!(::std::option::Option<#ty>),
            Self::Empty => quote!(()),
            Self::Streamed => quote!(crate::StreamingResponse),
        }
    }
}

/// Returns the calls, sorted by the operations' names.
pub(crate) fn collect(model: &Model, notes: &mut Notes) -> Vec<Call> {
    let operations = model.operations.iter();
    let mut calls: Vec<Call> = operations
        .map(|operation| {
            let reader = Reader { operation, model };
            Call {
                operation: operation.clone(),
                parameters: reader.parameters(notes),
                body: reader.body(notes),
                response: reader.response(notes),
            }
        })
        .collect();
    calls.sort_by(|a, b| a.operation.name.cmp(&b.operation.name));
    calls
}

struct Reader<'a> {
    operation: &'a Operation,
    model: &'a Model,
}

impl Reader<'_> {
    fn parameters(&self, notes: &mut Notes) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        let mut taken: BTreeSet<String> = RESERVED.iter().map(ToString::to_string).collect();
        let Operation { path, place, .. } = self.operation;
        let parts = path.split('{').skip(1);
        let parts: Vec<&str> = parts.filter_map(|part| part.split('}').next()).collect();
        for parameter in &self.operation.parameters {
            let model::Parameter { name, given, .. } = parameter;
            let place = parameter.place.trim_end_matches("/schema");
            let kind = given.text("in").unwrap_or_default();
            let Some((location, ty)) = self.location(parameter, kind, place, notes) else {
                continue;
            };
            if location == Location::Path && !parts.contains(&name.as_str()) {
                notes.refuse(place, format_args!("the path has no part {{{name}}}"));
            }
            let field = free_name(name, kind, &taken);
            taken.insert(field.clone());
            found.push(Parameter {
                name: name.clone(),
                field,
                location,
                required: location == Location::Path || given["required"] == true,
                deprecated: given["deprecated"] == true,
                ty,
                description: given.text("description").map(String::from),
            });
        }
        for part in parts {
            let described = |p: &Parameter| p.location == Location::Path && p.name == part;
            if !found.iter().any(described) {
                let what = format_args!("{{{part}}} of the path is not described");
                notes.refuse(place, what);
            }
        }
        found
    }

    /// Where a parameter is sent, and its type.
    fn location(
        &self,
        parameter: &model::Parameter,
        kind: &str,
        place: &str,
        notes: &mut Notes,
    ) -> Option<(Location, TokenStream)> {
        let model::Parameter { name, given, .. } = parameter;
        let mut refuse = |what: String| notes.refuse(place, what);
        let (location, style) = match kind {
            "path" => (Location::Path, "simple"),
            "query" => (Location::Query, "form"),
            "header" => (Location::Header, "simple"),
            _ => {
                refuse(format!("{kind} parameter {name:?} is not supported"));
                return None;
            }
        };
        if location == Location::Header {
            if TRANSPORT.contains(&&*name.to_ascii_lowercase()) {
                let what = format_args!("header {name:?} is the transport's: left out");
                notes.add(place, what);
                return None;
            }
            if reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_err() {
                refuse(format!("{name:?} is not a valid header name"));
            }
        }
        let Some((ty, list)) = self.scalar(&parameter.schema, location) else {
            refuse(format!("{kind} parameter {name:?} is not a plain value"));
            return None;
        };
        let other_style = given.text("style").is_some_and(|given| given != style);
        if given.get("content").is_some() || other_style {
            let what = format!("the style of {kind} parameter {name:?} is not supported");
            refuse(what);
        }
        match list && given["explode"] == false {
            true => Some((Location::QueryJoined, ty)),
            false => Some((location, ty)),
        }
    }

    /// The type of a value that fits into a URL or a header, and whether it is a list.
    fn scalar(&self, schema: &Value, location: Location) -> Option<(TokenStream, bool)> {
        let name = component_of(schema);
        let resolved = name.and_then(|name| self.model.schemas.get(name));
        let resolved = resolved.unwrap_or(schema);
        let query = location == Location::Query;
        let ty = match resolved.text("type")? {
            // Only in a query does an instant keep its RFC 3339 form.
            "string" if resolved["format"] == "date-time" && query => rust_type(resolved),
            "string" if name.is_some_and(|name| self.model.enums.contains_key(name)) => {
                rust_type(&json!({ "$ref": schema["$ref"] }))
            }
            kind @ ("string" | "integer" | "number" | "boolean") => {
                rust_type(&json!({ "type": kind }))
            }
            "array" if query => {
                let (items, false) = self.scalar(&resolved["items"], Location::Path)? else {
                    return None;
                };
                return Some((quote!(::std::vec::Vec<#items>), true));
            }
            _ => return None,
        };
        Some((ty, false))
    }

    fn body(&self, notes: &mut Notes) -> Option<Body> {
        let body = self.operation.body.as_ref()?;
        let place = format!("{}/requestBody", self.operation.place);
        let Content { media, schema, .. } = &body.content;
        let component = component_of(schema).and_then(|name| {
            let component = self.model.schemas.get(name)?;
            let properties = component["properties"].is_object();
            properties.then_some((name, component))
        });
        let kind = match (media.as_str(), component) {
            (FORM, None) => {
                notes.refuse(&place, "a form that is not an object");
                return None;
            }
            (MULTIPART, _) => BodyKind::Multipart,
            (TEXT, _) => BodyKind::Text,
            (media, _) if media != FORM && !is_json(media) => BodyKind::Bytes,
            (_, Some((name, _))) => BodyKind::Typed(name.to_string()),
            (_, None) => BodyKind::Value(rust_type(schema)),
        };
        let required = body.required || media != JSON;
        if required != body.required {
            let what = "an optional body is supported for JSON alone: required";
            notes.conflict(&place, what);
        }
        let needs = component.map(|(_, component)| component.texts("required"));
        Some(Body {
            kind,
            media: media.clone(),
            required,
            needs: needs.unwrap_or_default(),
            description: body.description.clone(),
        })
    }

    fn response(&self, notes: &mut Notes) -> Response {
        let place = format!("{}/responses", self.operation.place);
        let (mut schemas, mut empty, mut raw) = (Vec::new(), false, false);
        let responses = self.operation.responses.iter();
        for success in responses.filter(|response| response.code.starts_with('2')) {
            match &success.content {
                Some(content) if content.media == JSON => schemas.push(&content.schema),
                Some(_) => raw = true,
                None => empty = true,
            }
        }
        schemas.dedup_by_key(|schema| shape(schema));
        let ty = match schemas[..] {
            [] if raw => return Response::Streamed,
            [] => return Response::Empty,
            [one] => rust_type(one),
            _ => {
                notes.add(&place, "successes of several types: any JSON value");
                quote!(::serde_json::Value)
            }
        };
        if raw {
            notes.conflict(&place, "bytes beside JSON: not supported, decoded as JSON");
        }
        match empty {
            true => Response::JsonOrEmpty(ty),
            false => Response::Json(ty),
        }
    }
}

fn free_name(given: &str, kind: &str, taken: &BTreeSet<String>) -> String {
    let name = snake(given);
    let name = match taken.contains(&name) {
        true => format!("{}_{kind}", name.trim_end_matches('_')),
        false => name,
    };
    unused(&name, "_", |name| taken.contains(name))
}

/// The Rust type of a schema, as seen from beside the module `types`.
pub(crate) fn rust_type(schema: &Value) -> TokenStream {
    let ty = match (component_of(schema), schema.text("type")) {
        (Some(name), _) => {
            let name = format_ident!("{name}");
            quote!(types::#name)
        }
        (None, Some("string")) if schema["format"] == "date-time" => {
            quote!(::chrono::DateTime<::chrono::offset::Utc>)
        }
        (None, Some("string")) => quote!(::std::string::String),
        (None, Some("integer")) => quote!(i64),
        (None, Some("number")) => quote!(f64),
        (None, Some("boolean")) => quote!(bool),
        (None, Some("array")) => {
            let items = rust_type(&schema["items"]);
            quote!(::std::vec::Vec<#items>)
        }
        (None, Some("object")) if !schema.map("additionalProperties").is_empty() => {
            let values = rust_type(&schema["additionalProperties"]);
            quote!(::std::collections::BTreeMap<::std::string::String, #values>)
        }
        (None, Some("object")) => {
            quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)
        }
        _ => quote!(::serde_json::Value),
    };
    match schema["nullable"] == true {
        true => quote!(::std::option::Option<#ty>),
        false => ty,
    }
}
