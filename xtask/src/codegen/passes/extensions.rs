//! The overlay's words to this generator: `x-idempotent` on an operation, `x-name` and `x-secret`
//! on a schema.

use anyhow::{Result, bail};
use heck::ToSnakeCase;
use serde_json::{Value, json};

use crate::codegen::{operations, schemas};

/// Names of the operations that say `x-idempotent: true`.
pub(super) fn idempotent(document: &mut Value) -> Result<Vec<String>> {
    let mut names = Vec::new();
    operations::for_each(document, |path, method, operation| {
        match operation.get("x-idempotent") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => {
                let id = operation
                    .get("operationId")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                names.push(id.to_snake_case());
            }
            Some(other) => bail!("{method} {path}: x-idempotent is {other}, not true or false"),
        }
        Ok(())
    })?;
    Ok(names)
}

/// The component that stands for a text which nothing prints.
pub(crate) const SECRET: &str = "SecretText";

/// Makes each text that says `x-secret: true` a reference to [`SECRET`].
pub(super) fn secrets(document: &mut Value) {
    let mut any = false;
    schemas::for_each(document, |schema, _, _| {
        if schema.get("x-secret") == Some(&Value::Bool(true)) {
            any = true;
            let description = schema
                .get("description")
                .cloned()
                .unwrap_or_else(|| "".into());
            *schema = json!({
                "allOf": [{ "$ref": format!("#/components/schemas/{SECRET}") }],
                "description": description,
            });
        }
    });
    if any {
        document["components"]["schemas"][SECRET] = json!({ "type": "string" });
    }
}

/// Takes every extension out: the generator acts on some that are meant for other tools.
pub(super) fn strip(document: &mut Value) {
    schemas::for_each(document, |schema, _, _| {
        if let Some(map) = schema.as_object_mut() {
            map.retain(|key, _| !key.starts_with("x-"));
        }
    });
    // Each operation was an object when its extensions were read, so nothing can fail here.
    let _ = operations::for_each(document, |_, _, operation| {
        operation.retain(|key, _| !key.starts_with("x-"));
        Ok(())
    });
    if let Some(paths) = schemas::object(document.get_mut("paths")) {
        paths.retain(|key, _| key.starts_with('/'));
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|key, _| operations::is_method(key));
        }
    }
    if let Some(map) = document.as_object_mut() {
        map.retain(|key, _| !key.starts_with("x-"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_says_itself_that_it_may_be_repeated() {
        let mut document = json!({ "paths": {
            "/a": { "post": { "operationId": "a.cancel", "x-idempotent": true } },
            "/b": { "post": { "operationId": "b.create" } },
        } });
        assert_eq!(idempotent(&mut document).unwrap(), ["a_cancel"]);
        document["paths"]["/b"]["post"]["x-idempotent"] = "yes".into();
        assert!(
            idempotent(&mut document)
                .unwrap_err()
                .to_string()
                .contains("post /b")
        );
    }

    #[test]
    fn a_secret_text_gets_the_type_that_hides_it() {
        let mut document = json!({ "components": { "schemas": {
            "s": { "type": "string", "x-secret": true } } } });
        secrets(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            schemas["s"]["allOf"][0]["$ref"],
            "#/components/schemas/SecretText"
        );
        assert_eq!(schemas[SECRET], json!({ "type": "string" }));
    }

    #[test]
    fn no_extension_reaches_the_generator() {
        let mut document = json!({ "x-a": 1, "paths": { "/a": {
            "x-b": 1, "get": { "x-c": 1, "responses": {} } } } });
        strip(&mut document);
        assert_eq!(
            document,
            json!({ "paths": { "/a": { "get": { "responses": {} } } } })
        );
    }
}
