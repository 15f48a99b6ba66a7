//! The generator itself: progenitor, asked in a way that its panics become errors with a place.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use super::document::{Notes, step};
use super::passes::methods::lowered_path;
use super::passes::{Lowered, SECRET};

/// Generates the whole crate as a syntax tree.
pub(crate) fn generate(lowered: &Lowered, notes: &Notes) -> Result<syn::File> {
    match attempt(&lowered.document, lowered) {
        Ok(file) => Ok(file),
        Err(error) => Err(culprit(lowered, notes).unwrap_or(error)),
    }
}

fn attempt(document: &Value, lowered: &Lowered) -> Result<syn::File> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(document.clone()).context("not OpenAPI 3.0 after the passes")?;
    let settings = settings(lowered);
    let tokens = quietly(|| Generator::new(&settings).generate_tokens(&api))?;
    syn::parse2(tokens).context("the generator wrote no valid Rust")
}

fn settings(lowered: &Lowered) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::Transport))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq")
        .with_derive("schemars::JsonSchema");
    settings.with_replacement(SECRET, "crate::Secret", std::iter::empty());
    for open in &lowered.enums {
        let path = format!("crate::types::{}", open.name);
        let impls = [TypeImpl::FromStr, TypeImpl::Display];
        settings.with_replacement(&open.name, path, impls.into_iter());
    }
    settings
}

/// Runs the generator without its panics reaching the terminal.
fn quietly<T>(f: impl FnOnce() -> Result<T, progenitor::Error>) -> Result<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(f));
    std::panic::set_hook(hook);
    match outcome {
        Ok(result) => result.map_err(|error| anyhow!("the generator refused: {error}")),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            bail!(
                "the generator gave up: {}",
                text.lines().next().unwrap_or_default()
            );
        }
    }
}

/// The first schema, or else operation, with which alone the generator fails, by its place.
fn culprit(lowered: &Lowered, notes: &Notes) -> Option<anyhow::Error> {
    let mut bare = lowered.document.clone();
    bare["paths"] = serde_json::json!({});
    if attempt(&bare, lowered).is_err() {
        let names: Vec<String> = bare
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .map(|schemas| schemas.keys().cloned().collect())
            .unwrap_or_default();
        return names.into_iter().find_map(|name| {
            let mut without = bare.clone();
            without["components"]["schemas"][&name] = serde_json::json!({});
            let error = attempt(&bare, lowered).err()?;
            attempt(&without, lowered).ok()?;
            let place = notes.original(&step("#/components/schemas", &name));
            Some(error.context(format!("{place}: cannot express")))
        });
    }
    lowered.operations.iter().find_map(|operation| {
        let mut single = bare.clone();
        let path = lowered_path(operation);
        let item = lowered.document["paths"].get(&path)?;
        let method = if path == operation.path {
            operation.method.to_ascii_lowercase()
        } else {
            "post".to_string()
        };
        single["paths"][&path] = serde_json::json!({ &method: item.get(&method)? });
        let error = attempt(&single, lowered).err()?;
        Some(error.context(format!(
            "{}: cannot express {}",
            operation.place(),
            operation.id
        )))
    })
}
