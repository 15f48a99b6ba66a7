//! What each operation takes, sends and returns, as the generated code has it.

mod parameters;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::Notes;
use super::operations::Operation;
use super::passes::bodies::{FORM, JSON, MULTIPART, TEXT, is_json};
use super::passes::{Lowered, OpenEnum};
use super::schemas;

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    /// The group in which it is documented.
    pub(crate) group: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) idempotent: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) response: Response,
    /// The documented responses, such as `201 Prediction`.
    pub(crate) responses: Vec<String>,
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
    pub(crate) description: Option<String>,
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

/// Returns the calls, sorted by the operations' names.
pub(crate) fn collect(lowered: &Lowered, notes: &mut Notes) -> Vec<Call> {
    let mut calls: Vec<Call> = lowered
        .operations
        .iter()
        .map(|operation| {
            let described = operation.described(&lowered.document);
            let document = &lowered.document;
            Reader {
                operation,
                described,
                document,
                enums: &lowered.enums,
            }
            .call(notes)
        })
        .collect();
    calls.sort_by(|a, b| a.operation.name.cmp(&b.operation.name));
    calls
}

struct Reader<'a> {
    operation: &'a Operation,
    described: &'a Value,
    document: &'a Value,
    enums: &'a BTreeMap<String, OpenEnum>,
}

impl Reader<'_> {
    fn call(&self, notes: &mut Notes) -> Call {
        let text = |key: &str| {
            let text = self.described[key].as_str().map(str::trim);
            text.filter(|text| !text.is_empty()).map(String::from)
        };
        let Operation {
            id, method, place, ..
        } = self.operation;
        let safe = ["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"].contains(&method.as_str());
        if let Some(wrong) = self.described.get("x-idempotent") {
            let wrong = super::passes::extensions::mistake("x-idempotent", wrong);
            if let Some(wrong) = wrong {
                notes.refuse(place, wrong);
            }
        }
        let tag = self.described["tags"][0].as_str();
        let group = tag.or(id.split('.').next()).unwrap_or_default();
        let (response, responses) = self.response(notes);
        Call {
            operation: self.operation.clone(),
            group: group.to_string(),
            summary: text("summary"),
            description: text("description"),
            deprecated: self.described["deprecated"] == true,
            idempotent: safe || method == "DELETE" || self.described["x-idempotent"] == true,
            parameters: self.parameters(notes),
            body: self.body(notes),
            response,
            responses,
        }
    }

    fn body(&self, notes: &mut Notes) -> Option<Body> {
        let body = self.described.get("requestBody")?;
        let place = format!("{}/requestBody", self.operation.place);
        let (media, content) = body["content"].as_object()?.iter().next()?;
        let schema = &content["schema"];
        let typed = schemas::target_of(schema).filter(|name| {
            let component = &self.document["components"]["schemas"][name];
            component["properties"].is_object()
        });
        let kind = match (media.as_str(), typed) {
            (FORM, None) => {
                notes.refuse(&place, "a form that is not an object");
                return None;
            }
            (MULTIPART, _) => BodyKind::Multipart,
            (TEXT, _) => BodyKind::Text,
            (media, _) if media != FORM && !is_json(media) => BodyKind::Bytes,
            (_, Some(name)) => BodyKind::Typed(name.to_string()),
            (_, None) => BodyKind::Value(rust_type(schema)),
        };
        let required = body["required"] == true;
        if !required && media != JSON {
            let what = "an optional body is supported for JSON alone: required";
            notes.conflict(&place, what);
        }
        let component = &self.document["components"]["schemas"][typed.unwrap_or_default()];
        let needs = component["required"].as_array().into_iter().flatten();
        let needs = needs.filter_map(|name| name.as_str().map(String::from));
        let mut needs: Vec<String> = needs.collect();
        needs.sort();
        let description = body["description"].as_str().filter(|text| !text.is_empty());
        Some(Body {
            kind,
            media: media.clone(),
            required,
            needs,
            description: description.map(String::from),
        })
    }

    fn response(&self, notes: &mut Notes) -> (Response, Vec<String>) {
        let place = format!("{}/responses", self.operation.place);
        let responses = self.described["responses"].as_object();
        let mut lines = Vec::new();
        let mut schemas: Vec<&Value> = Vec::new();
        let (mut empty, mut raw) = (false, false);
        for (code, response) in responses.into_iter().flatten() {
            let content = response["content"]
                .as_object()
                .and_then(|content| content.iter().next());
            lines.push(line(code, content));
            if !code.starts_with('2') {
                continue;
            }
            match content {
                Some((media, body)) if media == JSON => {
                    schemas.push(&body["schema"]);
                }
                Some(_) => raw = true,
                None => empty = true,
            }
        }
        lines.sort();
        let Some(first) = schemas.first() else {
            let response = if raw {
                Response::Streamed
            } else {
                Response::Empty
            };
            return (response, lines);
        };
        let mut ty = rust_type(first);
        if schemas
            .iter()
            .any(|other| schemas::shape(other) != schemas::shape(first))
        {
            notes.add(&place, "successes of several types: any JSON value");
            ty = quote!(::serde_json::Value);
        }
        if raw {
            notes.conflict(&place, "bytes beside JSON: not supported, decoded as JSON");
        }
        match empty {
            true => (Response::JsonOrEmpty(ty), lines),
            false => (Response::Json(ty), lines),
        }
    }
}

/// `201 Prediction`, `200 [Hardware]`, `200 text/plain`, `404`.
fn line(code: &str, content: Option<(&String, &Value)>) -> String {
    let Some((media, body)) = content.filter(|_| code.starts_with('2')) else {
        return code.to_string();
    };
    let schema = &body["schema"];
    match (
        schemas::target_of(schema),
        schemas::target_of(&schema["items"]),
    ) {
        (Some(name), _) => format!("{code} {name}"),
        (None, Some(name)) => format!("{code} [{name}]"),
        (None, None) => format!("{code} {media}"),
    }
}

/// The Rust type of a schema, as seen from beside the module `types`.
pub(crate) fn rust_type(schema: &Value) -> TokenStream {
    let inner = schema.pointer("/allOf/0").unwrap_or(schema);
    let ty = match (schemas::component_of(inner), inner["type"].as_str()) {
        (Some(name), _) => {
            let name = format_ident!("{name}");
            quote!(types::#name)
        }
        (None, Some("string")) => match inner["format"].as_str() {
            Some("date-time") => quote!(::chrono::DateTime<::chrono::offset::Utc>),
            _ => quote!(::std::string::String),
        },
        (None, Some("integer")) => quote!(i64),
        (None, Some("number")) => quote!(f64),
        (None, Some("boolean")) => quote!(bool),
        (None, Some("array")) => {
            let items = rust_type(&inner["items"]);
            quote!(::std::vec::Vec<#items>)
        }
        (None, Some("object")) => match inner["additionalProperties"].as_object() {
            Some(map) if !map.is_empty() => {
                let values = rust_type(&inner["additionalProperties"]);
                quote!(::std::collections::BTreeMap<::std::string::String, #values>)
            }
            _ => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        },
        _ => quote!(::serde_json::Value),
    };
    match schema["nullable"] == true {
        true => quote!(::std::option::Option<#ty>),
        false => ty,
    }
}
