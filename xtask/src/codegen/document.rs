//! An OpenAPI document as JSON, the places in it, and what is said of them on the way.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What the passes have to say: a place in the document, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    lines: Vec<String>,
    /// Component schemas by the names that the passes gave them, and where each came from.
    origins: BTreeMap<String, String>,
}

impl Notes {
    pub(crate) fn add(&mut self, place: &str, what: impl std::fmt::Display) {
        let line = format!("{}: {what}", self.original(place));
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Remembers where a component schema stands in the document as it was given.
    pub(crate) fn came_from(&mut self, component: &str, place: &str) {
        let place = self.original(place);
        self.origins.insert(component.to_string(), place);
    }

    /// The place in the document as it was given.
    pub(crate) fn original(&self, place: &str) -> String {
        let Some(rest) = place.strip_prefix(COMPONENTS) else {
            return place.to_string();
        };
        let (name, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        match self.origins.get(name) {
            Some(origin) => format!("{origin}{rest}"),
            None => place.to_string(),
        }
    }
}

/// Where component schemas stand.
const COMPONENTS: &str = "#/components/schemas/";

/// A step further down a JSON pointer, escaped as RFC 6901 says.
pub(crate) fn step(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Reads a document, JSON or YAML, from a file or from an `http(s)` address.
pub(crate) fn read(source: &str) -> Result<Vec<u8>> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return download(source);
    }
    std::fs::read(Path::new(source)).with_context(|| format!("cannot read {source}"))
}

/// At most 64 MiB within a minute; redirects are followed.
fn download(address: &str) -> Result<Vec<u8>> {
    const LIMIT: usize = 64 << 20;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build()?;
        let mut response = client.get(address).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LIMIT {
                bail!("{address} is longer than {LIMIT} bytes");
            }
        }
        Ok(body)
    })
}

/// Parses JSON, or YAML where it is not JSON, and checks that it is an OpenAPI 3 document.
pub(crate) fn parse(bytes: &[u8], source: &str) -> Result<Value> {
    let document: Value = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(json) => serde_norway::from_slice(bytes)
            .ok()
            .filter(Value::is_object)
            .with_context(|| format!("{source} is neither JSON ({json}) nor YAML"))?,
    };
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.") => {}
        Some(version) => bail!("{source} is OpenAPI {version}; this reads 3.0, 3.1 and 3.2"),
        None => bail!("{source} has no \"openapi\" version: not an OpenAPI 3 document"),
    }
    if !document.get("paths").is_some_and(Value::is_object) {
        bail!("{source} has no \"paths\": it describes no operation");
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_another_kind_is_refused_with_its_name() {
        let error = parse(b"{\"swagger\": \"2.0\"}", "old.json").unwrap_err();
        assert_eq!(
            error.to_string(),
            "old.json has no \"openapi\" version: not an OpenAPI 3 document"
        );
        let error = parse(b"<html>", "page").unwrap_err();
        assert!(
            error.to_string().starts_with("page is neither JSON"),
            "{error}"
        );
    }

    #[test]
    fn yaml_is_read_like_json() {
        let yaml = parse(b"openapi: 3.1.0\npaths: {}\n", "api.yaml").unwrap();
        assert_eq!(yaml, serde_json::json!({ "openapi": "3.1.0", "paths": {} }));
    }

    #[test]
    fn a_note_names_the_place_in_the_document_as_it_was_given() {
        let mut notes = Notes::default();
        notes.came_from("Model", "#/components/schemas/schemas_model_response");
        notes.came_from("ModelOwner", "#/components/schemas/Model/properties/owner");
        notes.add("#/components/schemas/ModelOwner/properties/a", "x");
        assert_eq!(
            notes.lines().collect::<Vec<_>>(),
            ["#/components/schemas/schemas_model_response/properties/owner/properties/a: x"]
        );
    }

    #[test]
    fn a_place_escapes_slashes_and_tildes() {
        assert_eq!(step("#/paths", "/a~b"), "#/paths/~1a~0b");
    }
}
