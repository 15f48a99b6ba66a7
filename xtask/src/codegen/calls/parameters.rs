//! The parameters of an operation: where they are sent, and their types.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Value, json};

use super::{Location, Parameter, Reader, rust_type};
use crate::codegen::document::Notes;
use crate::codegen::idents::{snake, unused};
use crate::codegen::json::Json;
use crate::codegen::model::{self, Operation};
use crate::codegen::schemas::component_of;

/// Names that each builder uses for something else.
const RESERVED: &[&str] = &[
    "body",
    "body_map",
    "client",
    "new",
    "options",
    "send",
    "with_header",
    "with_options",
    "with_retry_policy",
    "with_timeout",
    "with_token",
];

/// Headers that are the transport's.
const TRANSPORT: &[&str] = &["accept", "authorization", "content-type"];

impl Reader<'_> {
    pub(super) fn parameters(&self, notes: &mut Notes) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        let mut taken: BTreeSet<String> = RESERVED.iter().map(ToString::to_string).collect();
        let Operation { path, place, .. } = self.operation;
        let mut parts: Vec<&str> = path.split('{').skip(1).collect();
        parts
            .iter_mut()
            .for_each(|part| *part = part.split('}').next().unwrap_or(part));
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
                notes.refuse(
                    place,
                    format_args!("{{{part}}} of the path is not described"),
                );
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
            refuse(format!(
                "the style of {kind} parameter {name:?} is not supported"
            ));
        }
        match list && given["explode"] == false {
            true => Some((Location::QueryJoined, ty)),
            false => Some((location, ty)),
        }
    }

    /// The type of a value that fits into a URL or a header, and whether it is a list.
    fn scalar(&self, schema: &Value, location: Location) -> Option<(TokenStream, bool)> {
        let name = component_of(schema);
        let resolved = name.and_then(|name| self.lowered.model.schemas.get(name));
        let resolved = resolved.unwrap_or(schema);
        let query = location == Location::Query;
        let ty = match resolved.text("type")? {
            // Only in a query does an instant keep its RFC 3339 form.
            "string" if resolved["format"] == "date-time" && query => rust_type(resolved),
            "string" if name.is_some_and(|name| self.lowered.enums.contains_key(name)) => {
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
}

fn free_name(given: &str, kind: &str, taken: &BTreeSet<String>) -> String {
    let name = snake(given);
    let name = match taken.contains(&name) {
        true => format!("{}_{kind}", name.trim_end_matches('_')),
        false => name,
    };
    unused(&name, "_", |name| taken.contains(name))
}
