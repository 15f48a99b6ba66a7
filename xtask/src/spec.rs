//! `cargo xtask spec`: work on the API's description itself.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::codegen::{SPECIFICATION, parse_document, read_document, workspace_root};

/// Keys whose values are prose, not structure.
const PROSE: &[&str] = &["summary", "description", "title", "example", "examples"];

/// What `cargo xtask spec` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take over the structure of a newer published description; our prose stays
    Merge {
        /// The published description
        #[arg(value_name = "FILE|URL")]
        source: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let Command::Merge { source } = &arguments.command;
    let path = workspace_root()?.join(SPECIFICATION);
    let ours = std::fs::read(&path)?;
    let ours_document = parse_document(&ours, SPECIFICATION)?;
    let theirs = parse_document(&read_document(source)?, source)?;
    let mut undescribed = Vec::new();
    let merged = merge(&theirs, Some(&ours_document), "#", &mut undescribed);
    let text = format!("{}\n", serde_json::to_string_pretty(&merged)?);
    if text.as_bytes() == ours {
        println!("{SPECIFICATION} has this structure already");
    } else {
        let partial = path.with_extension("json.partial");
        std::fs::write(&partial, text)?;
        std::fs::rename(&partial, &path)?;
        println!(
            "{SPECIFICATION} written; next: describe what is listed, then `cargo xtask codegen`"
        );
    }
    for place in &undescribed {
        println!("undescribed  {place}");
    }
    Ok(())
}

/// Their structure with our prose; what of it has none of ours is listed.
///
/// Keys keep our order, new ones come last, so that the change reads as what changed.
fn merge(
    theirs: &Value,
    ours: Option<&Value>,
    place: &str,
    undescribed: &mut Vec<String>,
) -> Value {
    match theirs {
        Value::Object(theirs) => {
            merge_object(theirs, ours.and_then(Value::as_object), place, undescribed).into()
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let place = format!("{place}/{index}");
                merge(item, counterpart(item, ours, index), &place, undescribed)
            })
            .collect(),
        other => other.clone(),
    }
}

/// The element of our list that theirs speaks of: a parameter of one name, else the same place.
fn counterpart<'a>(item: &Value, ours: Option<&'a Value>, index: usize) -> Option<&'a Value> {
    let ours = ours?.as_array()?;
    match item.get("name") {
        Some(name) => ours
            .iter()
            .find(|o| o.get("name") == Some(name) && o["in"] == item["in"]),
        None => ours.get(index),
    }
}

fn merge_object(
    theirs: &Map<String, Value>,
    ours: Option<&Map<String, Value>>,
    place: &str,
    undescribed: &mut Vec<String>,
) -> Map<String, Value> {
    let names = is_map_of_names(place);
    let empty = Map::new();
    let ours = ours.unwrap_or(&empty);
    let prose = |key: &str, value: &Value| !names && PROSE.contains(&key) && is_prose(key, value);
    let mut merged = Map::new();
    let ours_first = ours
        .keys()
        .chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
    for key in ours_first {
        let place = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
        match (ours.get(key), theirs.get(key)) {
            (Some(own), _) if prose(key, own) => {
                merged.insert(key.clone(), own.clone());
            }
            (None, Some(new)) if prose(key, new) => {
                if matches!(key.as_str(), "summary" | "description") {
                    undescribed.push(place);
                }
            }
            (own, Some(new)) if !key.starts_with("x-") || own.is_some() => {
                merged.insert(key.clone(), merge(new, own, &place, undescribed));
            }
            _ => {}
        }
    }
    merged
}

/// Whether the keys of this object are names that people chose, and not OpenAPI's own.
fn is_map_of_names(place: &str) -> bool {
    let last = place.rsplit('/').next().unwrap_or_default();
    matches!(
        last,
        "properties" | "paths" | "schemas" | "parameters" | "responses" | "content" | "headers"
    )
}

fn is_prose(key: &str, value: &Value) -> bool {
    value.is_string() || matches!(key, "example" | "examples")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(theirs: Value, ours: Value) -> (Value, Vec<String>) {
        let mut undescribed = Vec::new();
        let merged = merge(&theirs, Some(&ours), "#", &mut undescribed);
        (merged, undescribed)
    }

    #[test]
    fn their_structure_comes_with_our_prose() {
        let (merged, undescribed) = merged(
            json!({ "info": { "version": "2", "description": "Theirs" },
                "paths": { "/a": { "get": { "summary": "Theirs", "operationId": "a.get" } } } }),
            json!({ "info": { "description": "Ours", "version": "1" },
                "paths": { "/a": { "get": { "operationId": "a.old", "summary": "Ours" } }, "/b": {} } }),
        );
        assert_eq!(
            merged,
            json!({ "info": { "description": "Ours", "version": "2" },
                "paths": { "/a": { "get": { "operationId": "a.get", "summary": "Ours" } } } })
        );
        assert!(undescribed.is_empty());
    }

    #[test]
    fn what_is_new_is_listed_and_none_of_their_sentences_comes_along() {
        let (merged, undescribed) = merged(
            json!({ "properties": { "description": { "type": "string", "description": "Theirs" } } }),
            json!({ "properties": {} }),
        );
        assert_eq!(
            merged,
            json!({ "properties": { "description": { "type": "string" } } })
        );
        assert_eq!(undescribed, ["#/properties/description/description"]);
    }

    #[test]
    fn a_parameter_keeps_its_words_when_the_list_is_reordered() {
        let parameter =
            |name: &str, text: &str| json!({ "name": name, "in": "query", "description": text });
        let (merged, _) = merged(
            json!({ "parameters": [parameter("b", "theirs"), parameter("a", "theirs")] }),
            json!({ "parameters": [parameter("a", "A"), parameter("b", "B")] }),
        );
        assert_eq!(
            merged,
            json!({ "parameters": [parameter("b", "B"), parameter("a", "A")] })
        );
    }
}
