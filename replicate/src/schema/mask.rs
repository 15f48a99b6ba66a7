//! Masks the values of secret inputs.

use serde_json::Value;

use super::{ModelSchema, ValueSchema};

/// Placeholder for the value of a secret input.
pub const MASK: &str = "********";

impl ModelSchema {
    /// Whether an input, or something in one, is a secret.
    pub fn has_secrets(&self) -> bool {
        self.inputs()
            .iter()
            .any(|input| input.schema().has_secrets())
    }

    /// The input with [`MASK`] in place of each secret, to be shown or recorded.
    ///
    /// A key that the schema does not know may be a misspelled secret: where the model has
    /// secrets, the values of unknown keys are masked too.
    ///
    /// ```
    /// use replicate::schema::ModelSchema;
    /// use serde_json::json;
    ///
    /// let document = json!({ "components": { "schemas": { "Input": { "properties": {
    ///     "prompt": { "type": "string" },
    ///     "api_key": { "type": "string", "x-cog-secret": true },
    /// } } } } });
    /// let schema = ModelSchema::new(document)?.unwrap();
    /// let input = json!({ "prompt": "a", "api_key": "r8_secret" });
    /// let shown = schema.masked(&input);
    /// assert_eq!(shown, json!({ "prompt": "a", "api_key": "********" }));
    /// # Ok::<(), replicate::schema::SchemaError>(())
    /// ```
    pub fn masked(&self, input: &Value) -> Value {
        let mut masked = input.clone();
        if let Value::Object(fields) = &mut masked
            && self.has_secrets()
        {
            for (key, value) in fields {
                match self.input(key) {
                    Some(input) => mask(input.schema(), value),
                    None => *value = MASK.into(),
                }
            }
        }
        masked
    }
}

impl ValueSchema {
    /// Whether it is a secret, or has one in it.
    pub fn has_secrets(&self) -> bool {
        self.secret
            || self.items().is_some_and(Self::has_secrets)
            || self.alternatives.iter().any(Self::has_secrets)
            || self.fields.iter().any(|field| field.schema.has_secrets())
    }
}

/// Replaces what is secret in a value. Null says only that no secret was given.
fn mask(schema: &ValueSchema, value: &mut Value) {
    if value.is_null() || !schema.has_secrets() {
        return;
    }
    let is_secret = schema.secret;
    match (value, schema.items()) {
        (Value::Array(items), Some(schema)) if !is_secret => {
            items.iter_mut().for_each(|item| mask(schema, item));
        }
        (Value::Object(fields), _) if !schema.fields.is_empty() && !is_secret => {
            for (key, value) in fields {
                match schema.field(key) {
                    Some(field) => mask(&field.schema, value),
                    None => *value = MASK.into(),
                }
            }
        }
        (value, _) => *value = MASK.into(),
    }
}
