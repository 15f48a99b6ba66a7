//! Enums that keep a value they do not know. Without them, a new value, such as another status,
//! would lose the whole response.

use serde_json::Value;

use crate::codegen::json::Json;
use crate::codegen::model::OpenEnum;

impl OpenEnum {
    /// The enum of strings that this schema is, if it is one.
    pub(super) fn of(schema: &Value) -> Option<Self> {
        let values = schema.texts("enum");
        let found = !values.is_empty() && schema["type"] == "string";
        found.then(|| Self {
            description: schema.text("description").map(String::from),
            values,
            terminal: schema.texts("x-terminal"),
        })
    }

    /// The values that the other one does not have.
    pub(super) fn adds_to(&self, other: &Self) -> Vec<String> {
        let mut values = self.values.clone();
        values.retain(|value| !other.values.contains(value));
        values
    }

    /// Takes the values of another one. Whichever says which are terminal, it holds for both.
    pub(super) fn extend(&mut self, other: &Self) {
        self.values.extend(other.adds_to(self));
        let mut terminal = other.terminal.clone();
        terminal.retain(|value| !self.terminal.contains(value));
        self.terminal.extend(terminal);
    }
}
