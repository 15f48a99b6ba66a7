//! From a created prediction to its end.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, future};
use serde_json::Value;

use crate::{
    catalog::{Engine, Version},
    context::{Context, Failure},
    job::{Job, Outcome, Progress},
    lifecycle::Event,
    world::World,
};

/// Runs a prediction in the background.
pub(crate) fn start(world: Arc<World>, job: Arc<Job>, version: Arc<Version>) {
    spawn(&world.clone(), &job.clone(), async move {
        execute(&Context { world, job }, &version).await
    });
}

/// Drives any job to its end: by what `work` gives, or by its deadline. A cancellation has ended
/// it already, and drops the work.
pub(crate) fn spawn(
    world: &Arc<World>,
    job: &Arc<Job>,
    work: impl Future<Output = Result<Value, Failure>> + Send + 'static,
) {
    crate::webhook::follow(world, job);
    let (world, job) = (Arc::clone(world), Arc::clone(job));
    tokio::spawn(async move {
        // In this order, where time was skipped past both the end of the work and the deadline:
        // work that goes past the deadline waits for it.
        tokio::select! {
            biased;
            () = job.stop.notified() => {}
            () = world.stop.requested() => {}
            result = AssertUnwindSafe(work).catch_unwind() => {
                let result = result.unwrap_or_else(|panic| Err(Failure(panic_text(&*panic))));
                finish(&world, &job, result);
            }
            () = deadline(&world, &job) => {
                world.happen(&job, Event::DeadlinePassed, Outcome::None);
            }
        }
    });
}

/// Waits for as long as a model takes to start.
pub(crate) async fn startup(context: &Context) {
    if context.world.startup > Duration::ZERO {
        context.sleep(context.world.startup).await;
    }
}

/// Waits until the model has started, and begins.
pub(crate) async fn begin(context: &Context) {
    startup(context).await;
    context
        .world
        .happen(&context.job, Event::Began, Outcome::None);
}

async fn execute(context: &Context, version: &Version) -> Result<Value, Failure> {
    let input = context.job.look(|state| state.input.clone());
    match &version.engine {
        Engine::Function(run) => {
            begin(context).await;
            let input = match (version.interface(), input) {
                (Some(interface), Value::Object(given)) => {
                    Value::Object(interface.with_defaults(&given))
                }
                (_, input) => input,
            };
            run(input, context.clone()).await
        }
        // It begins when its server has accepted it.
        Engine::Cog(server) => server.run(context, input).await,
    }
}

fn finish(world: &World, job: &Arc<Job>, result: Result<Value, Failure>) {
    match result {
        Ok(Value::Null) => world.happen(job, Event::Succeeded, Outcome::None),
        // An iterator that returned its list at once streams it piece by piece all the same.
        Ok(Value::Array(pieces)) if job.is_iterator() => {
            let told = job.look(|state| state.output.as_array().map_or(0, Vec::len));
            for piece in pieces.into_iter().skip(told) {
                job.progress(Progress::Piece(piece), world.clock.now());
            }
            world.happen(job, Event::Succeeded, Outcome::None);
        }
        Ok(output) => world.happen(job, Event::Succeeded, Outcome::Output(output)),
        Err(Failure(reason)) => world.happen(job, Event::Failed, Outcome::Error(reason)),
    }
}

async fn deadline(world: &World, job: &Job) {
    match job.deadline {
        Some(moment) => world.clock.sleep_until(moment).await,
        None => future::pending().await,
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "the model panicked: {}",
        text.as_deref().unwrap_or("no reason given")
    )
}
