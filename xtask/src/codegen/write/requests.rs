//! Builders for the types that requests are made of. `crate::field` says what their setters take.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use syn::visit_mut::VisitMut;
use syn::{Fields, File, Item, ItemStruct, parse_quote};

use super::{docs, setter};
use crate::codegen::model::{Field, Model};

/// The module of builders, and what makes each type settable from JSON or from its builder.
pub(super) fn items(types: &[Item], model: &Model) -> Vec<Item> {
    let sent = model.sent();
    let structs = types.iter().filter_map(|item| match item {
        Item::Struct(item) if sent.contains(&item.ident.to_string()) => Some(item),
        _ => None,
    });
    let (built, other): (Vec<&ItemStruct>, Vec<&ItemStruct>) =
        structs.partition(|item| matches!(item.fields, Fields::Named(_)));
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
    let other = other.iter().map(|item| &item.ident);
    let builders = built.iter().map(|item| builder(item, model));
    let module = (!built.is_empty()).then(|| {
        quote! {
            /// Builders for the types that requests are made of.
            pub mod builder {
                #(#builders)*
            }
        }
    });
    let file: File = parse_quote! {
        #(#constructors)*
        #(impl crate::field::FromJson for #other {})*
        #module
    };
    file.items
}

fn builder(item: &ItemStruct, model: &Model) -> TokenStream {
    let name = &item.ident;
    let about = format!("Builds a [`{name}`](super::{name}).");
    let (mut fields, mut defaults, mut idents) = (Vec::new(), Vec::new(), Vec::new());
    let (mut setters, mut checks) = (Vec::new(), Vec::new());
    for field in &item.fields {
        let Some(ident) = &field.ident else { continue };
        let known = model.field(&name.to_string(), &ident.to_string());
        let Some((kind, json)) = known else { continue };
        let mut ty = field.ty.clone();
        FromBelow(&model.schemas).visit_type_mut(&mut ty);
        let text: Vec<String> = field.attrs.iter().filter_map(docs::text).collect();
        let text = match text.concat().trim() {
            "" => format!("Sets `{json}`."),
            text => text.to_string(),
        };
        let required = matches!(kind, Field::Required | Field::Sent);
        let null = match kind {
            Field::Nullable => " `None` sends `null`.",
            _ => "",
        };
        let text = format!("{text}\n\n{}{null}", docs::needed(required));
        fields.push(quote!(#ident: ::std::result::Result<#ty, ::std::string::String>));
        defaults.push(match required {
            true => quote!(#ident: Err(crate::field::REQUIRED)),
            false => quote!(#ident: Ok(::std::default::Default::default())),
        });
        checks.push(quote!(fields.check(#json, &value.#ident);));
        setters.push(setter(&text, ident, &ty, &quote!(value.into_field())));
        idents.push(ident);
    }
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
            type Error = super::error::ConversionError;
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
struct FromBelow<'a>(&'a Map<String, Value>);

impl VisitMut for FromBelow<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(ident) = path.get_ident()
            && self.0.contains_key(&ident.to_string())
        {
            *path = parse_quote!(super::#ident);
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
