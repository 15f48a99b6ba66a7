//! Trainings: they run like predictions, and create a version of their destination.

use std::sync::{Arc, LazyLock};

use http::StatusCode;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::versions;
use crate::{
    call::Call,
    catalog::{Engine, Entry, Version},
    clock::stamp,
    context::{Context, Failure},
    cursor::Order,
    job::{Job, Kind, Live, Outcome},
    lifecycle::Event,
    problem::Problem,
    response::{Reply, json_response, ok},
    run, schema,
    state::State,
    webhook::{self, Subscriptions},
};

const PAGE_SIZE: usize = 100;
const STEPS: u32 = 5;
/// The most versions of a model.
const MOST_VERSIONS: usize = 1000;

/// A training in the API's format. Unlike a prediction's, empty fields are absent, not null.
pub(crate) fn shape(state: &State, job: &Job) -> Value {
    job.with_state(|current| {
        let url = state.api(&format!("/trainings/{}", job.id));
        let ended = current.status.is_terminal();
        let mut body = json!({
            "id": job.id,
            "model": job.model,
            "version": job.version,
            "input": current.input,
            "output": Some(&current.output).filter(|output| output.is_object()),
            "logs": current.logs,
            "error": current.error,
            "source": "api",
            "status": current.status,
            "created_at": stamp(job.created_at),
            "started_at": current.started_at.map(stamp),
            "completed_at": current.completed_at.map(stamp),
            "metrics": Some(&current.metrics).filter(|_| ended),
            "urls": {
                "get": url,
                "cancel": format!("{url}/cancel"),
            },
        });
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, value| name == "error" || !value.is_null());
        }
        body
    })
}

static NEW: LazyLock<Option<Validator>> = LazyLock::new(|| {
    let mut schema = webhook::create_schema(&["destination", "input"]);
    schema["properties"]["destination"] = json!({"type": "string"});
    schema::body_validator(&schema)
});

pub(crate) fn create(call: &Call) -> Reply {
    let (_, version) = versions::find(call)?;
    let body = call.json(NEW.as_ref())?;
    let webhooks = Subscriptions::read(&body)?;
    let state = &call.state;
    let name = body["destination"].as_str().unwrap_or_default();
    let destination = state
        .catalog
        .find(name)
        .ok_or_else(|| Problem::not_found("The specified training destination does not exist"))?;
    if super::models::own(&destination).is_err() {
        return Err(Problem::invalid_field(
            "destination",
            "owner",
            format!("The model `{name}` belongs to another account: use one of your own"),
        ));
    }
    if destination.versions().len() >= MOST_VERSIONS {
        return Err(Problem::unprocessable(
            "Too many versions",
            format!("{name} has {MOST_VERSIONS} versions already. Delete some first."),
        ));
    }
    let wrong = version.interface().map_or_else(Vec::new, |interface| {
        interface.check_training(&body["input"])
    });
    if !wrong.is_empty() {
        return Err(Problem::invalid("Input validation failed", wrong));
    }
    let created_at = state.expire();
    let job = Arc::new(Job {
        id: state.ids.id(),
        number: state.next_number(),
        kind: Kind::Training {
            destination: destination.full_name(),
        },
        model: version.model.clone(),
        version: version.id.clone(),
        created_at,
        deadline: None,
        webhooks,
        live: Live::new(body["input"].clone(), created_at),
    });
    state.trainings.insert(Arc::clone(&job))?;
    let made = json_response(StatusCode::CREATED, &shape(state, &job));
    let context = Context::new(state.clone(), Arc::clone(&job));
    let training = train(Arc::clone(state), context, version, destination);
    run::spawn(state, &job, training);
    Ok(made)
}

/// Takes the training time, and creates a version that runs like the trained one.
async fn train(
    state: Arc<State>,
    context: Context,
    version: Arc<Version>,
    destination: Arc<Entry>,
) -> Result<Value, Failure> {
    context.startup().await;
    context.begin();
    for step in 1..=STEPS {
        context.sleep(state.training / STEPS).await;
        context.log(format_args!("step {step}/{STEPS}"));
    }
    if let Engine::Cog(server) = &version.engine {
        return Err(Failure::from(format!(
            "The emulator does not train Cog models (the server at {} received nothing)",
            server.url()
        )));
    }
    let full_name = destination.full_name();
    let is_there = state.catalog.find(&full_name);
    if !is_there.is_some_and(|entry| Arc::ptr_eq(&entry, &destination)) {
        return Err(Failure::from(format!(
            "The model {full_name} was deleted during the training"
        )));
    }
    let made = state.catalog.add_version(
        &destination,
        version.engine.clone(),
        context.id(),
        state.clock.now(),
    );
    let input = context
        .job()
        .with_state(|current| current.input.to_string());
    let weights = context.save_file("weights.json", "application/json", input);
    Ok(json!({
        "version": format!("{}:{}", made.model, made.id),
        "weights": weights,
    }))
}

pub(crate) fn list(call: &Call) -> Reply {
    call.state.expire();
    let jobs = call.state.trainings.all();
    let jobs = jobs.into_iter().map(|job| (job.number, job));
    call.page(PAGE_SIZE, Order::Descending, jobs, |job| {
        shape(&call.state, &job)
    })
}

pub(crate) fn get(call: &Call) -> Reply {
    ok(&shape(&call.state, &*find(call)?))
}

pub(crate) fn cancel(call: &Call) -> Reply {
    let job = find(call)?;
    call.state.apply(&job, Event::CanceledByUser, Outcome::None);
    ok(&shape(&call.state, &job))
}

fn find(call: &Call) -> Result<Arc<Job>, Problem> {
    let jobs = &call.state.trainings;
    call.state.find_job(jobs, "Training", call.parameter(0))
}
