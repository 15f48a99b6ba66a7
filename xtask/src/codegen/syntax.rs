//! Passes on the generated syntax tree: what the generator cannot be told, and what its users
//! should not see.

mod builders;
mod client;
mod docs;
mod enums;
mod send;
mod setters;
mod table;
mod types;

use anyhow::Result;
use syn::{File, Item, ItemMod};

use super::passes::Lowered;

pub(crate) fn apply(mut file: File, lowered: &Lowered) -> Result<File> {
    client::own(&mut file);
    client::complete(&file, &lowered.operations)?;
    builders::prune(&mut file);
    docs::operations(&mut file, lowered);
    setters::accept_plain_values(&mut file);
    send::rewrite(&mut file, lowered)?;
    types::derive(&mut file);
    types::rename(&mut file, &lowered.fields);
    enums::write(&mut file, &lowered.enums);
    table::write(&mut file, lowered);
    docs::split_lines(&mut file);
    Ok(file)
}

/// The items of the module at this path.
fn module<'a>(items: &'a mut Vec<Item>, path: &[&str]) -> Option<&'a mut Vec<Item>> {
    let Some((first, rest)) = path.split_first() else {
        return Some(items);
    };
    let found = items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod {
            ident,
            content: Some((_, items)),
            ..
        }) if ident == first => Some(items),
        _ => None,
    });
    module(found?, rest)
}

/// The last name of a path type, as `Account` of `builder::Account<'_>`.
fn type_name(ty: &syn::Type) -> Option<&syn::Ident> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}
