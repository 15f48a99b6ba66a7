//! The generator itself: progenitor, asked in a way that its panics become errors with a place.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use super::document::{Notes, component};
use super::operations::Operation;
use super::passes::methods::lowered_path;
use super::passes::{Lowered, SECRET};

/// Generates the whole crate as a syntax tree. A schema that the generator cannot express
/// becomes any value, and is named.
pub(crate) fn generate(lowered: &mut Lowered, notes: &mut Notes) -> Result<syn::File> {
    loop {
        let error = match attempt(&lowered.document, lowered) {
            Ok(file) => return Ok(file),
            Err(error) => error,
        };
        let Some((place, schema, error)) = culprit(lowered) else {
            return Err(refused(lowered).unwrap_or(error));
        };
        let what = format_args!("cannot be expressed ({error:#}): any JSON value instead");
        notes.add(&place, what);
        lowered.document["components"]["schemas"][schema] = serde_json::json!({});
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

/// The first schema without which more can be generated, and why not with it.
fn culprit(lowered: &Lowered) -> Option<(String, String, anyhow::Error)> {
    let mut bare = lowered.document.clone();
    bare["paths"] = serde_json::json!({});
    let mut error = attempt(&bare, lowered).err()?;
    let names: Vec<String> = bare
        .pointer("/components/schemas")?
        .as_object()?
        .keys()
        .cloned()
        .collect();
    for name in names {
        bare["components"]["schemas"][&name] = serde_json::json!({});
        match attempt(&bare, lowered) {
            Ok(_) => return Some((component(&name), name, error)),
            Err(other) => error = other,
        }
    }
    None
}

/// The first operation with which alone the generator fails, by its place.
fn refused(lowered: &Lowered) -> Option<anyhow::Error> {
    lowered.operations.iter().find_map(|operation| {
        let path = lowered_path(operation);
        let mut single = lowered.document.clone();
        single["paths"] = serde_json::json!({ &path: lowered.document["paths"].get(&path)? });
        let error = attempt(&single, lowered).err()?;
        let Operation { place, id, .. } = operation;
        Some(error.context(format!("{place}: cannot express {id}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::passes;

    #[test]
    fn a_schema_that_the_generator_refuses_is_any_value_and_is_named() {
        let document = serde_json::json!({ "openapi": "3.1.0",
            "paths": { "/a": { "get": { "operationId": "a.get" } } },
            "components": { "schemas": { "good": { "type": "string" }, "bad": { "type": "string" } } } });
        let mut notes = Notes::default();
        let mut lowered = passes::apply(document, &mut notes).unwrap();
        lowered.document["components"]["schemas"]["Bad"] = serde_json::json!({ "type": "fog" });
        generate(&mut lowered, &mut notes).unwrap();
        let note = notes.lines().last().unwrap();
        assert!(
            note.starts_with("#/components/schemas/bad: cannot be expressed"),
            "{note}"
        );
        assert!(note.contains("fog"), "{note}");
    }
}
