//! The operations of a document: every method of every path, whatever the method is called.

use anyhow::{Result, bail};
use heck::ToSnakeCase;
use serde_json::{Map, Value};

use super::document::{Notes, step};
use super::idents::{pascal, snake, unused};

/// Keys of a path item that are no methods.
const NOT_METHODS: &[&str] = &["summary", "description", "servers", "parameters", "$ref"];

/// Where an operation carries the name of its generated method, for the passes.
const NAME: &str = "x-method-name";

/// Methods that the client has already, or that would stand in the way of those that the
/// generated code calls on it.
const CLIENT: &[&str] = &[
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "from_env",
    "from_transport",
    "inner",
    "new",
    "post",
    "pre",
    "transport",
];

/// Names that the generated builders use for something else.
const BUILDERS: &[&str] = &[
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "Err",
    "Error",
    "None",
    "Ok",
    "OperationInfo",
    "Option",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "Self_",
    "Some",
    "String",
];

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
    pub(crate) place: String,
}

impl Operation {
    /// The generated builder's type: `PredictionsCreate`.
    pub(crate) fn builder(&self) -> String {
        pascal(&self.name)
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

/// The operation's id in the document, or the one that it was given.
pub(crate) fn id_of(operation: &Map<String, Value>) -> &str {
    let id = operation.get("operationId").and_then(Value::as_str);
    id.unwrap_or_default()
}

/// The name of the operation's generated method.
pub(crate) fn name_of(operation: &Map<String, Value>) -> String {
    let name = operation.get(NAME).and_then(Value::as_str);
    name.map_or_else(|| snake(id_of(operation)), String::from)
}

/// Gives an id to each operation without one, and each a name that no other has.
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
        let name = free_name(&id, &found);
        if name != id.to_snake_case() {
            notes.add(
                &place,
                format_args!("the name of operationId {id:?} is taken: generated as {name}"),
            );
        }
        operation.insert(NAME.into(), name.clone().into());
        found.push(Operation {
            name,
            id,
            method: key.to_ascii_uppercase(),
            path: path.to_string(),
            place,
        });
        Ok(())
    })?;
    if found.is_empty() {
        bail!("#/paths: no operation in it");
    }
    Ok(found)
}

/// A name for the method and, in capitals, for the builder.
fn free_name(id: &str, found: &[Operation]) -> String {
    let mut name = snake(id);
    let reserved = CLIENT.contains(&name.as_str())
        || BUILDERS.contains(&pascal(&name).as_str())
        || name.ends_with('_');
    if reserved {
        name = format!("{}_call", name.trim_end_matches('_'));
    }
    unused(&name, "_", |name| {
        let builder = pascal(name);
        found
            .iter()
            .any(|other| other.name == name || other.builder() == builder)
    })
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

    fn names(ids: &[&str]) -> (Vec<String>, usize) {
        let paths: Map<String, Value> = ids
            .iter()
            .enumerate()
            .map(|(n, id)| (format!("/{n}"), json!({ "get": { "operationId": id } })))
            .collect();
        let mut notes = Notes::default();
        let found = collect(&mut json!({ "paths": paths }), &mut notes).unwrap();
        let names = found.into_iter().map(|operation| operation.name);
        (names.collect(), notes.lines().count())
    }

    #[test]
    fn ids_that_make_one_name_are_both_generated_and_the_second_is_named() {
        let (found, notes) = names(&["a.get", "a_get", "a.get", "aGet", "foo1.x", "foo_1.x"]);
        assert_eq!(
            found,
            [
                "a_get",
                "a_get_2",
                "a_get_3",
                "a_get_4",
                "foo1_x",
                "foo_1_x_2"
            ]
        );
        assert_eq!(notes, 4);
    }

    #[test]
    fn ids_that_are_words_of_rust_or_of_the_client_get_another_name() {
        let (found, _) = names(&["type", "self", "exec", "result", "1st", "get a/b", "it's"]);
        assert_eq!(
            found,
            [
                "type_call",
                "self_call",
                "exec_call",
                "result_call",
                "x1st",
                "get_a_b",
                "its"
            ]
        );
    }
}
