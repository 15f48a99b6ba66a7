//! Documentation: a page for each operation from the description, and one attribute a line, so
//! that it is written as `///`.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, File, Lit, Meta, parse_quote};

use crate::codegen::calls::{Body, BodyKind, Call, Parameter};
use crate::codegen::model::Operation;
use crate::codegen::passes::markdown;

/// Where the API's reference describes an operation.
const REFERENCE: &str = "https://replicate.com/docs/reference/http#";

pub(super) fn page(call: &Call) -> String {
    let Operation {
        id, method, path, ..
    } = &call.operation;
    let mut page = String::new();
    if let Some(summary) = &call.operation.summary {
        page += &format!("{}.\n\n", markdown(summary.trim_end_matches(['.', ','])));
    }
    if call.operation.deprecated {
        page += "Deprecated by the API.\n\n";
    }
    if let Some(description) = &call.operation.description {
        page += &format!("{}\n\n", markdown(description));
    }
    page += &format!("Sends `{method} {path}`; see [`{id}`]({REFERENCE}{id}).");
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
        page += &format!("\n\nRequired: {}.", required.join(", "));
    }
    if !call.responses.is_empty() {
        let lines: Vec<String> = call
            .responses
            .iter()
            .map(|line| format!("`{line}`"))
            .collect();
        page += &format!("\n\nDocumented responses: {}.", lines.join(", "));
    }
    page
}

pub(super) fn parameter(parameter: &Parameter) -> String {
    let text = parameter.description.as_deref().map(markdown);
    let text = text.unwrap_or_else(|| format!("Sets the parameter `{}`.", parameter.name));
    format!("{text}\n\n{}", needed(parameter.required))
}

pub(super) fn body(body: &Body) -> String {
    let text = body.description.as_deref().map(markdown);
    let text = text.unwrap_or_else(|| "Sets the body of the request.".to_string());
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
            *attributes = std::mem::take(attributes)
                .into_iter()
                .flat_map(lines)
                .collect();
        }
    }
    Split.visit_file_mut(file);
}

pub(super) fn lines(attribute: Attribute) -> Vec<Attribute> {
    let Some(text) = text(&attribute) else {
        return vec![attribute];
    };
    text.trim()
        .lines()
        .map(|line| {
            let line = line.trim_end();
            let line = match line.is_empty() {
                true => String::new(),
                false => format!(" {line}"),
            };
            parse_quote!(#[doc = #line])
        })
        .collect()
}

/// The text of a doc attribute, without the JSON schema that typify folds into it.
pub(super) fn text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &meta.value
    else {
        return None;
    };
    let text = text.value();
    let text = match (text.find("<details>"), text.find("</details>")) {
        (Some(start), Some(end)) if start < end => {
            let rest = &text[end + "</details>".len()..];
            format!("{}{rest}", text[..start].trim_end())
        }
        _ => text,
    };
    meta.path.is_ident("doc").then_some(text)
}
