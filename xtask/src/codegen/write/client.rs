//! The client with a method for each operation, and the operations as constants.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::codegen::calls::{Call, Response};
use crate::codegen::model::Model;
use crate::codegen::passes::markdown;

/// What is done with a resource, in the order of the API's own reference.
const VERBS: &[&str] = &[
    "create", "get", "list", "search", "update", "cancel", "delete",
];

pub(super) fn tokens(calls: &[Call], model: &Model) -> TokenStream {
    let mut about = format!("Client for {}.\n\n", markdown(&model.title));
    let description = markdown(&model.description);
    if !description.is_empty() {
        about += &format!("{description}\n\n");
    }
    about += "# Operations\n";
    let mut blocks = Vec::new();
    let mut groups: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        let group = groups.entry(&call.operation.group);
        group.or_default().push(call);
    }
    // The description's tags in their order, then those that it does not list, by name.
    let listed = model.tags.iter();
    let listed: Vec<_> = listed
        .filter_map(|tag| groups.remove_entry(tag.as_str()))
        .collect();
    for (group, mut calls) in listed.into_iter().chain(groups) {
        calls.sort_by_key(|call| order(&call.operation.id));
        let names: Vec<&str> = calls.iter().map(|call| &*call.operation.name).collect();
        let links = names.iter().map(|name| format!("[`{name}`](Self::{name})"));
        about += &format!("\n- {group}: {}", links.collect::<Vec<_>>().join(", "));
        let (first, rest) = group.split_at(group.chars().next().map_or(0, char::len_utf8));
        let heading = format!("# {}{rest}", first.to_uppercase());
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
    let doc = docs::page(call);
    let deprecated = call.operation.deprecated.then(|| quote!(#[deprecated]));
    quote! {
        #[doc = #doc]
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
