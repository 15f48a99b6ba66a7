//! Runs a prediction or a training until it ends.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::{FutureExt, future};
use serde_json::Value;

use crate::{
    catalog::{Engine, Version},
    cog,
    context::{Context, Failure},
    job::{Job, Outcome, Progress},
    lifecycle::Event,
    state::State,
    webhook_sender,
};

/// Runs a prediction in the background.
pub(crate) fn start(state: &Arc<State>, job: &Arc<Job>, version: Arc<Version>) {
    let context = Context::new(state.clone(), Arc::clone(job));
    let host = Arc::clone(state);
    spawn(state, job, async move {
        execute(&host, &context, &version).await
    });
}

/// Drives a job until `work` is done or its deadline passes. A cancellation has ended the job
/// already, and drops the work.
pub(crate) fn spawn(
    state: &Arc<State>,
    job: &Arc<Job>,
    work: impl Future<Output = Result<Value, Failure>> + Send + 'static,
) {
    webhook_sender::follow(state, job);
    let (state, job) = (Arc::clone(state), Arc::clone(job));
    tokio::spawn(async move {
        // In this order: where time was skipped past both the end of the work and the deadline,
        // work that would end after the deadline waits for it.
        tokio::select! {
            biased;
            () = job.live.stop.notified() => {}
            () = state.stop.cancelled() => {}
            result = AssertUnwindSafe(work).catch_unwind() => {
                let result = result.unwrap_or_else(|panic| Err(Failure(panic_text(&*panic))));
                finish(&state, &job, result);
            }
            () = deadline(&state, &job) => {
                state.apply(&job, Event::DeadlinePassed, Outcome::None);
            }
        }
    });
}

async fn execute(state: &State, context: &Context, version: &Version) -> Result<Value, Failure> {
    let input = context.job().with_state(|current| current.input.clone());
    match &version.engine {
        Engine::Function(run, interface) => {
            context.startup().await;
            context.begin();
            let input = match input {
                Value::Object(given) => interface.with_defaults(given).into(),
                input => input,
            };
            run(input, context.clone()).await
        }
        // It begins when its server has accepted it. Boxed, since it is much larger than any other.
        Engine::Cog(server) => Box::pin(cog::prediction::run(state, server, context, input)).await,
    }
}

fn finish(state: &State, job: &Arc<Job>, result: Result<Value, Failure>) {
    match result {
        Ok(Value::Null) => state.apply(job, Event::Succeeded, Outcome::None),
        // An iterator that returns a list streams it item by item all the same.
        Ok(Value::Array(items)) if job.is_iterator() => {
            let streamed = job.with_state(|current| current.output.as_array().map_or(0, Vec::len));
            for item in items.into_iter().skip(streamed) {
                job.progress(Progress::Piece(item), state.clock.now());
            }
            state.apply(job, Event::Succeeded, Outcome::None);
        }
        Ok(output) => state.apply(job, Event::Succeeded, Outcome::Output(output)),
        Err(Failure(reason)) => state.apply(job, Event::Failed, Outcome::Error(reason)),
    }
}

async fn deadline(state: &State, job: &Job) {
    match job.deadline {
        Some(deadline) => state.clock.sleep_until(deadline).await,
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
