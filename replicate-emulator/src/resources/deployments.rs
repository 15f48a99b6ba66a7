//! Deployments: create, list, get, update, delete.

use std::{collections::BTreeMap, sync::LazyLock};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{account, hardware};
use crate::{
    call::Call,
    clock::stamp,
    cursor::Order,
    deployments::{Deployment, Release},
    names::read_name,
    problem::Problem,
    response::{Reply, no_content, ok},
    schema,
    state::State,
    sync::Locked,
};

const PAGE_SIZE: usize = 25;
const MOST: usize = 1000;

fn shape(state: &State, deployment: &Deployment) -> Value {
    let release = &deployment.release;
    json!({
        "owner": state.account,
        "name": deployment.name,
        "current_release": {
            "number": release.number,
            "model": release.model,
            "version": release.version,
            "created_at": stamp(release.created_at),
            "created_by": account::shape(state),
            "configuration": {
                "hardware": release.hardware,
                "min_instances": release.min_instances,
                "max_instances": release.max_instances,
            },
        },
    })
}

fn validator(required: &[&str]) -> Option<Validator> {
    schema::body_validator(&json!({
        "type": "object",
        "required": required,
        "properties": {
            "name": {"type": "string"},
            "model": {"type": "string"},
            "version": {"type": "string"},
            "hardware": {"type": "string"},
            "min_instances": {"type": "integer", "minimum": 0, "maximum": 5},
            "max_instances": {"type": "integer", "minimum": 0, "maximum": 20},
        },
    }))
}

static NEW: LazyLock<Option<Validator>> = LazyLock::new(|| {
    validator(&[
        "name",
        "model",
        "version",
        "hardware",
        "min_instances",
        "max_instances",
    ])
});
static CHANGES: LazyLock<Option<Validator>> = LazyLock::new(|| validator(&[]));

pub(crate) fn list(call: &Call) -> Reply {
    let deployments = call.state.deployments.0.locked().clone();
    call.page(PAGE_SIZE, Order::Descending, deployments, |deployment| {
        shape(&call.state, &deployment)
    })
}

pub(crate) fn create(call: &Call) -> Reply {
    let body = call.json(NEW.as_ref())?;
    let state = &call.state;
    let name = read_name(&body, "name")?.to_owned();
    let mut release = Release {
        number: 1,
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        created_at: state.clock.now(),
        ..Release::default()
    };
    // Locked first: the version must not be deleted between the check and the insertion.
    let mut deployments = state.deployments.0.locked();
    change(state, &mut release, &body)?;
    if deployments
        .values()
        .any(|deployment| deployment.name == name)
    {
        return Err(Problem::invalid_field(
            "name",
            "unique",
            format!("The deployment `{name}` already exists"),
        ));
    }
    if deployments.len() >= MOST {
        return Err(Problem::unprocessable(
            "Too many deployments",
            format!("There are {MOST} deployments, which is the limit. Delete some first."),
        ));
    }
    let deployment = Deployment { name, release };
    let body = shape(state, &deployment);
    deployments.insert(state.next_number(), deployment);
    ok(&body)
}

/// Applies the fields of the body. The release is a copy until all of them are valid.
fn change(state: &State, release: &mut Release, body: &Value) -> Result<(), Problem> {
    if let Some(version) = body["version"].as_str() {
        let known = state.catalog.with_version(version);
        let model = known.map(|(entry, _)| entry.full_name());
        if model.as_ref() != Some(&release.model) {
            return Err(Problem::invalid_field(
                "version",
                "exists",
                format!(
                    "The version `{version}` of `{}` does not exist",
                    release.model
                ),
            ));
        }
        release.version = version.to_owned();
    }
    if let Some(sku) = body["hardware"].as_str() {
        hardware::check(sku)?;
        release.hardware = sku.to_owned();
    }
    // A whole number may be written as 1.0.
    let whole = |field: &str| body[field].as_f64().map(|number| number as u64);
    if let Some(least) = whole("min_instances") {
        release.min_instances = least;
    }
    if let Some(most) = whole("max_instances") {
        release.max_instances = most;
    }
    if release.min_instances > release.max_instances {
        return Err(Problem::invalid_field(
            "min_instances",
            "maximum",
            "min_instances is larger than max_instances",
        ));
    }
    Ok(())
}

/// The deployment in the path, and its key.
fn find(
    call: &Call,
    deployments: &BTreeMap<u64, Deployment>,
) -> Result<(u64, Deployment), Problem> {
    let (owner, name) = (call.parameter(0), call.parameter(1));
    deployments
        .iter()
        .find(|(_, deployment)| owner == call.state.account && deployment.name == name)
        .map(|(place, deployment)| (*place, deployment.clone()))
        .ok_or_else(|| Problem::not_found(format!("Deployment `{owner}/{name}` does not exist.")))
}

pub(crate) fn get(call: &Call) -> Reply {
    let (_, deployment) = find(call, &call.state.deployments.0.locked())?;
    ok(&shape(&call.state, &deployment))
}

pub(crate) fn update(call: &Call) -> Reply {
    let mut deployments = call.state.deployments.0.locked();
    let (place, mut deployment) = find(call, &deployments)?;
    let body = call.json_or_nothing(CHANGES.as_ref())?;
    change(&call.state, &mut deployment.release, &body)?;
    deployment.release.number += 1;
    deployment.release.created_at = call.state.clock.now();
    let shape = shape(&call.state, &deployment);
    deployments.insert(place, deployment);
    ok(&shape)
}

pub(crate) fn delete(call: &Call) -> Reply {
    let mut deployments = call.state.deployments.0.locked();
    let (place, _) = find(call, &deployments)?;
    deployments.remove(&place);
    no_content()
}

/// `owner/name` of the deployment in the path, and the version that it runs.
pub(crate) fn target(call: &Call) -> Result<(String, String), Problem> {
    let (_, deployment) = find(call, &call.state.deployments.0.locked())?;
    Ok((
        format!("{}/{}", call.state.account, deployment.name),
        deployment.release.version,
    ))
}
