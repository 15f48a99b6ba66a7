//! The crate's public interface as text, so that a change to it is seen.
//!
//! Read from the sources: every item that is `pub`, which the lint `unreachable_pub` keeps to
//! what a user can reach, without bodies and documentation.

use std::path::Path;

use syn::{Attribute, ImplItem, Item, Visibility};

#[test]
fn the_public_interface_is_as_it_was_reviewed() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = String::new();
    read(&source.join("lib.rs"), &source, "replicate", &mut text);
    insta::assert_snapshot!(text);
}

/// Writes what a module's file declares, then that of the modules in it.
fn read(file: &Path, folder: &Path, module: &str, text: &mut String) {
    let content = std::fs::read_to_string(file).unwrap();
    let mut parsed = syn::parse_file(&content).unwrap();
    let mut items = Vec::new();
    let mut modules = Vec::new();
    for item in std::mem::take(&mut parsed.items) {
        match item {
            Item::Mod(inner) if inner.content.is_none() && !is_for_tests(&inner.attrs) => {
                modules.push(inner.ident.to_string());
            }
            item => items.extend(public(item)),
        }
    }
    if !items.is_empty() {
        parsed.attrs.clear();
        parsed.items = items;
        let items = prettyplease::unparse(&parsed);
        text.push_str(&format!("// {module}\n{items}\n"));
    }
    for name in modules {
        let (flat, nested) = (folder.join(format!("{name}.rs")), folder.join(&name));
        read(&flat, &nested, &format!("{module}::{name}"), text);
    }
}

fn public(mut item: Item) -> Option<Item> {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    let kept = match &mut item {
        Item::Const(item) => is_public(&item.vis) && keep(&mut item.attrs),
        Item::Enum(item) => {
            for variant in &mut item.variants {
                keep(&mut variant.attrs);
                keep_of_fields(&mut variant.fields);
            }
            is_public(&item.vis) && keep(&mut item.attrs)
        }
        Item::Fn(item) => {
            item.block.stmts.clear();
            is_public(&item.vis) && keep(&mut item.attrs)
        }
        Item::Impl(item) => public_of_impl(item),
        // What macros declare is seen as the macro is written.
        Item::Macro(item) => keep(&mut item.attrs),
        Item::Mod(item) => is_public(&item.vis) && keep(&mut item.attrs),
        Item::Struct(item) => {
            keep_of_fields(&mut item.fields);
            if !item.fields.iter().all(|field| is_public(&field.vis)) {
                item.fields = syn::Fields::Unit;
                item.semi_token = Some(Default::default());
            }
            is_public(&item.vis) && keep(&mut item.attrs)
        }
        Item::Trait(item) => {
            for item in &mut item.items {
                if let syn::TraitItem::Fn(method) = item {
                    keep(&mut method.attrs);
                    if let Some(body) = &mut method.default {
                        body.stmts.clear();
                    }
                }
            }
            is_public(&item.vis) && keep(&mut item.attrs)
        }
        Item::Type(item) => is_public(&item.vis) && keep(&mut item.attrs),
        Item::Use(item) => is_public(&item.vis) && keep(&mut item.attrs),
        _ => false,
    };
    kept.then_some(item)
}

/// Of an inherent implementation the public methods, and the head of a trait's.
fn public_of_impl(item: &mut syn::ItemImpl) -> bool {
    if item.trait_.is_some() {
        item.items.retain(|item| matches!(item, ImplItem::Type(_)));
    } else {
        item.items.retain_mut(|item| match item {
            ImplItem::Fn(method) => {
                method.block.stmts.clear();
                matches!(method.vis, Visibility::Public(_)) && keep(&mut method.attrs)
            }
            ImplItem::Macro(_) => true,
            _ => false,
        });
    }
    (item.trait_.is_some() || !item.items.is_empty()) && keep(&mut item.attrs)
}

/// Takes the documentation off, and says whether the item is there outside of tests.
fn keep(attributes: &mut Vec<Attribute>) -> bool {
    let kept = !is_for_tests(attributes);
    let shown = ["cfg", "non_exhaustive", "must_use", "derive"];
    attributes.retain(|attribute| shown.iter().any(|name| attribute.path().is_ident(name)));
    kept
}

fn keep_of_fields(fields: &mut syn::Fields) {
    for field in fields {
        keep(&mut field.attrs);
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |condition: syn::Ident| condition == "test";
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args().is_ok_and(is_test)
    })
}
