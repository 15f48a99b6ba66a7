//! Versions of models.

use std::sync::Arc;

use axum::response::IntoResponse;
use http::StatusCode;
use serde_json::{Value, json};

use super::models;
use crate::{
    call::Call,
    catalog::{Entry, Version},
    clock::stamp,
    cog,
    cursor::Order,
    job::{Job, Outcome},
    lifecycle::Event,
    problem::Problem,
    response::{Reply, ok},
    sync::Locked,
};

const PAGE_SIZE: usize = 25;
/// The Cog version whose schema format the versions have.
const COG_VERSION: &str = "0.16.12";

/// A version in the API's format.
pub(crate) fn shape(version: &Version) -> Value {
    // Empty while it is unknown: some clients cannot read a list with a null here.
    let document = version
        .interface()
        .map_or_else(|| json!({}), |interface| interface.document.clone());
    json!({
        "id": version.id,
        "created_at": stamp(version.created_at),
        "cog_version": COG_VERSION,
        "openapi_schema": document,
    })
}

/// Reads the interfaces of Cog servers again.
pub(crate) async fn refresh(call: &Call, entry: &Entry) {
    for version in entry.versions() {
        cog::prediction::refresh(&call.state, &version).await;
    }
}

/// The version in the path.
pub(crate) fn find(call: &Call) -> Result<(Arc<Entry>, Arc<Version>), Problem> {
    let entry = models::find(call)?;
    let id = call.parameter(2);
    let version = entry.version(id).ok_or_else(|| {
        Problem::not_found(format!("{} has no version `{id}`.", entry.full_name()))
    })?;
    Ok((entry, version))
}

pub(crate) async fn list(call: &Call) -> Reply {
    let entry = models::find(call)?;
    if entry.official {
        return Err(Problem::not_found(format!(
            "{} is an official model: its versions are not listed.",
            entry.full_name()
        )));
    }
    refresh(call, &entry).await;
    let versions = entry.versions().into_iter().map(|v| (v.number, v));
    call.page(PAGE_SIZE, Order::Descending, versions, |version| {
        shape(&version)
    })
}

pub(crate) async fn get(call: &Call) -> Reply {
    let (_, version) = find(call)?;
    cog::prediction::refresh(&call.state, &version).await;
    ok(&shape(&version))
}

pub(crate) fn delete(call: &Call) -> Reply {
    let (entry, version) = find(call)?;
    models::own(&entry)?;
    if entry.public {
        return Err(Problem::forbidden(
            "Only versions of private models can be deleted.",
        ));
    }
    let state = &call.state;
    let trains = |job: &Arc<Job>| job.version == version.id && !job.status().is_terminal();
    if let Some(training) = state.trainings.all().into_iter().find(trains) {
        return Err(Problem::unprocessable(
            "Version is in use",
            format!("The training {} is based on this version.", training.id),
        ));
    }
    // Locked, so that no deployment gets the version before it is removed.
    let deployments = state.deployments.0.locked();
    let mut releases = deployments.values();
    if let Some(user) = releases.find(|user| user.release.version == version.id) {
        return Err(Problem::unprocessable(
            "Version is in use",
            format!("The deployment {} runs this version.", user.name),
        ));
    }
    state.catalog.remove_version(&entry, &version.id);
    drop(deployments);
    for running in state.predictions.forget_version(&version.id) {
        state.apply(&running, Event::CanceledByUser, Outcome::None);
    }
    Ok(StatusCode::ACCEPTED.into_response())
}
