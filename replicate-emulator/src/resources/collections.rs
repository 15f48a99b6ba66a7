//! Collections of models.

use serde_json::{Value, json};

use super::models;
use crate::{
    call::Call,
    catalog::Entry,
    cursor::Order,
    problem::Problem,
    response::{Reply, ok},
};

const PAGE_SIZE: usize = 25;

/// A collection, and which models belong to it.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    full_description: Option<&'static str>,
    pub(crate) has: fn(&Entry) -> bool,
}

pub(crate) const COLLECTIONS: [Collection; 3] = [
    Collection {
        slug: "official",
        name: "Official models",
        description: "Models that run by their name alone",
        full_description: Some(
            "## Official models\n\nThese run without a version: their names are enough.",
        ),
        has: |model| model.official,
    },
    Collection {
        slug: "language-models",
        name: "Language models",
        description: "Models that write text, word by word",
        full_description: None,
        has: |model| model.full_name() == "emulator/text",
    },
    Collection {
        slug: "text-to-image",
        name: "Text to image",
        description: "Models that draw a picture for a prompt",
        full_description: None,
        has: |model| model.full_name() == "emulator/image",
    },
];

impl Collection {
    /// Its models, newest first, each as `shape` shows it.
    pub(crate) fn models(&self, call: &Call, shape: impl Fn(&Entry) -> Value) -> Vec<Value> {
        let entries = call.state.catalog.all();
        let own = entries.iter().rev().filter(|entry| (self.has)(entry));
        own.map(|entry| shape(entry)).collect()
    }
}

fn item(collection: &Collection) -> Value {
    json!({
        "slug": collection.slug,
        "name": collection.name,
        "description": collection.description,
    })
}

pub(crate) fn list(call: &Call) -> Reply {
    call.page(PAGE_SIZE, Order::Ascending, (0..).zip(&COLLECTIONS), item)
}

pub(crate) fn get(call: &Call) -> Reply {
    let slug = call.parameter(0);
    let collection = COLLECTIONS
        .iter()
        .find(|collection| collection.slug == slug)
        .ok_or_else(|| Problem::not_found(format!("Collection `{slug}` does not exist.")))?;
    let mut body = item(collection);
    body["full_description"] = collection.full_description.into();
    body["models"] = collection
        .models(call, |model| models::shape(&call.state, model))
        .into();
    ok(&body)
}
