//! Enums of strings, each one call of `crate::open_enum!`, and unions with a tag.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::Ident;
use quote::format_ident;
use syn::{File, Item};

use crate::codegen::passes::{Lowered, OpenEnum, Tagged, markdown};

pub(super) fn items(lowered: &Lowered) -> Vec<Item> {
    let enums = lowered.enums.keys().flat_map(|name| placeholder(name));
    enums
        .chain(
            lowered
                .unions
                .iter()
                .flat_map(|(name, union)| tagged(name, union)),
        )
        .collect()
}

/// Stands for the call of the macro, into which the formatter of the code does not look.
fn placeholder(name: &str) -> Vec<Item> {
    let name = format_ident!("{name}");
    let file: File = syn::parse_quote!(crate::open_enum! { #name });
    file.items
}

/// Puts the enums in the place of their placeholders.
pub(super) fn fill(code: &str, enums: &BTreeMap<String, OpenEnum>) -> String {
    const START: &str = "    crate::open_enum! {\n        ";
    const END: &str = "\n    }\n";
    let mut pieces = code.split(START);
    let mut filled = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        match piece.split_once(END) {
            Some((name, rest)) if enums.contains_key(name) => {
                filled += &text(name, &enums[name]);
                filled += rest;
            }
            _ => filled.extend([START, piece]),
        }
    }
    filled
}

fn text(name: &str, open: &OpenEnum) -> String {
    let doc = open
        .description
        .as_deref()
        .map(markdown)
        .unwrap_or_else(|| {
            let list: Vec<String> = open
                .values
                .iter()
                .map(|value| format!("`{value}`"))
                .collect();
            format!("One of: {}.", list.join(", "))
        });
    let mut text = "    crate::open_enum! {\n".to_string();
    for line in doc.lines() {
        text += format!("        /// {line}").trim_end();
        text += "\n";
    }
    text += &format!("        pub enum {name} {{\n");
    for (variant, value) in variants(&open.values).iter().zip(&open.values) {
        text += &format!("            {variant} = {value:?},\n");
    }
    text += "        }\n    }\n";
    if !open.terminal.is_empty() {
        text += &is_terminal(name, open);
    }
    text
}

fn is_terminal(name: &str, open: &OpenEnum) -> String {
    let OpenEnum { terminal, .. } = open;
    let values: Vec<String> = terminal.iter().map(|value| format!("{value:?}")).collect();
    format!(
        "    impl {name} {{
        /// Whether this value is terminal: nothing changes after it. An unknown value is not.
        pub fn is_terminal(&self) -> bool {{
            matches!(self.as_str(), {})
        }}
    }}
",
        values.join(" | ")
    )
}

fn tagged(name: &str, union: &Tagged) -> Vec<Item> {
    let Tagged { tag, .. } = union;
    let name = format_ident!("{name}");
    let values: Vec<String> = union
        .variants
        .iter()
        .map(|(value, _)| value.clone())
        .collect();
    let variants = variants(&values);
    let types = union
        .variants
        .iter()
        .map(|(_, name)| format_ident!("{name}"));
    let doc = union.description.as_deref().map(markdown);
    let doc = doc.unwrap_or_else(|| format!("One of several types; `{tag}` is the tag."));
    let file: File = syn::parse_quote! {
        #[doc = #doc]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(tag = #tag)]
        pub enum #name {
            #(
                #[serde(rename = #values)]
                #variants(#types),
            )*
            /// A value of a type that is not in the API's description.
            #[serde(untagged)]
            Unknown(::serde_json::Value),
        }
        impl crate::field::FromJson for #name {}
    };
    file.items
}

/// A variant for each value, whatever characters it has.
pub(crate) fn variants(values: &[String]) -> Vec<Ident> {
    let mut names: Vec<String> = vec!["Unknown".into(), "Self".into()];
    let mut variants = Vec::new();
    for value in values {
        let ascii: String = value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
            .collect();
        let mut name = ascii.to_upper_camel_case();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name = format!("Value{name}");
        }
        let mut number = 1;
        let base = name.clone();
        while names.contains(&name) {
            number += 1;
            name = format!("{base}{number}");
        }
        variants.push(format_ident!("{name}"));
        names.push(name);
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_variant_of_its_own() {
        let values = [
            "starting", "gpu-t4", "gpu_t4", "4k", "", "unknown", "self", "é",
        ];
        let values: Vec<String> = values.into_iter().map(String::from).collect();
        let names: Vec<String> = variants(&values).iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            [
                "Starting", "GpuT4", "GpuT42", "Value4k", "Value", "Unknown2", "Self2", "Value2"
            ]
        );
    }
}
