//! Builders for the types that requests are made of. `crate::field` says what their setters take.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Fields, File, Item, ItemStruct, parse_quote};

use super::{docs, setter, types};
use crate::codegen::passes::{Field, Lowered};

/// The module of builders, and what makes each type settable from JSON or from its builder.
pub(super) fn items(types: &[Item], lowered: &Lowered) -> Vec<Item> {
    let sent = lowered.model.sent();
    let enums = lowered.enums.keys().cloned();
    let generated: BTreeSet<String> = types.iter().filter_map(name_of).chain(enums).collect();
    let structs: Vec<&ItemStruct> = types
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) if sent.contains(&item.ident.to_string()) => Some(item),
            _ => None,
        })
        .collect();
    let (built, other): (Vec<&ItemStruct>, Vec<&ItemStruct>) = structs
        .into_iter()
        .partition(|item| matches!(item.fields, Fields::Named(_)));
    let constructors = built.iter().map(|item| {
        let name = &item.ident;
        quote! {
            impl #name {
                /// Returns a builder with nothing set.
                pub fn builder() -> builder::#name {
                    ::std::default::Default::default()
                }
            }
            crate::field::request_type!(#name, builder::#name);
        }
    });
    let other = other.iter().map(|item| {
        let name = &item.ident;
        quote!(impl crate::field::FromJson for #name {})
    });
    let builders = built.iter().map(|item| builder(item, lowered, &generated));
    let module = (!built.is_empty()).then(|| {
        quote! {
            /// Builders for the types that requests are made of.
            pub mod builder {
                #(#builders)*
            }
        }
    });
    let file: File = parse_quote! { #(#constructors)* #(#other)* #module };
    file.items
}

fn name_of(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn builder(item: &ItemStruct, lowered: &Lowered, generated: &BTreeSet<String>) -> TokenStream {
    let name = &item.ident;
    let about = format!("Builds a [`{name}`](super::{name}).");
    let mut fields = Vec::new();
    let mut defaults = Vec::new();
    let mut setters = Vec::new();
    let mut checks = Vec::new();
    let mut idents = Vec::new();
    for field in &item.fields {
        let Some(ident) = &field.ident else { continue };
        let mut ty = field.ty.clone();
        FromBelow(generated).visit_type_mut(&mut ty);
        let key = (name.to_string(), ident.to_string());
        let kind = lowered.fields.get(&key);
        let json = types::rename(&field.attrs).unwrap_or_else(|| ident.to_string());
        let text: Vec<String> = field.attrs.iter().filter_map(docs::text).collect();
        let mut text = match text.concat().trim() {
            "" => format!("Sets `{json}`."),
            text => text.to_string(),
        };
        text += "\n\n";
        let required = matches!(kind, Some(Field::Required | Field::Sent));
        text += docs::needed(required);
        if kind == Some(&Field::Nullable) {
            text += " `None` sends `null`.";
        }
        fields.push(quote!(#ident: ::std::result::Result<#ty, ::std::string::String>));
        defaults.push(match required {
            true => quote!(#ident: Err(crate::field::REQUIRED)),
            false => quote!(#ident: Ok(::std::default::Default::default())),
        });
        checks.push(quote!(fields.check(#json, &value.#ident);));
        setters.push(setter(&text, ident, &ty, &quote!(value.into_field())));
        idents.push(ident);
    }
    let error = format_ident!("error");
    quote! {
        #[doc = #about]
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct #name {
            #(#fields,)*
        }
        impl ::std::default::Default for #name {
            fn default() -> Self {
                Self { #(#defaults,)* }
            }
        }
        impl #name {
            #(#setters)*
        }
        impl ::std::convert::TryFrom<#name> for super::#name {
            type Error = super::#error::ConversionError;
            fn try_from(value: #name) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                #(#checks)*
                fields.finish()?;
                Ok(Self { #(#idents: value.#idents?,)* })
            }
        }
        impl ::std::convert::From<super::#name> for #name {
            fn from(value: super::#name) -> Self {
                Self { #(#idents: Ok(value.#idents),)* }
            }
        }
    }
}

/// Generated types as seen from the module below.
struct FromBelow<'a>(&'a BTreeSet<String>);

impl VisitMut for FromBelow<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(ident) = path.get_ident()
            && self.0.contains(&ident.to_string())
        {
            *path = parse_quote!(super::#ident);
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
