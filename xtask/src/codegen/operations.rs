//! The operations of a document: every method of every path, whatever the method is called.

use anyhow::{Result, bail};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value};

use super::document::{Notes, step};

/// Keys of a path item that are no methods.
const NOT_METHODS: &[&str] = &["summary", "description", "servers", "parameters", "$ref"];

/// One operation, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// As the document has it: `predictions.create`.
    pub(crate) id: String,
    /// The method of the generated client: `predictions_create`.
    pub(crate) name: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Operation {
    /// The generated builder's type: `PredictionsCreate`.
    pub(crate) fn builder(&self) -> String {
        self.id.to_upper_camel_case()
    }

    pub(crate) fn place(&self) -> String {
        step(
            &step("#/paths", &self.path),
            &self.method.to_ascii_lowercase(),
        )
    }
}

pub(crate) fn is_method(key: &str) -> bool {
    !NOT_METHODS.contains(&key) && !key.starts_with("x-")
}

/// Calls `f` with the path, the method's key and the operation, for each.
pub(crate) fn for_each(
    document: &mut Value,
    mut f: impl FnMut(&str, &str, &mut Map<String, Value>) -> Result<()>,
) -> Result<()> {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    for (path, item) in paths {
        let Some(item) = item.as_object_mut() else {
            bail!("{} is no object", step("#/paths", path));
        };
        for (key, operation) in item.iter_mut().filter(|(key, _)| is_method(key)) {
            match operation.as_object_mut() {
                Some(operation) => f(path, key, operation)?,
                None => bail!("{} is no object", step(&step("#/paths", path), key)),
            }
        }
    }
    Ok(())
}

/// Gives an id to each operation without one, and refuses ids that would collide.
pub(crate) fn collect(document: &mut Value, notes: &mut Notes) -> Result<Vec<Operation>> {
    let mut found: Vec<Operation> = Vec::new();
    for_each(document, |path, key, operation| {
        let place = step(&step("#/paths", path), key);
        let id = match operation.get("operationId").and_then(Value::as_str) {
            Some(id) if !id.to_snake_case().is_empty() => id.to_string(),
            _ => {
                let id = format!("{key} {}", path.replace(['{', '}'], "")).to_snake_case();
                notes.add(&place, format_args!("no operationId: generated as {id}"));
                operation.insert("operationId".into(), id.clone().into());
                id
            }
        };
        let operation = Operation {
            name: id.to_snake_case(),
            id,
            method: key.to_ascii_uppercase(),
            path: path.to_string(),
        };
        if let Some(other) = found.iter().find(|other| other.name == operation.name) {
            bail!(
                "{place}: operationId {:?} makes the same name as {:?} of {}",
                operation.id,
                other.id,
                other.place()
            );
        }
        found.push(operation);
        Ok(())
    })?;
    if found.is_empty() {
        bail!("#/paths: no operation in it");
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_method_counts_also_those_that_openapi_does_not_name() {
        let mut document = json!({ "paths": { "/models": {
            "parameters": [], "x-note": {}, "description": "",
            "get": { "operationId": "models.list" },
            "query": { "operationId": "models.search" },
        } } });
        let found = collect(&mut document, &mut Notes::default()).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|o| (o.method.as_str(), o.name.as_str()))
            .collect();
        assert_eq!(found, [("GET", "models_list"), ("QUERY", "models_search")]);
    }

    #[test]
    fn a_missing_id_is_made_from_method_and_path() {
        let mut document = json!({ "paths": { "/a/{b_c}": { "get": {} } } });
        let mut notes = Notes::default();
        let found = collect(&mut document, &mut notes).unwrap();
        assert_eq!(found[0].name, "get_a_b_c");
        assert_eq!(notes.lines().count(), 1);
    }

    #[test]
    fn ids_that_make_one_name_are_refused_with_both_places() {
        let mut document = json!({ "paths": {
            "/a": { "get": { "operationId": "a.get" } },
            "/b": { "get": { "operationId": "a_get" } },
        } });
        let error = collect(&mut document, &mut Notes::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("#/paths/~1b/get") && error.contains("#/paths/~1a/get"),
            "{error}"
        );
    }
}
