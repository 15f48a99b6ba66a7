//! Parts of JSON values; what is absent, or of another kind, reads as empty.

use std::sync::LazyLock;

use serde_json::{Map, Value};

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

pub(crate) trait Json {
    /// The string under this key.
    fn text(&self, key: &str) -> Option<&str>;
    /// The list under this key.
    fn list(&self, key: &str) -> &[Value];
    /// The strings in the list under this key.
    fn texts(&self, key: &str) -> Vec<String>;
    /// The object under this key.
    fn map(&self, key: &str) -> &Map<String, Value>;
    /// The entries of the object under this key.
    fn entries_mut(&mut self, key: &str) -> impl Iterator<Item = (&String, &mut Value)>;
    /// Removes the value under this key.
    fn remove(&mut self, key: &str) -> Option<Value>;
}

impl Json for Value {
    fn text(&self, key: &str) -> Option<&str> {
        self[key].as_str()
    }

    fn list(&self, key: &str) -> &[Value] {
        self[key].as_array().map_or(&[], Vec::as_slice)
    }

    fn texts(&self, key: &str) -> Vec<String> {
        let texts = self.list(key).iter().filter_map(Value::as_str);
        texts.map(String::from).collect()
    }

    fn map(&self, key: &str) -> &Map<String, Value> {
        self[key].as_object().unwrap_or(&EMPTY)
    }

    fn entries_mut(&mut self, key: &str) -> impl Iterator<Item = (&String, &mut Value)> {
        let map = self.get_mut(key).and_then(Value::as_object_mut);
        map.into_iter().flatten()
    }

    fn remove(&mut self, key: &str) -> Option<Value> {
        self.as_object_mut()?.shift_remove(key)
    }
}
