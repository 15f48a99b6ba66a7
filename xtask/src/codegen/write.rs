//! The generated code: progenitor's types, made tolerant and open, and the calls.

mod calls;
mod client;
mod docs;
mod enums;
mod requests;
mod types;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{File, ItemMod};

use super::calls::Call;
use super::passes::Lowered;

pub(crate) use enums::variants;

/// The generated code as text, formatted.
pub(crate) fn code(module: ItemMod, calls: &[Call], lowered: &Lowered) -> String {
    let file = file(module, calls, lowered);
    enums::calls_of_macro(&prettyplease::unparse(&file))
}

fn file(mut module: ItemMod, calls: &[Call], lowered: &Lowered) -> File {
    let items = module.content.as_mut().map(|(_, items)| items);
    if let Some(items) = items {
        types::adapt(items, lowered);
        items.extend(enums::items(lowered));
        let builders = requests::items(items, lowered);
        items.extend(builders);
    }
    module.attrs.clear();
    let client = client::tokens(calls, &lowered.model);
    let operations = client::operations(calls);
    let builders: TokenStream = calls.iter().map(calls::builder).collect();
    let mut file: File = syn::parse_quote! {
        #client

        /// Types of requests and responses.
        #module

        /// Every operation of the API.
        pub mod operations {
            #operations
        }

        /// A builder for each operation.
        pub mod builder {
            use super::types;

            #builders
        }
    };
    docs::split_lines(&mut file);
    file
}

/// A method of a builder that sets one of its fields to what this expression makes of `value`.
fn setter(text: &str, field: &Ident, ty: &impl ToTokens, expression: &TokenStream) -> TokenStream {
    quote! {
        #[doc = #text]
        pub fn #field<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<#ty>,
        {
            self.#field = #expression;
            self
        }
    }
}
