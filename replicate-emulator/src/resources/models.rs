//! Models: list, create, get, update, delete, readme.

use std::sync::{Arc, LazyLock, Mutex, atomic::Ordering};

use axum::response::IntoResponse;
use http::StatusCode;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::{examples, hardware, versions};
use crate::{
    call::Call,
    catalog::{Entry, Properties},
    clock::stamp,
    cursor::Order,
    names::{MAX_URL_LENGTH, is_web_url, read_name},
    problem::Problem,
    response::{Reply, json_response, no_content, ok},
    schema,
    state::State,
    sync::Locked,
};

const PAGE_SIZE: usize = 25;
/// The most models, as in the API.
const MOST: usize = 1000;
/// The longest description or readme, in characters.
const LONGEST_TEXT: usize = 100_000;

/// A model in the API's format.
pub(crate) fn shape(state: &State, entry: &Entry) -> Value {
    let properties = entry.properties();
    json!({
        "url": format!("{}/{}", state.url, entry.full_name()),
        "owner": entry.owner,
        "name": entry.name,
        "description": properties.description,
        "visibility": if entry.public { "public" } else { "private" },
        "is_official": entry.official,
        "github_url": properties.github_url,
        "paper_url": properties.paper_url,
        "license_url": properties.license_url,
        "weights_url": properties.weights_url,
        "cover_image_url": properties.cover_image_url,
        "run_count": entry.runs.load(Ordering::Relaxed),
        "created_at": stamp(entry.created_at),
        "default_example": examples::shape(state, entry),
        "latest_version": entry.latest().map(|version| versions::shape(&version)),
    })
}

/// The model in the path.
pub(crate) fn find(call: &Call) -> Result<Arc<Entry>, Problem> {
    let (owner, name) = (call.parameter(0), call.parameter(1));
    call.state
        .catalog
        .get(owner, name)
        .ok_or_else(|| Problem::not_found(format!("Model `{owner}/{name}` does not exist.")))
}

pub(crate) async fn get(call: &Call) -> Reply {
    let entry = find(call)?;
    versions::refresh(call, &entry).await;
    ok(&shape(&call.state, &entry))
}

pub(crate) async fn list(call: &Call) -> Reply {
    let by_model = choice(
        call,
        "sort_by",
        ["latest_version_created_at", "model_created_at"],
    )?;
    let order = match choice(call, "sort_direction", ["desc", "asc"])? {
        false => Order::Descending,
        true => Order::Ascending,
    };
    let entries = call.state.catalog.all();
    let public = entries.into_iter().filter(|entry| entry.public);
    let sorted = public.map(|entry| {
        let newest = entry.latest().filter(|_| !by_model).map(|v| v.number);
        (newest.unwrap_or(entry.number), entry)
    });
    call.page(PAGE_SIZE, order, sorted, |entry| shape(&call.state, &entry))
}

/// Whether the second of two allowed values was given. The first is the default.
fn choice(call: &Call, name: &str, allowed: [&str; 2]) -> Result<bool, Problem> {
    match call.query.get(name) {
        None => Ok(false),
        Some(value) if value == allowed[0] => Ok(false),
        Some(value) if value == allowed[1] => Ok(true),
        Some(value) => Err(Problem::bad_request(format!(
            "`{name}` is `{}` or `{}`, not `{value}`.",
            allowed[0], allowed[1]
        ))),
    }
}

static NEW: LazyLock<Option<Validator>> = LazyLock::new(|| {
    let mut schema = changes();
    schema["required"] = json!(["owner", "name", "visibility", "hardware"]);
    for name in ["owner", "name", "hardware"] {
        schema["properties"][name] = json!({"type": "string"});
    }
    schema["properties"]["visibility"] = json!({"type": "string", "enum": ["public", "private"]});
    schema::body_validator(&schema)
});
static CHANGES: LazyLock<Option<Validator>> = LazyLock::new(|| schema::body_validator(&changes()));

/// The schema of the properties that can be changed. Others are ignored in a change.
fn changes() -> Value {
    let text = json!({"type": "string", "maxLength": LONGEST_TEXT});
    let url = json!({"type": "string", "maxLength": MAX_URL_LENGTH});
    json!({
        "type": "object",
        "properties": {
            "description": text,
            "readme": text,
            "github_url": url,
            "paper_url": url,
            "weights_url": url,
            "license_url": url,
            "cover_image_url": url,
        },
    })
}

pub(crate) fn create(call: &Call) -> Reply {
    let body = call.json(NEW.as_ref())?;
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let (owner, name) = (read_name(&body, "owner")?, read_name(&body, "name")?);
    hardware::check(text("hardware"))?;
    let catalog = &call.state.catalog;
    if catalog.get(owner, name).is_some() {
        return Err(Problem::invalid_field(
            "name",
            "unique",
            format!("The model `{owner}/{name}` already exists"),
        ));
    }
    if catalog.all().len() >= MOST {
        return Err(Problem::unprocessable(
            "Too many models",
            format!("There are {MOST} models, which is the limit. Delete some first."),
        ));
    }
    let mut properties = Properties::default();
    apply(&mut properties, &body)?;
    let entry = catalog.insert(Entry {
        owner: owner.to_owned(),
        name: name.to_owned(),
        public: text("visibility") == "public",
        created: true,
        created_at: call.state.clock.now(),
        properties: Mutex::new(properties),
        ..Entry::default()
    });
    Ok(json_response(
        StatusCode::CREATED,
        &shape(&call.state, &entry),
    ))
}

pub(crate) fn update(call: &Call) -> Reply {
    let entry = find(call)?;
    own(&entry)?;
    let body = call.json_or_nothing(CHANGES.as_ref())?;
    let mut properties = entry.properties();
    apply(&mut properties, &body)?;
    *entry.properties.locked() = properties;
    ok(&shape(&call.state, &entry))
}

fn apply(properties: &mut Properties, body: &Value) -> Result<(), Problem> {
    let urls = [
        ("github_url", &mut properties.github_url),
        ("paper_url", &mut properties.paper_url),
        ("license_url", &mut properties.license_url),
        ("weights_url", &mut properties.weights_url),
        ("cover_image_url", &mut properties.cover_image_url),
    ];
    for (field, place) in urls {
        match body[field].as_str() {
            None => {}
            Some("") => *place = None,
            Some(url) if is_web_url(url) => *place = Some(url.to_owned()),
            Some(url) => {
                return Err(Problem::invalid_field(
                    field,
                    "format",
                    format!("`{url}` is not an http or https URL"),
                ));
            }
        }
    }
    for (field, place) in [
        ("description", &mut properties.description),
        ("readme", &mut properties.readme),
    ] {
        if let Some(text) = body[field].as_str() {
            *place = Some(text.to_owned());
        }
    }
    Ok(())
}

/// Refuses to change models that were not created through the API.
pub(crate) fn own(entry: &Entry) -> Result<(), Problem> {
    if entry.created {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "{} is part of the emulator and cannot be changed; only created models can.",
        entry.full_name()
    )))
}

pub(crate) fn delete(call: &Call) -> Reply {
    let entry = find(call)?;
    own(&entry)?;
    if entry.public {
        return Err(Problem::forbidden("Only private models can be deleted."));
    }
    if entry.latest().is_some() {
        return Err(Problem::unprocessable(
            "Model has versions",
            "Delete the model's versions before the model.",
        ));
    }
    call.state.catalog.remove(&entry);
    no_content()
}

pub(crate) fn readme(call: &Call) -> Reply {
    let entry = find(call)?;
    let readme = entry
        .properties()
        .readme
        .ok_or_else(|| Problem::not_found(format!("{} has no readme.", entry.full_name())))?;
    // As `text/plain; charset=utf-8`.
    Ok(readme.into_response())
}
