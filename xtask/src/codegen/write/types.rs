//! Fields and attributes of the generated types.

use quote::{ToTokens, quote};
use syn::{Field as Member, Item, parse_quote};

use crate::codegen::extensions::SECRET;
use crate::codegen::model::{Field, Model};

pub(super) fn adapt(items: &mut Vec<Item>, model: &Model) {
    // What is written by hand or by us, typify writes all the same where nothing refers to it.
    let ours = |name: &dyn ToTokens| {
        let name = name.to_token_stream().to_string();
        name == SECRET || model.enums.contains_key(&name) || model.unions.contains_key(&name)
    };
    items.retain(|item| match item {
        Item::Struct(item) => !ours(&item.ident),
        Item::Enum(item) => !ours(&item.ident),
        Item::Impl(block) => !ours(&block.self_ty),
        _ => true,
    });
    for item in items {
        let attributes = match item {
            Item::Struct(item) => {
                for field in &mut item.fields {
                    adapt_field(field, &item.ident.to_string(), model);
                }
                // Adding a field is not a breaking change.
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

/// Writes how an optional field is decoded; returns nothing where typify is right.
fn adapt_field(field: &mut Member, owner: &str, model: &Model) -> Option<()> {
    let ident = field.ident.as_ref()?.to_string();
    let (kind, json) = model.field(owner, &ident)?;
    let ty = field.ty.to_token_stream().to_string().replace(' ', "");
    let inner = ty
        .strip_prefix("::std::option::Option<")?
        .strip_suffix('>')?;
    let inner_type: syn::Type = syn::parse_str(inner).ok()?;
    let serde = match kind {
        Field::Plain => {
            let empty = format!("{}::is_empty", inner.split('<').next()?);
            field.ty = inner_type;
            quote! {
                default,
                deserialize_with = "crate::field::null_as_empty",
                skip_serializing_if = #empty
            }
        }
        Field::Nullable => {
            field.ty = parse_quote!(crate::Nullable<#inner_type>);
            quote!(default, skip_serializing_if = "crate::Nullable::is_absent")
        }
        _ if inner.starts_with("::chrono::DateTime<") => quote! {
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        },
        _ => return None,
    };
    let rename = (*json != ident).then(|| quote!(rename = #json,));
    field
        .attrs
        .retain(|attribute| !attribute.path().is_ident("serde"));
    field.attrs.push(parse_quote!(#[serde(#rename #serde)]));
    Some(())
}
