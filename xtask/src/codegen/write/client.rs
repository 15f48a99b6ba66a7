//! The client with a method for each operation, and the operations as constants.

use std::collections::BTreeMap;

use super::{doc, docs};
use crate::codegen::calls::{Call, Response};
use crate::codegen::model::Model;
use crate::codegen::passes::markdown;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// What is done with a resource, in the order of the API's own reference.
const VERBS: &[&str] = &[
    "create", "get", "list", "search", "update", "cancel", "delete",
];

pub(super) fn tokens(calls: &[Call], model: &Model) -> TokenStream {
    let title = format!("Client for {}.", markdown(&model.title));
    let description = markdown(&model.description);
    let parts = [title, description, "# Operations\n".to_string()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let mut about = parts.join("\n\n");
    let mut blocks = Vec::new();
    let mut by_group: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        by_group
            .entry(&call.operation.group)
            .or_default()
            .push(call);
    }
    // The description's tags in their order, then those that it does not list, by name.
    let listed = model
        .tags
        .iter()
        .filter_map(|tag| by_group.remove_entry(tag.as_str()));
    let listed: Vec<_> = listed.collect();
    for (group, mut calls) in listed.into_iter().chain(by_group) {
        calls.sort_by_key(|call| order(&call.operation.id));
        let links = calls.iter().map(|call| {
            let name = &call.operation.name;
            format!("[`{name}`](Self::{name})")
        });
        about += &format!("\n- {group}: {}", links.collect::<Vec<_>>().join(", "));
        let heading = format!("# {}", capitalized(group));
        let methods = calls.iter().map(|call| method(call));
        blocks.push(quote! {
            #[doc = #heading]
            impl Client {
                #(#methods)*
            }
        });
    }
    quote! {
        #[doc = #about]
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) transport: crate::Transport,
        }
        #(#blocks)*
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), chars.as_str())
}

/// The resource, then what is done with it.
fn order(id: &str) -> (String, usize, String) {
    let (resource, verb) = id.rsplit_once('.').unwrap_or((id, ""));
    let rank = VERBS.iter().position(|known| *known == verb);
    let rank = rank.unwrap_or(VERBS.len());
    (resource.to_string(), rank, verb.to_string())
}

fn method(call: &Call) -> TokenStream {
    let name = format_ident!("{}", call.operation.name);
    let builder = format_ident!("{}", call.operation.builder());
    let doc = doc(&docs::page(call));
    let deprecated = call.operation.deprecated.then(|| quote!(#[deprecated]));
    quote! {
        #doc
        #deprecated
        pub fn #name(&self) -> builder::#builder {
            builder::#builder::new(&self.transport)
        }
    }
}

pub(super) fn operations(calls: &[Call]) -> TokenStream {
    let constants = calls.iter().map(|call| {
        let operation = &call.operation;
        let (id, method, path) = (&operation.id, &operation.method, &operation.path);
        let name = format_ident!("{}", operation.name.to_uppercase());
        let mut about = format!("`{method} {path}`");
        if let Some(summary) = &operation.summary {
            about += &format!(": {}", markdown(summary));
        }
        let about = format!("{}.", about.trim_end_matches('.'));
        let implied = ["GET", "HEAD", "OPTIONS", "QUERY", "DELETE"].contains(&method.as_str());
        let idempotent = (call.operation.idempotent && !implied).then(|| quote!(.idempotent()));
        let streams = matches!(call.response, Response::Streamed);
        let streamed = streams.then(|| quote!(.streamed()));
        let deprecated = call.operation.deprecated.then(|| quote!(.deprecated()));
        quote! {
            #[doc = #about]
            pub const #name: crate::Operation =
                crate::Operation::new(#id, #method, #path) #idempotent #streamed #deprecated;
        }
    });
    let names = calls
        .iter()
        .map(|call| format_ident!("{}", call.operation.name.to_uppercase()));
    quote! {
        #(#constants)*
        /// All of them, in the order of their names.
        pub const ALL: &[crate::Operation] = &[#(#names),*];
    }
}
