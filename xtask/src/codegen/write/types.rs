//! Fields and attributes of the generated types.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Field as Member, GenericArgument, Item, PathArguments, Type, parse_quote};

use crate::codegen::extensions::SECRET;
use crate::codegen::passes::{Field, Lowered};

pub(super) fn adapt(items: &mut Vec<Item>, lowered: &Lowered) {
    // What is written by hand or by us, typify writes all the same where nothing refers to it.
    let ours = lowered.enums.keys().chain(lowered.unions.keys());
    let ours: BTreeSet<&str> = ours.map(String::as_str).chain([SECRET]).collect();
    items.retain(|item| match item {
        Item::Struct(item) => !ours.contains(&*item.ident.to_string()),
        Item::Enum(item) => !ours.contains(&*item.ident.to_string()),
        Item::Impl(block) => !type_name(&block.self_ty).is_some_and(|name| ours.contains(&*name)),
        _ => true,
    });
    for item in items.iter_mut() {
        let attributes = match item {
            Item::Struct(item) => {
                for field in &mut item.fields {
                    let Some(ident) = &field.ident else { continue };
                    let key = (item.ident.to_string(), ident.to_string());
                    adapt_field(field, lowered.fields.get(&key).copied());
                }
                // A field more is no new major version.
                if item.fields.iter().all(|field| field.ident.is_some()) {
                    item.attrs.push(parse_quote!(#[non_exhaustive]));
                }
                &mut item.attrs
            }
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        attributes.push(parse_quote! {
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        });
    }
}

fn adapt_field(field: &mut Member, kind: Option<Field>) {
    let Some(inner) = argument_of(&field.ty, "Option") else {
        return;
    };
    let rename = rename(&field.attrs).map(|name| quote!(rename = #name,));
    let serde: TokenStream = match kind {
        Some(Field::Plain) => {
            let empty = format!("{}::is_empty", path(&inner));
            field.ty = inner;
            quote! {
                default,
                deserialize_with = "crate::field::null_as_empty",
                skip_serializing_if = #empty
            }
        }
        Some(Field::Nullable) => {
            field.ty = parse_quote!(crate::Nullable<#inner>);
            quote!(default, skip_serializing_if = "crate::Nullable::is_absent")
        }
        _ if type_name(&inner).is_some_and(|name| name == "DateTime") => quote! {
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        },
        _ => return,
    };
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    field.attrs.push(parse_quote!(#[serde(#rename #serde)]));
}

/// The name in JSON, where it is not the field's.
pub(super) fn rename(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let text: syn::Lit = value.parse()?;
                if let (true, syn::Lit::Str(text)) = (meta.path.is_ident("rename"), text) {
                    name = Some(text.value());
                }
            }
            Ok(())
        });
    }
    name
}

/// `T` of `Option<T>`.
fn argument_of(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let argument = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    argument.filter(|_| last.ident == name)
}

/// `::std::vec::Vec` of `::std::vec::Vec<T>`.
fn path(ty: &Type) -> String {
    let Type::Path(path) = ty else {
        return String::new();
    };
    let names = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    let names: Vec<String> = names.collect();
    format!("::{}", names.join("::"))
}

/// The last name of a path, as `Account` of `builder::Account`.
pub(super) fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}
