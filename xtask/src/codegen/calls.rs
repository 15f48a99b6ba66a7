//! What each operation takes, sends and returns, as the generated code has it.

mod parameters;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::Notes;
use super::json::Json;
use super::model::{Content, Operation};
use super::passes::Lowered;
use super::read::{FORM, JSON, MULTIPART, TEXT, is_json};
use super::schemas::{component_of, shape};

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

/// Returns the calls, sorted by the operations' names.
pub(crate) fn collect(lowered: &Lowered, notes: &mut Notes) -> Vec<Call> {
    let operations = lowered.model.operations.iter();
    let mut calls: Vec<Call> = operations
        .map(|operation| {
            let reader = Reader { operation, lowered };
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
    lowered: &'a Lowered,
}

impl Reader<'_> {
    fn body(&self, notes: &mut Notes) -> Option<Body> {
        let body = self.operation.body.as_ref()?;
        let place = format!("{}/requestBody", self.operation.place);
        let Content { media, schema, .. } = &body.content;
        let component = component_of(schema).and_then(|name| {
            let component = self.lowered.model.schemas.get(name)?;
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
        if !body.required && media != JSON {
            let what = "an optional body is supported for JSON alone: required";
            notes.conflict(&place, what);
        }
        let needs = component.map(|(_, component)| component.texts("required"));
        Some(Body {
            kind,
            media: media.clone(),
            required: body.required,
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
