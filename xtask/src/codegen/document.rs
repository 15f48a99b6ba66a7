//! An OpenAPI document as JSON, the places in it, and what is said of them on the way.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What the passes report: a place in the document, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    lines: Vec<(Severity, String)>,
    /// Places that the passes made or moved, and where each came from.
    origins: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Severity {
    Note,
    /// An error in our description, a note on another.
    Conflict,
    /// An error in any description.
    Refusal,
}

impl Notes {
    pub(crate) fn add(&mut self, place: &str, what: impl Display) {
        self.push(Severity::Note, place, what);
    }

    /// What must not be in a description of ours, and is tolerated in another.
    pub(crate) fn conflict(&mut self, place: &str, what: impl Display) {
        self.push(Severity::Conflict, place, what);
    }

    /// A construct that is not supported: nothing is generated.
    pub(crate) fn refuse(&mut self, place: &str, what: impl Display) {
        self.push(Severity::Refusal, place, what);
    }

    fn push(&mut self, severity: Severity, place: &str, what: impl Display) {
        let line = (severity, format!("{}: {what}", self.original(place)));
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    /// Fails with every refusal and, for our own description (`home`), every conflict.
    pub(crate) fn check(&self, home: bool) -> Result<()> {
        let errors = self.lines.iter().filter(|(severity, _)| match severity {
            Severity::Note => false,
            Severity::Conflict => home,
            Severity::Refusal => true,
        });
        let errors: String = errors.map(|(_, line)| format!("\n  {line}")).collect();
        let advice = match home {
            true => "; correct them in openapi/overlay.yaml, where `x-name` names a type",
            false => "",
        };
        if !errors.is_empty() {
            bail!("cannot generate from this description{advice}:{errors}");
        }
        Ok(())
    }

    /// The notes and conflicts.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter();
        let lines = lines.filter(|(severity, _)| *severity != Severity::Refusal);
        lines.map(|(_, line)| line.as_str())
    }

    /// Remembers where each new place (the first of a pair) stood before (the second).
    pub(crate) fn moved(&mut self, places: impl IntoIterator<Item = (String, String)>) {
        let places = places.into_iter();
        let originals: Vec<(String, String)> = places
            .map(|(new, old)| (new, self.original(&old)))
            .collect();
        self.origins.extend(originals);
    }

    /// The place in the document as it was given.
    pub(crate) fn original(&self, place: &str) -> String {
        let mut end = place.len();
        loop {
            if let Some(origin) = self.origins.get(&place[..end]) {
                return format!("{origin}{}", &place[end..]);
            }
            match place[..end].rfind('/') {
                Some(slash) => end = slash,
                None => return place.to_string(),
            }
        }
    }
}

/// Where component schemas stand.
pub(crate) fn component(name: &str) -> String {
    step("#/components/schemas", name)
}

/// A step further down a JSON pointer, escaped as RFC 6901 says.
pub(crate) fn step(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The key that a step of a JSON pointer stands for.
pub(crate) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Reads a document from a file or an `http(s)` URL.
pub(crate) fn read(source: &str) -> Result<Vec<u8>> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return crate::harness::block_on(download(source));
    }
    std::fs::read(source).with_context(|| format!("cannot read {source}"))
}

async fn download(url: &str) -> Result<Vec<u8>> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(60));
    let response = client.build()?.get(url).send().await?.error_for_status()?;
    Ok(response.bytes().await?.to_vec())
}

/// Parses JSON and checks that it is an OpenAPI 3 document.
pub(crate) fn parse(bytes: &[u8], source: &str) -> Result<Value> {
    // Some editors write a byte-order mark in front.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let document: Value =
        serde_json::from_slice(bytes).with_context(|| format!("{source} is not valid JSON"))?;
    match document["openapi"].as_str() {
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
        let error = |text: &str| format!("{:#}", parse(text.as_bytes(), "api").unwrap_err());
        assert_eq!(
            error("{\"swagger\": \"2.0\"}"),
            "api has no \"openapi\" version: not an OpenAPI 3 document"
        );
        let error = error("{\"openapi\": \"3.1.0\",\n}");
        assert!(error.contains("api is not valid JSON: "), "{error}");
        assert!(error.contains("line 2"), "{error}");
        let given = "\u{feff}{\"openapi\": \"3.1.0\", \"paths\": {}}";
        assert!(parse(given.as_bytes(), "api").is_ok());
    }

    #[test]
    fn a_note_names_the_place_in_the_document_as_it_was_given() {
        let mut notes = Notes::default();
        notes.moved([
            (component("Model"), component("schemas_model_response")),
            (component("B"), component("Model")),
        ]);
        let owner = component("Model") + "/properties/owner";
        notes.moved([(component("ModelOwner"), owner)]);
        let nested = "schemas_model_response/properties/owner/properties/a";
        for (place, original) in [
            ("ModelOwner/properties/a", nested),
            ("B", "Model"),
            ("Models", "Models"),
        ] {
            let [place, original] =
                [place, original].map(|at| format!("#/components/schemas/{at}"));
            assert_eq!(notes.original(&place), original);
        }
        assert_eq!(step("#/paths", "/a~b"), "#/paths/~1a~0b");
    }
}
