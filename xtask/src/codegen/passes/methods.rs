//! Each operation on a path and under a method that the generator takes. It drops a method that
//! it does not know without a word, and some paths it changes or refuses; so each operation
//! stands on a path of its own, and address and method are put right in the generated code.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::parameters::{RESERVED, free_name};
use crate::codegen::operations::{self, Operation};

/// It knows `OPTIONS` and `TRACE` as well, but writes calls for them that do not exist.
const KNOWN: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"];

/// The method under which the generator sees the operation.
pub(crate) fn lowered_method(operation: &Operation) -> String {
    if is_known(&operation.method) {
        operation.method.to_ascii_lowercase()
    } else {
        "post".to_string()
    }
}

/// Whether the generator can write this method itself.
pub(crate) fn is_known(method: &str) -> bool {
    KNOWN.contains(&method)
}

/// A part of a path in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// As the path has it.
    pub(crate) given: String,
    /// As the generated code has it.
    pub(crate) name: String,
}

/// The parts in braces, each once, with names that differ.
pub(crate) fn parts(path: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut taken: Vec<String> = RESERVED.iter().map(ToString::to_string).collect();
    for piece in pieces(path) {
        if let Piece::Part(given) = piece
            && !parts.iter().any(|part| part.given == given)
        {
            let name = free_name(given, "path", &taken);
            taken.push(crate::codegen::idents::snake(&name));
            let given = given.to_string();
            parts.push(Part { given, name });
        }
    }
    parts
}

enum Piece<'a> {
    Text(&'a str),
    Part(&'a str),
}

/// A brace without its other half is text.
fn pieces(path: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        pieces.push(Piece::Text(&rest[..start]));
        pieces.push(Piece::Part(&rest[start + 1..start + length]));
        rest = &rest[start + length + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The path under which the generator sees the operation.
pub(crate) fn lowered_path(operation: &Operation) -> String {
    let parts = parts(&operation.path);
    let mut path = String::new();
    for piece in pieces(&operation.path) {
        if let Piece::Part(given) = piece {
            let part = parts.iter().find(|part| part.given == given);
            let name = part.map(|part| part.name.as_str()).unwrap_or_default();
            path += &format!("/{{{name}}}");
        }
    }
    format!("{path}/#{}", operation.name)
}

/// What `format!` makes the operation's address of, from the base address and the parts.
pub(crate) fn address(operation: &Operation) -> String {
    let mut format = "{}".to_string();
    if !operation.path.starts_with('/') {
        format.push('/');
    }
    for piece in pieces(&operation.path) {
        match piece {
            Piece::Text(text) => format += &text.replace('{', "{{").replace('}', "}}"),
            Piece::Part(_) => format += "{}",
        }
    }
    format
}

pub(super) fn lower(document: &mut Value, operations: &[Operation]) -> Result<()> {
    // In the order of their names, whatever their order in the document.
    let mut paths = BTreeMap::new();
    operations::for_each(document, |_, _, described| {
        let name = operations::name_of(described);
        let Some(operation) = operations.iter().find(|operation| operation.name == name) else {
            return Ok(());
        };
        let mut plain = json!({ "operationId": name });
        for key in ["parameters", "requestBody", "responses"] {
            if let Some(value) = described.get(key) {
                plain[key] = value.clone();
            }
        }
        for key in ["summary", "description"] {
            if let Some(text) = described.get(key).filter(|text| text.is_string()) {
                plain[key] = text.clone();
            }
        }
        let item = json!({ lowered_method(operation): plain });
        paths.insert(name, (lowered_path(operation), item));
        Ok(())
    })?;
    document["paths"] = Value::Object(paths.into_values().collect());
    Ok(())
}

/// The operation in the lowered document.
pub(crate) fn described<'a>(operation: &Operation, document: &'a Value) -> Option<&'a Value> {
    let path = document["paths"].get(lowered_path(operation))?;
    path.get(lowered_method(operation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::document::step;

    fn operation(method: &str, path: &str) -> Operation {
        Operation {
            id: "models.search".into(),
            name: "models_search".into(),
            method: method.into(),
            path: path.into(),
            place: step(&step("#/paths", path), method),
        }
    }

    #[test]
    fn a_query_becomes_a_post_on_a_path_of_its_own() {
        let search =
            json!({ "operationId": "models.search", "summary": "S", "tags": [], "x-a": 1 });
        let mut document = json!({ "paths": { "/models": { "query": search } } });
        lower(&mut document, &[operation("QUERY", "/models")]).unwrap();
        assert_eq!(
            document["paths"],
            json!({ "/#models_search": { "post": { "operationId": "models_search", "summary": "S" } } })
        );
    }

    #[test]
    fn an_address_is_the_path_as_it_stands_whatever_it_holds() {
        for (path, lowered, address) in [
            ("/a", "/#models_search", "{}/a"),
            ("a//b/", "/#models_search", "{}/a//b/"),
            ("/{x}.{y}", "/{x}/{y}/#models_search", "{}/{}.{}"),
            ("/{x}/{x}:do", "/{x}/{x}/#models_search", "{}/{}/{}:do"),
            (
                "/{x-y}/{x_y}",
                "/{x_y}/{x_y_path}/#models_search",
                "{}/{}/{}",
            ),
            (
                "/{send}/{type}",
                "/{send_path}/{type}/#models_search",
                "{}/{}/{}",
            ),
            ("/{a/b}/{}", "/{a_b}/{x}/#models_search", "{}/{}/{}"),
            ("/x}{y", "/#models_search", "{}/x}}{{y"),
        ] {
            let operation = operation("GET", path);
            assert_eq!(lowered_path(&operation), lowered);
            assert_eq!(super::address(&operation), address);
        }
    }
}
