//! Enums that keep a value they do not know. Without them, a new value, such as another status,
//! would lose the whole response.

use serde_json::{Value, json};

use crate::codegen::json::Json;

/// An enum of strings to be written in place of the generator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenEnum {
    pub(crate) description: Option<String>,
    pub(crate) values: Vec<String>,
    /// The values after which nothing changes any more, if the enum is a status.
    pub(crate) terminal: Vec<String>,
    /// Whether it may be null wherever it is used.
    nullable: bool,
}

impl OpenEnum {
    pub(super) fn of(schema: &Value) -> Option<Self> {
        let values = schema.texts("enum");
        let found = !values.is_empty() && schema["type"] == "string";
        found.then(|| Self {
            description: schema.text("description").map(String::from),
            values,
            terminal: schema.texts("x-terminal"),
            nullable: schema["nullable"] == true,
        })
    }

    /// What the generator of types is given for it.
    pub(super) fn schema(&self) -> Value {
        let mut schema = json!({ "type": "string" });
        if self.nullable {
            schema["nullable"] = true.into();
        }
        schema
    }

    /// The values that the other one does not have.
    pub(super) fn adds_to(&self, other: &Self) -> Vec<String> {
        missing(&self.values, &other.values)
    }

    /// Takes the values of another one. Whichever says which are terminal, it holds for both.
    pub(super) fn extend(&mut self, other: &Self) {
        self.values.extend(other.adds_to(self));
        let terminal = missing(&other.terminal, &self.terminal);
        self.terminal.extend(terminal);
    }
}

fn missing(values: &[String], present: &[String]) -> Vec<String> {
    let new = values.iter().filter(|value| !present.contains(value));
    new.cloned().collect()
}
