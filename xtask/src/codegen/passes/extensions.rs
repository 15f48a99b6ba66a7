//! The overlay's words to this generator: `x-idempotent` on an operation, `x-name` and `x-secret`
//! on a schema.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::codegen::{operations, schemas};

/// Names of the operations that say `x-idempotent: true`.
pub(super) fn idempotent(document: &mut Value) -> Result<Vec<String>> {
    let mut names = Vec::new();
    operations::for_each(document, |path, method, operation| {
        match operation.get("x-idempotent") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => names.push(operations::name_of(operation)),
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

/// Takes every extension out of the schemas: the generator acts on some that are meant for other
/// tools.
pub(super) fn strip(document: &mut Value) {
    schemas::for_each(document, |schema, _, _| {
        if let Some(map) = schema.as_object_mut() {
            map.retain(|key, _| !key.starts_with("x-"));
        }
    });
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
    fn no_extension_of_a_schema_reaches_the_generator() {
        let mut document = json!({ "components": { "schemas": { "s": {
            "x-rust-type": {}, "type": "object", "properties": { "x-a": { "x-b": 1 } } } } } });
        strip(&mut document);
        assert_eq!(
            document["components"]["schemas"]["s"],
            json!({ "type": "object", "properties": { "x-a": {} } })
        );
    }
}
