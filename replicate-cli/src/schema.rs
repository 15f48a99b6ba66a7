//! The schema of what is run.

pub(crate) mod cache;
pub(crate) mod read;
pub(crate) mod violation;

pub(crate) use replicate::schema::ModelSchema as Schema;

#[cfg(test)]
pub(crate) mod tests {
    use super::Schema;
    use serde_json::{Value, json};

    pub(crate) fn schema(input: Value, output: Value) -> Schema {
        let schemas = json!({"Input": input, "Output": output});
        let document = json!({"openapi": "3.0.2", "components": {"schemas": schemas}});
        let schema = Schema::new(document).expect("a valid schema");
        schema.expect("a schema of an input")
    }
}
