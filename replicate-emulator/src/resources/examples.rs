//! Example predictions of a model.

use serde_json::{Value, json};

use super::models;
use crate::{
    call::Call, catalog::Entry, clock::stamp, cursor::Order, response::Reply, state::State,
};

const PAGE_SIZE: usize = 25;
/// Ids of predictions have no `l`, so that none begins like this.
const ID_START: &str = "example";

/// The model's example as a prediction, if it has one.
pub(crate) fn shape(state: &State, entry: &Entry) -> Option<Value> {
    let (input, output) = entry.example.as_ref()?;
    let version = entry.versions().first()?.clone();
    let id = format!("{ID_START}{}", &version.id[..19]);
    let made = stamp(entry.created_at);
    Some(json!({
        "id": id,
        "model": version.model,
        "version": version.id,
        "input": input,
        "output": on_this_server(output, &state.url),
        "logs": "",
        "error": null,
        "status": "succeeded",
        "data_removed": false,
        "source": "web",
        "created_at": made,
        "started_at": made,
        "completed_at": made,
        "metrics": {"predict_time": 0.0, "total_time": 0.0},
        "urls": {
            "web": format!("{}/{}", state.url, version.model),
            "get": state.api(&format!("/predictions/{id}")),
            "cancel": state.api(&format!("/predictions/{id}/cancel")),
        },
    }))
}

/// The example with this id, of any model.
pub(crate) fn with_id(state: &State, id: &str) -> Option<Value> {
    if !id.starts_with(ID_START) {
        return None;
    }
    let entries = state.catalog.all();
    let mut examples = entries.iter().filter_map(|entry| shape(state, entry));
    examples.find(|example| example["id"] == id)
}

/// Prefixes URLs that begin with a slash with this server's URL.
fn on_this_server(output: &Value, url: &str) -> Value {
    match output {
        Value::String(path) if path.starts_with("/outputs/") => format!("{url}{path}").into(),
        Value::Array(items) => items.iter().map(|item| on_this_server(item, url)).collect(),
        other => other.clone(),
    }
}

pub(crate) fn list(call: &Call) -> Reply {
    let entry = models::find(call)?;
    let example = shape(&call.state, &entry).map(|example| (0, example));
    call.page(PAGE_SIZE, Order::Descending, example, |example| example)
}
