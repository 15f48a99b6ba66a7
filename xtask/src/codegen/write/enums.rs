//! Enums of strings, each one call of `crate::open_enum!`, and unions with a tag.

use heck::ToUpperCamelCase;
use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::{File, Item};

use crate::codegen::idents::unused;
use crate::codegen::model::{Model, OpenEnum, Tagged};
use crate::codegen::passes::markdown;

pub(super) fn items(model: &Model) -> Vec<Item> {
    let enums = model.enums.iter();
    let unions = model.unions.iter();
    enums
        .flat_map(|(name, open)| open_enum(name, open))
        .chain(unions.flat_map(|(name, union)| tagged(name, union)))
        .collect()
}

/// The call of the macro as a module, since the formatter does not look into calls of macros.
fn open_enum(name: &str, open: &OpenEnum) -> Vec<Item> {
    let name = format_ident!("{name}");
    let doc = open.description.as_deref().map(markdown);
    let doc = doc.unwrap_or_else(|| {
        let values = open.values.iter().map(|value| format!("`{value}`"));
        format!("One of: {}.", values.collect::<Vec<_>>().join(", "))
    });
    let (variants, values) = (variants(&open.values), &open.values);
    let terminal = open.terminal.iter();
    let is_terminal = (!open.terminal.is_empty()).then(|| {
        quote! {
            impl #name {
                /// Whether this value is terminal: nothing changes after it. An unknown value is not.
                pub fn is_terminal(&self) -> bool {
                    matches!(self.as_str(), #(#terminal)|*)
                }
            }
        }
    });
    let file: File = syn::parse_quote! {
        mod open_enum {
            #[doc = #doc]
            pub enum #name {
                #(#variants = #values,)*
            }
        }
        #is_terminal
    };
    file.items
}

/// Turns the modules into calls of the macro.
pub(super) fn calls_of_macro(code: &str) -> String {
    code.replace("    mod open_enum {\n", "    crate::open_enum! {\n")
}

fn tagged(name: &str, union: &Tagged) -> Vec<Item> {
    let Tagged { tag, .. } = union;
    let name = format_ident!("{name}");
    let (values, types): (Vec<String>, Vec<String>) = union.variants.iter().cloned().unzip();
    let types = types.iter().map(|name| format_ident!("{name}"));
    let variants = variants(&values);
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

/// A variant for each value; any characters are allowed in it.
pub(crate) fn variants(values: &[String]) -> Vec<Ident> {
    let mut names: Vec<String> = vec!["Unknown".into(), "Self".into()];
    for value in values {
        let plain = value.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
        let mut name = plain.to_upper_camel_case();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name = format!("Value{name}");
        }
        names.push(unused(&name, "", |name| {
            names.iter().any(|other| other == name)
        }));
    }
    names[2..]
        .iter()
        .map(|name| format_ident!("{name}"))
        .collect()
}
