//! Creates of predictions: by version, by model, by deployment.

use std::{
    sync::{Arc, LazyLock, atomic::Ordering},
    time::Duration,
};

use axum::response::Response;
use http::{StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::predictions::{View, respond};
use crate::{
    call::Call,
    catalog::{Entry, Version},
    clock, cog,
    job::{Job, Kind, Live},
    problem::Problem,
    request_headers,
    response::{Reply, set_header},
    run, schema,
    webhook::{self, Subscriptions},
};

static WITH_VERSION: LazyLock<Option<Validator>> = LazyLock::new(|| {
    let mut schema = body_schema(&["version", "input"]);
    schema["properties"]["version"] = json!({"type": "string"});
    schema::body_validator(&schema)
});
static WITHOUT_VERSION: LazyLock<Option<Validator>> =
    LazyLock::new(|| schema::body_validator(&body_schema(&["input"])));

fn body_schema(required: &[&str]) -> Value {
    let mut schema = webhook::create_schema(required);
    schema["additionalProperties"] = false.into();
    schema["properties"]["stream"] = json!({"type": "boolean"});
    schema
}

/// Target of a prediction.
type Target = (Arc<Entry>, Arc<Version>);

pub(crate) async fn by_version(call: &Call) -> Reply {
    let body = call.json(WITH_VERSION.as_ref())?;
    let reference = body["version"].as_str().unwrap_or_default();
    let target = resolve(call, reference)?;
    create(call, body, target, None).await
}

pub(crate) async fn by_model(call: &Call) -> Reply {
    let entry = super::models::find(call)?;
    let name = entry.full_name();
    // Only official models run without a version; the API has no such route for others.
    let version = entry.latest().filter(|_| entry.official).ok_or_else(|| {
        Problem::not_found(format!(
            "{name} is not an official model: create its predictions by version, with \
             POST /v1/predictions."
        ))
    })?;
    let body = call.json(WITHOUT_VERSION.as_ref())?;
    create(call, body, (entry, version), None).await
}

pub(crate) async fn by_deployment(call: &Call) -> Reply {
    let (name, version) = super::deployments::target(call)?;
    let target = call.state.catalog.with_version(&version).ok_or_else(|| {
        Problem::not_found(format!(
            "The version of the deployment {name} does not exist."
        ))
    })?;
    let body = call.json(WITHOUT_VERSION.as_ref())?;
    create(call, body, target, Some(name)).await
}

/// The version that `owner/name`, `owner/name:id` or an id refers to.
fn resolve(call: &Call, reference: &str) -> Result<Target, Problem> {
    let refused = |detail| Problem::unprocessable("Invalid version or not permitted", detail);
    let catalog = &call.state.catalog;
    if let Some((model, id)) = reference.split_once(':') {
        let target = catalog.with_version(id);
        return target
            .filter(|(entry, _)| entry.full_name() == model)
            .ok_or_else(|| refused(format!("The version `{id}` of `{model}` does not exist.")));
    }
    if !reference.contains('/') {
        return catalog
            .with_version(reference)
            .ok_or_else(|| refused(format!("The version `{reference}` does not exist.")));
    }
    let entry = catalog
        .find(reference)
        .ok_or_else(|| refused(format!("The model `{reference}` does not exist.")))?;
    if !entry.official {
        return Err(refused(format!(
            "`{reference}` is not an official model: name one of its versions, as \
             `{reference}:ID`."
        )));
    }
    match entry.latest() {
        Some(version) => Ok((entry, version)),
        None => Err(refused(format!("`{reference}` has no version yet."))),
    }
}

async fn create(
    call: &Call,
    body: Value,
    (entry, version): Target,
    deployment: Option<String>,
) -> Reply {
    let wait = request_headers::wait(&call.parts.headers)?;
    let life = request_headers::cancel_after(&call.parts.headers)?;
    let webhooks = Subscriptions::read(&body)?;
    cog::prediction::refresh(&call.state, &version).await;
    let interface = version.interface();
    let Value::Object(mut body) = body else {
        return Err(Problem::bad_request("The body is not a JSON object."));
    };
    let input = body.remove("input").unwrap_or_default();
    let wrong = interface
        .as_ref()
        .map_or_else(Vec::new, |i| i.check(&input));
    if !wrong.is_empty() {
        return Err(Problem::invalid("Input validation failed", wrong));
    }
    let state = &call.state;
    let now = state.expire();
    // Without a known interface, the prediction may stream.
    let streams = interface.as_ref().is_none_or(|i| i.iterator);
    let job = Arc::new(Job {
        id: state.ids.id(),
        number: state.next_number(),
        kind: Kind::Prediction {
            deployment,
            stream_key: streams.then(|| state.ids.id()),
            iterator: interface.is_some_and(|i| i.iterator),
        },
        model: entry.full_name(),
        version: version.id.clone(),
        created_at: now,
        deadline: life.map(|life| clock::after(now, life)),
        webhooks,
        live: Live::new(input, now),
    });
    state.predictions.insert(Arc::clone(&job))?;
    entry.runs.fetch_add(1, Ordering::Relaxed);
    // A create that does not wait returns the prediction as it was created, even if it ends at
    // once.
    let mut response = match wait {
        None => {
            let made = respond(state, &job, StatusCode::CREATED, View::Current);
            run::start(state, &job, version);
            made
        }
        Some(wait) => {
            run::start(state, &job, version);
            wait_for_end(call, &job, wait).await
        }
    };
    let url = state.api(&format!("/predictions/{}", job.id));
    set_header(response.headers_mut(), header::LOCATION, url);
    Ok(response)
}

/// The response of a blocking create: when the prediction has ended, or after the wait.
async fn wait_for_end(call: &Call, job: &Job, wait: Duration) -> Response {
    let state = &call.state;
    tokio::select! {
        () = job.ended() => {}
        () = state.clock.sleep(wait) => {}
        () = state.stop.cancelled() => {}
    }
    let status = if job.status().is_terminal() {
        StatusCode::CREATED
    } else {
        StatusCode::ACCEPTED
    };
    let view = if job.is_iterator() {
        View::BeforeFinal
    } else {
        View::Current
    };
    let mut response = respond(state, job, status, view);
    if let Some(applied) = call.parts.headers.get("prefer").cloned() {
        response.headers_mut().insert("preference-applied", applied);
    }
    response
}
