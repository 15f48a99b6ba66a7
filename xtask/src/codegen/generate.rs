//! progenitor, which writes the types, asked in a way that its panics become errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use progenitor::{GenerationSettings, Generator, TypeImpl};
use serde_json::{Value, json};
use syn::{Item, ItemMod};

use super::passes::Lowered;
use super::passes::extensions::SECRET;

/// The module of types. The calls are not progenitor's: its `send` has a client, an error and a
/// way of decoding of its own, and no place for `QUERY`, forms with files or optional bodies.
pub(crate) fn types(lowered: &Lowered) -> Result<ItemMod> {
    let mut document = lowered.document.clone();
    document["paths"] = json!({});
    for name in lowered.unions.keys() {
        document["components"]["schemas"][name] = json!({ "type": "object" });
    }
    document.as_object_mut().map(|map| map.shift_remove("tags"));
    let file = catch_panics(|| generate(&document, lowered))?;
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(module),
        _ => None,
    });
    types.context("progenitor wrote no types")
}

fn generate(document: &Value, lowered: &Lowered) -> Result<syn::File> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(document.clone()).context("not OpenAPI 3.0 after the passes")?;
    let mut settings = GenerationSettings::new();
    settings
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    settings.with_replacement(SECRET, "crate::Secret", std::iter::empty());
    for name in lowered.enums.keys() {
        let impls = [TypeImpl::FromStr, TypeImpl::Display];
        settings.with_replacement(name, name, impls.into_iter());
    }
    for name in lowered.unions.keys() {
        settings.with_replacement(name, name, std::iter::empty());
    }
    let tokens = Generator::new(&settings)
        .generate_tokens(&api)
        .map_err(|error| anyhow!("progenitor refused the types: {error}"))?;
    syn::parse2(tokens).context("progenitor wrote no valid Rust")
}

/// Runs `f` without its panics reaching the terminal.
fn catch_panics<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(f));
    std::panic::set_hook(hook);
    outcome.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason given");
        let first = text.lines().next().unwrap_or_default();
        bail!("progenitor gave up: {first}")
    })
}
