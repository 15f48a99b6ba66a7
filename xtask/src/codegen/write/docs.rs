//! Documentation: a page for each operation from the description, and one attribute a line, so
//! that it is written as `///`.

use std::sync::LazyLock;

use regex::Regex;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, File, Lit, parse_quote};

use crate::codegen::calls::{Body, BodyKind, Call, Parameter};
use crate::codegen::model::Operation;
use crate::codegen::passes::markdown;

/// Where the API's reference describes an operation.
const REFERENCE: &str = "https://replicate.com/docs/reference/http#";

/// The JSON schema that typify folds into the documentation.
static SCHEMA: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?s)\\s*<details>.*?</details>").expect("it is valid"));

pub(super) fn page(call: &Call) -> String {
    let Operation {
        id, method, path, ..
    } = &call.operation;
    let mut parts = Vec::new();
    if let Some(summary) = &call.operation.summary {
        let summary = markdown(summary.trim_end_matches(['.', ',']));
        parts.push(format!("{summary}."));
    }
    if call.operation.deprecated {
        parts.push("Deprecated by the API.".to_string());
    }
    parts.extend(call.operation.description.as_deref().map(markdown));
    let reference = format!("[`{id}`]({REFERENCE}{id})");
    parts.push(format!("Sends `{method} {path}`; see {reference}."));
    let parameters = call
        .parameters
        .iter()
        .filter(|parameter| parameter.required);
    let mut required: Vec<String> = parameters.map(|p| format!("`{}`", p.field)).collect();
    if let Some(body) = call.body.as_ref().filter(|body| body.required) {
        required.extend(body.needs.iter().map(|name| format!("`body.{name}`")));
        if !matches!(body.kind, BodyKind::Typed(_)) {
            required.push("`body`".to_string());
        }
    }
    if !required.is_empty() {
        parts.push(format!("Required: {}.", required.join(", ")));
    }
    let responses = call.operation.responses.iter();
    let lines: Vec<String> = responses.map(|line| format!("`{line}`")).collect();
    parts.push(format!("Documented responses: {}.", lines.join(", ")));
    parts.join("\n\n")
}

pub(super) fn parameter(parameter: &Parameter) -> String {
    let text = parameter.description.as_deref().map(markdown);
    let text = text.unwrap_or_else(|| format!("Sets the parameter `{}`.", parameter.name));
    format!("{text}\n\n{}", needed(parameter.required))
}

pub(super) fn body(body: &Body) -> String {
    let text = match body.description.as_str() {
        "" => "Sets the body of the request.".to_string(),
        text => markdown(text),
    };
    let takes = match &body.kind {
        BodyKind::Typed(name) => {
            format!(" Takes a [`{name}`](types::{name}), its builder, or `json!({{…}})`.")
        }
        _ => String::new(),
    };
    format!("{text}\n\n{}{takes}", needed(body.required))
}

pub(super) fn needed(required: bool) -> &'static str {
    match required {
        true => "Required.",
        false => "Optional.",
    }
}

pub(super) fn split_lines(file: &mut File) {
    struct Split;
    impl VisitMut for Split {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
            let all = std::mem::take(attributes).into_iter();
            *attributes = all.flat_map(lines).collect();
        }
    }
    Split.visit_file_mut(file);
}

fn lines(attribute: Attribute) -> Vec<Attribute> {
    let Some(text) = text(&attribute) else {
        return vec![attribute];
    };
    let lines = text.trim().lines().map(|line| {
        let line = format!(" {line}");
        let line = line.trim_end();
        parse_quote!(#[doc = #line])
    });
    lines.collect()
}

/// The text of a doc attribute.
pub(super) fn text(attribute: &Attribute) -> Option<String> {
    let meta = attribute.meta.require_name_value().ok()?;
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if meta.path.is_ident("doc") => Some(SCHEMA.replace(&text.value(), "").into_owned()),
        _ => None,
    }
}
