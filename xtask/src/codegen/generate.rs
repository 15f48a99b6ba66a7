//! progenitor, which writes the types, asked in a way that its panics become errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use progenitor::{GenerationSettings, Generator, TypeImpl};
use serde_json::{Value, json};
use syn::{Item, ItemMod};

use super::extensions::SECRET;
use super::passes::Lowered;
use super::schemas::walk;

/// The module of types. The calls are not progenitor's: its `send` has a client, an error and a
/// way of decoding of its own, and no place for `QUERY`, forms with files or optional bodies.
pub(crate) fn types(lowered: &Lowered) -> Result<ItemMod> {
    let mut schemas = lowered.model.schemas.clone();
    for (name, schema) in &mut schemas {
        if lowered.unions.contains_key(name) {
            *schema = json!({ "type": "object" });
        }
        walk(schema, "", &mut |schema, _| to_3_0(schema));
    }
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "", "version": "" },
        "paths": {},
        "components": { "schemas": schemas },
    });
    let file = catch_panics(|| generate(document, lowered))?;
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(module),
        _ => None,
    });
    types.context("progenitor wrote no types")
}

/// Takes out the extensions, since typify acts on some that are meant for other tools. Around a
/// reference, 3.0 has no place for words but `allOf`.
fn to_3_0(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    map.retain(|key, _| !key.starts_with("x-"));
    if map.len() > 1
        && let Some(reference) = map.shift_remove("$ref")
    {
        map.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}

fn generate(document: Value, lowered: &Lowered) -> Result<syn::File> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(document).context("not OpenAPI 3.0 after the passes")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_do_not_reach_typify_and_words_stay_around_a_reference() {
        let mut schema = json!({ "x-rust-type": {}, "properties": { "x-a": { "x-b": 1 } } });
        walk(&mut schema, "", &mut |schema, _| to_3_0(schema));
        assert_eq!(schema, json!({ "properties": { "x-a": {} } }));
        let mut schema = json!({ "$ref": "#/a", "nullable": true, "x-always": "r" });
        to_3_0(&mut schema);
        let wrapped = json!({ "allOf": [{ "$ref": "#/a" }], "nullable": true });
        assert_eq!(schema, wrapped);
    }
}
