//! The parameters of an operation: where they are sent, and their types.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Value, json};

use super::{Location, Parameter, Reader, rust_type};
use crate::codegen::document::Notes;
use crate::codegen::idents::{snake, unused};
use crate::codegen::schemas;

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
        let place = &self.operation.place;
        let parts = parts(&self.operation.path);
        let mut list = self.described["parameters"].as_array().cloned();
        let list = list.get_or_insert_default();
        for part in &parts {
            if !list.iter().any(|p| p["in"] == "path" && p["name"] == *part) {
                let what = format_args!("{{{part}}} of the path is not described: a string");
                notes.conflict(place, what);
                list.push(json!({ "name": part, "in": "path" }));
            }
        }
        for (index, parameter) in list.iter().enumerate() {
            let place = format!("{place}/parameters/{index}");
            let name = parameter["name"].as_str().unwrap_or_default();
            let Some((location, ty)) = self.location(parameter, &place, notes) else {
                continue;
            };
            let same = |other: &Parameter| other.name == name && other.location == location;
            if found.iter().any(same) {
                notes.conflict(&place, "described twice: left out");
                continue;
            }
            if location == Location::Path && !parts.contains(&name) {
                notes.refuse(&place, format_args!("the path has no part {{{name}}}"));
            }
            let kind = parameter["in"].as_str().unwrap_or_default();
            let field = free_name(name, kind, &taken);
            taken.insert(field.clone());
            found.push(Parameter {
                name: name.to_string(),
                field,
                location,
                required: location == Location::Path || parameter["required"] == true,
                deprecated: parameter["deprecated"] == true,
                ty,
                description: parameter["description"].as_str().map(String::from),
            });
        }
        found
    }

    /// Where a parameter is sent, and its type.
    fn location(
        &self,
        parameter: &Value,
        place: &str,
        notes: &mut Notes,
    ) -> Option<(Location, TokenStream)> {
        let name = parameter["name"].as_str().unwrap_or_default();
        let kind = parameter["in"].as_str().unwrap_or_default();
        let style = parameter["style"].as_str();
        let (location, plain_style) = match kind {
            "path" => (Location::Path, "simple"),
            "query" => (Location::Query, "form"),
            "header" => (Location::Header, "simple"),
            _ => {
                notes.refuse(
                    place,
                    format_args!("{kind} parameter {name:?} is not supported"),
                );
                return None;
            }
        };
        if location == Location::Header && TRANSPORT.contains(&&*name.to_ascii_lowercase()) {
            notes.add(
                place,
                format_args!("header {name:?} is the transport's: left out"),
            );
            return None;
        }
        let is_header = reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok();
        if location == Location::Header && !is_header {
            notes.refuse(place, format_args!("{name:?} is not a valid header name"));
        }
        let text = json!({ "type": "string" });
        let schema = parameter.get("schema").unwrap_or(&text);
        let Some((ty, list)) = self.scalar(schema, location) else {
            notes.refuse(
                place,
                format_args!("{kind} parameter {name:?} is not a plain value"),
            );
            return None;
        };
        if parameter.get("content").is_some() || style.is_some_and(|style| style != plain_style) {
            notes.refuse(
                place,
                format_args!("the style of {kind} parameter {name:?} is not supported"),
            );
        }
        match list && parameter["explode"] == false {
            true => Some((Location::QueryJoined, ty)),
            false => Some((location, ty)),
        }
    }

    /// The type of a value that fits into a URL or a header, and whether it is a list.
    fn scalar(&self, schema: &Value, location: Location) -> Option<(TokenStream, bool)> {
        let target = schema.pointer("/allOf/0").unwrap_or(schema);
        let name = schemas::component_of(target);
        let resolved = match name {
            Some(name) => &self.document["components"]["schemas"][name],
            None => target,
        };
        let query = location == Location::Query;
        let ty = match resolved["type"].as_str()? {
            // Only in a query does an instant keep its RFC 3339 form.
            "string" if resolved["format"] == "date-time" && query => rust_type(resolved),
            "string" => match name.filter(|name| self.enums.contains_key(*name)) {
                Some(_) => rust_type(target),
                None => quote!(::std::string::String),
            },
            "integer" | "number" | "boolean" => {
                let plain = json!({ "type": resolved["type"] });
                rust_type(&plain)
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

/// The parts of a path in braces.
fn parts(path: &str) -> Vec<&str> {
    let pieces = path.split('{').skip(1);
    pieces
        .filter_map(|piece| piece.split_once('}'))
        .map(|(part, _)| part)
        .collect()
}

fn free_name(given: &str, kind: &str, taken: &BTreeSet<String>) -> String {
    let name = snake(given);
    let name = match taken.contains(&name) {
        true => format!("{}_{kind}", name.trim_end_matches('_')),
        false => name,
    };
    unused(&name, "_", |name| taken.contains(name))
}
