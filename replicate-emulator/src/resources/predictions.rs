//! Predictions: get, list, cancel.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    call::Call,
    clock::stamp,
    cursor::Order,
    job::{Job, JobState, Kind, Outcome},
    lifecycle::{Event, Status},
    problem::Problem,
    response::{Reply, json_response, ok},
    state::State,
};

const PAGE_SIZE: usize = 100;

/// A prediction in the API's format.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    model: &'a str,
    version: &'a str,
    input: &'a Value,
    logs: &'a str,
    output: &'a Value,
    data_removed: bool,
    error: Option<&'a str>,
    source: &'a str,
    status: Status,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_events_filter: Option<&'a [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_completed: Option<&'a str>,
    urls: Urls,
}

#[derive(Serialize)]
struct Urls {
    web: String,
    get: String,
    cancel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
}

/// Which state of a prediction is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    Current,
    /// The state just before the end, as a blocking create of a streaming model returns it: the
    /// whole output is present, and the final state is not yet written.
    BeforeFinal,
}

/// The prediction as JSON.
pub(crate) fn body(state: &State, job: &Job, view: View) -> Vec<u8> {
    job.with_state(|current| {
        let early = view == View::BeforeFinal && current.status == Status::Succeeded;
        serde_json::to_vec(&shape(state, job, current, early)).unwrap_or_default()
    })
}

fn shape<'a>(state: &State, job: &'a Job, current: &'a JobState, early: bool) -> Body<'a> {
    let (deployment, stream_key) = match &job.kind {
        Kind::Prediction {
            deployment,
            stream_key,
            ..
        } => (deployment.as_deref(), stream_key.as_deref()),
        Kind::Training { .. } => (None, None),
    };
    let ended = current.status.is_terminal() && !early;
    let webhook = job.webhooks.webhook.as_deref();
    let completed = job.webhooks.completed.as_deref();
    Body {
        id: &job.id,
        model: &job.model,
        version: &job.version,
        input: &current.input,
        logs: &current.logs,
        output: &current.output,
        data_removed: current.data_removed,
        error: current.error.as_deref(),
        source: "api",
        status: if early {
            Status::Processing
        } else {
            current.status
        },
        created_at: stamp(job.created_at),
        started_at: current.started_at.filter(|_| !early).map(stamp),
        completed_at: current.completed_at.filter(|_| ended).map(stamp),
        deadline: job.deadline.map(stamp),
        deployment,
        metrics: Some(&current.metrics).filter(|_| ended),
        webhook: webhook.map(|hook| hook.url.as_str()),
        webhook_events_filter: webhook.map(|hook| hook.events.as_slice()),
        webhook_completed: completed.map(|hook| hook.url.as_str()),
        urls: Urls {
            web: format!("{}/p/{}", state.url, job.id),
            get: state.api(&format!("/predictions/{}", job.id)),
            cancel: state.api(&format!("/predictions/{}/cancel", job.id)),
            stream: stream_key.map(|key| format!("{}/streams/{}-{key}", state.url, job.id)),
        },
    }
}

pub(crate) fn respond(
    state: &State,
    job: &Job,
    status: StatusCode,
    view: View,
) -> axum::response::Response {
    // Serialized once: the state of a running prediction could change in between.
    let mut response = json_response(status, &());
    *response.body_mut() = body(state, job, view).into();
    response
}

pub(crate) fn get(call: &Call) -> Reply {
    if let Some(example) = super::examples::with_id(&call.state, call.parameter(0)) {
        return ok(&example);
    }
    let job = find(call)?;
    Ok(respond(&call.state, &job, StatusCode::OK, View::Current))
}

pub(crate) fn cancel(call: &Call) -> Reply {
    let job = find(call)?;
    call.state.apply(&job, Event::CanceledByUser, Outcome::None);
    Ok(respond(&call.state, &job, StatusCode::OK, View::Current))
}

pub(crate) fn list(call: &Call) -> Reply {
    let (after, before) = (
        moment(call, "created_after")?,
        moment(call, "created_before")?,
    );
    let web_only = match call.query.get("source") {
        None => false,
        Some("web") => true,
        Some(other) => {
            return Err(Problem::bad_request(format!(
                "Invalid `source` `{other}`: expected `web`."
            )));
        }
    };
    call.state.expire();
    let mut jobs = call.state.predictions.all();
    jobs.retain(|job| {
        !web_only
            && after.is_none_or(|after| job.created_at >= after)
            && before.is_none_or(|before| job.created_at < before)
    });
    let jobs = jobs.into_iter().map(|job| (job.number, job));
    call.page(PAGE_SIZE, Order::Descending, jobs, |job| {
        job.with_state(|current| serde_json::to_value(shape(&call.state, &job, current, false)))
            .unwrap_or_default()
    })
}

pub(crate) fn find(call: &Call) -> Result<Arc<Job>, Problem> {
    let jobs = &call.state.predictions;
    call.state.find_job(jobs, "Prediction", call.parameter(0))
}

fn moment(call: &Call, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = call.query.get(name) else {
        return Ok(None);
    };
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Ok(Some(moment.to_utc())),
        Err(error) => Err(Problem::bad_request(format!(
            "Invalid `{name}` `{text}`: expected an RFC 3339 timestamp such as \
             2025-01-01T00:00:00Z ({error})."
        ))),
    }
}
