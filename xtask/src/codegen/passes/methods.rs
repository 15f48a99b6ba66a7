//! Methods that OpenAPI 3.0 does not know. The generator drops them without a word, so each is
//! lowered to a `POST` on a path of its own, and put right again in the generated code.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::codegen::operations::Operation;
use crate::codegen::schemas;

const KNOWN: &[&str] = &[
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

/// Whether the generator can write this method itself.
pub(crate) fn is_known(method: &str) -> bool {
    KNOWN.contains(&method)
}

/// The path under which the generator sees the operation.
pub(crate) fn lowered_path(operation: &Operation) -> String {
    if is_known(&operation.method) {
        operation.path.clone()
    } else {
        format!(
            "{}#{}",
            operation.path,
            operation.method.to_ascii_lowercase()
        )
    }
}

pub(super) fn lower(document: &mut Value, operations: &[Operation]) -> Result<()> {
    let Some(paths) = schemas::object(document.get_mut("paths")) else {
        return Ok(());
    };
    for operation in operations
        .iter()
        .filter(|operation| !is_known(&operation.method))
    {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if !operation.method.chars().all(token) {
            bail!(
                "{}: {:?} is no HTTP method",
                operation.place(),
                operation.method
            );
        }
        let item = schemas::object(paths.get_mut(&operation.path));
        let key = operation.method.to_ascii_lowercase();
        let taken = item.and_then(|item| {
            let key = item
                .keys()
                .find(|k| k.eq_ignore_ascii_case(&key))
                .cloned()?;
            item.shift_remove(&key)
        });
        if let Some(taken) = taken {
            paths.insert(lowered_path(operation), json!({ "post": taken }));
        }
    }
    paths.retain(|_, item| item.as_object().is_none_or(|item| !item.is_empty()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_becomes_a_post_on_a_path_of_its_own() {
        let mut document = json!({ "paths": { "/models": { "get": 1, "query": { "a": 1 } } } });
        let operation = Operation {
            id: "models.search".into(),
            name: "models_search".into(),
            method: "QUERY".into(),
            path: "/models".into(),
        };
        lower(&mut document, &[operation]).unwrap();
        assert_eq!(
            document["paths"],
            json!({ "/models": { "get": 1 }, "/models#query": { "post": { "a": 1 } } })
        );
    }
}
