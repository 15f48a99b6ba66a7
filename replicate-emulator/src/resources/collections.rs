//! Collections of the built-in models.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::models;
use crate::{
    call::Call,
    problem::Problem,
    response::{Reply, json_response},
};

const PAGE_SIZE: usize = 25;

/// A collection, with the names of its models.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    full_description: Option<&'static str>,
    pub(crate) models: &'static [&'static str],
}

pub(crate) const COLLECTIONS: [Collection; 3] = [
    Collection {
        slug: "official",
        name: "Official models",
        description: "Models that run by their name alone",
        full_description: Some(
            "## Official models\n\nThese run without a version: their names are enough.",
        ),
        models: &[
            "emulator/text",
            "emulator/image",
            "emulator/reverse",
            "emulator/slow",
            "emulator/fail",
        ],
    },
    Collection {
        slug: "language-models",
        name: "Language models",
        description: "Models that write text, word by word",
        full_description: None,
        models: &["emulator/text"],
    },
    Collection {
        slug: "text-to-image",
        name: "Text to image",
        description: "Models that draw a picture for a prompt",
        full_description: None,
        models: &["emulator/image"],
    },
];

fn item(collection: &Collection) -> Value {
    json!({
        "slug": collection.slug,
        "name": collection.name,
        "description": collection.description,
    })
}

pub(crate) fn list(call: &Call) -> Reply {
    let all: BTreeMap<u64, &Collection> = (0..).zip(COLLECTIONS.iter()).collect();
    let pages = call.pages(PAGE_SIZE, true);
    let page = pages.cut(&all, |_| true)?;
    Ok(json_response(
        StatusCode::OK,
        &page.map(|collection| item(collection)),
    ))
}

pub(crate) fn get(call: &Call) -> Reply {
    let slug = call.parameter(0);
    let collection = COLLECTIONS
        .iter()
        .find(|collection| collection.slug == slug)
        .ok_or_else(|| Problem::not_found(format!("Collection `{slug}` does not exist.")))?;
    let models: Vec<Value> = collection
        .models
        .iter()
        .filter_map(|name| call.state.catalog.find(name))
        .map(|entry| models::shape(&call.state, &entry))
        .collect();
    let mut body = item(collection);
    body["full_description"] = collection.full_description.into();
    body["models"] = models.into();
    Ok(json_response(StatusCode::OK, &body))
}
