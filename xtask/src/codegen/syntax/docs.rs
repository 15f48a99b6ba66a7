//! Documentation: a page for each operation from the description, and one attribute a line, so
//! that it is written as `///`.

use std::collections::BTreeMap;

use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, File, ImplItem, Item, Lit, Meta, parse_quote};

use super::{module, type_name};
use crate::codegen::idents::snake;
use crate::codegen::operations::Operation;
use crate::codegen::passes::Lowered;
use crate::codegen::passes::methods::described;

/// Where the API's reference describes an operation.
const REFERENCE: &str = "https://replicate.com/docs/reference/http#";

pub(super) fn operations(file: &mut File, lowered: &Lowered) {
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            let name = method.sig.ident.to_string();
            if let Some(operation) = lowered.operations.iter().find(|o| o.name == name) {
                replace(&mut method.attrs, &page(operation, lowered));
            }
        }
    }
    let fields = field_docs(file);
    if let Some(items) = module(&mut file.items, &["builder"]) {
        for item in items {
            document_call(item, lowered);
        }
    }
    if let Some(items) = module(&mut file.items, &["types", "builder"]) {
        for item in items {
            document_type_builder(item, &fields);
        }
    }
}

fn page(operation: &Operation, lowered: &Lowered) -> String {
    let text = |key: &str| {
        described(operation, &lowered.document)
            .and_then(|described| described.get(key))
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let mut page = String::new();
    if let Some(summary) = text("summary") {
        page += &format!("{}.\n\n", summary.trim_end_matches(['.', ',']));
    }
    if let Some(description) = text("description") {
        page += &format!("{description}\n\n");
    }
    let Operation {
        id, method, path, ..
    } = operation;
    page += &format!("Sends `{method} {path}`; see [`{id}`]({REFERENCE}{id}).");
    let responses = lowered
        .responses
        .iter()
        .find(|(owner, _)| *owner == operation.name);
    if let Some((_, lines)) = responses {
        let lines: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
        page += &format!("\n\nDescribed answers: {}.", lines.join(", "));
    }
    page
}

/// The builder of a call: what it is for, and each of its parameters.
fn document_call(item: &mut Item, lowered: &Lowered) {
    let find = |builder: &str| lowered.operations.iter().find(|o| o.builder() == builder);
    match item {
        Item::Struct(item) => {
            if let Some(operation) = find(&item.ident.to_string()) {
                let name = &operation.name;
                let link = format!("[`Client::{name}`](super::Client::{name})");
                let text = format!("A call of {link}, to be completed and sent.");
                replace(&mut item.attrs, &text);
            }
        }
        Item::Impl(block) => {
            let owner = type_name(&block.self_ty)
                .map(ToString::to_string)
                .unwrap_or_default();
            let Some(operation) = find(&owner) else {
                return;
            };
            let parameters = described(operation, &lowered.document)
                .and_then(|described| described.get("parameters"))
                .and_then(Value::as_array);
            for item in &mut block.items {
                let ImplItem::Fn(method) = item else { continue };
                let name = method.sig.ident.to_string();
                let parameter = parameters.into_iter().flatten().find(|parameter| {
                    let own = parameter["name"].as_str().unwrap_or_default();
                    snake(own) == name
                });
                let text = parameter.and_then(|parameter| parameter["description"].as_str());
                let text = text.map(String::from).or_else(|| fixed(&name, operation));
                if let Some(text) = text {
                    replace(&mut method.attrs, text.trim());
                }
            }
        }
        _ => {}
    }
}

fn fixed(method: &str, operation: &Operation) -> Option<String> {
    let text = match method {
        "new" => "A call with nothing set yet.".to_string(),
        "body" => "The whole body of the request.".to_string(),
        "body_map" => "Fills in the body, starting from what is set so far.".to_string(),
        "send" => format!("Sends `{} {}`.", operation.method, operation.path),
        _ => return None,
    };
    Some(text)
}

type FieldDocs = BTreeMap<(String, String), Vec<Attribute>>;

fn field_docs(file: &mut File) -> FieldDocs {
    let mut docs = FieldDocs::new();
    for item in module(&mut file.items, &["types"]).into_iter().flatten() {
        let Item::Struct(item) = item else { continue };
        for field in &item.fields {
            let Some(name) = &field.ident else { continue };
            let own = field
                .attrs
                .iter()
                .filter(|a| a.path().is_ident("doc"))
                .cloned()
                .collect();
            docs.insert((item.ident.to_string(), name.to_string()), own);
        }
    }
    docs
}

/// The setters of a body's builder say what the fields say.
fn document_type_builder(item: &mut Item, fields: &FieldDocs) {
    match item {
        Item::Struct(item) => {
            let name = &item.ident;
            let text = format!("Builds a [`{name}`](super::{name}).");
            replace(&mut item.attrs, &text);
        }
        Item::Impl(block) => {
            let owner = type_name(&block.self_ty)
                .map(ToString::to_string)
                .unwrap_or_default();
            for item in &mut block.items {
                let ImplItem::Fn(method) = item else { continue };
                if let Some(docs) = fields.get(&(owner.clone(), method.sig.ident.to_string())) {
                    method.attrs.extend(docs.iter().cloned());
                }
            }
        }
        _ => {}
    }
}

fn replace(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    attributes.insert(0, parse_quote!(#[doc = #text]));
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

fn lines(attribute: Attribute) -> Vec<Attribute> {
    let Some(text) = doc_text(&attribute) else {
        return vec![attribute];
    };
    let text = without_schema(&text);
    text.trim()
        .lines()
        .map(|line| {
            let line = line.trim_end();
            let line = if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            };
            parse_quote!(#[doc = #line])
        })
        .collect()
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The generator folds a copy of the JSON schema into each type's documentation.
fn without_schema(text: &str) -> String {
    match (text.find("<details>"), text.find("</details>")) {
        (Some(start), Some(end)) if start < end => {
            format!(
                "{}{}",
                text[..start].trim_end(),
                &text[end + "</details>".len()..]
            )
        }
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_becomes_an_attribute_for_each() {
        let text = "First.\n\n    indented  \nlast<details><summary>x</summary>y</details>";
        let mut file: File = syn::parse_quote! { #[doc = #text] pub struct A; };
        split_lines(&mut file);
        let expected: File = syn::parse_quote! {
            #[doc = " First."]
            #[doc = ""]
            #[doc = "     indented"]
            #[doc = " last"]
            pub struct A;
        };
        assert_eq!(file, expected);
    }
}
