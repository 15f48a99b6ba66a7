//! The commands, and what they share.

pub(crate) mod account;
pub(crate) mod alias;
pub(crate) mod api;
pub(crate) mod auth;
pub(crate) mod batch;
pub(crate) mod collections;
pub(crate) mod completion;
pub(crate) mod creation;
mod curl;
pub(crate) mod deployments;
pub(crate) mod doctor;
pub(crate) mod files;
pub(crate) mod hardware;
pub(crate) mod help;
#[cfg(feature = "local")]
pub(crate) mod local;
pub(crate) mod man;
pub(crate) mod model_help;
pub(crate) mod models;
mod page;
pub(crate) mod predictions;
pub(crate) mod rerun;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod stream;
mod sweep;
pub(crate) mod trainings;
pub(crate) mod webhooks;

use std::pin::Pin;

use replicate::{Client, Error, ErrorKind, RequestOptions, Response};
use serde_json::Value;

use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::record::{self, Field};
use crate::session::Session;
use crate::terminal;

/// Executes a command that talks to Replicate.
pub(crate) fn with_session(
    global: &GlobalArgs,
    work: impl AsyncFnOnce(&Session) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::error(format!("could not start the runtime: {error}")))?;
    // Boxed, so that the program has the runtime's loop once, not for each command.
    let working: Pin<Box<dyn Future<Output = Result<(), CliError>>>> = Box::pin(async {
        let session = Session::start(global).await?;
        work(&session).await
    });
    let result = runtime.block_on(working);
    // A name lookup or file read that is still under way does not delay the exit.
    runtime.shutdown_background();
    result.map(|()| ExitCode::Done)
}

/// Sends a request that changes something. An interruption stops it as long as it was not sent;
/// after that its response is awaited, since its outcome matters.
pub(crate) async fn change<T>(
    session: &Session,
    send: impl AsyncFnOnce(Client) -> Result<T, Error>,
) -> Result<Result<T, Error>, CliError> {
    let options = RequestOptions::new().with_cancellation_token(session.interrupted.clone());
    let sending = send(session.client.with_options(options));
    let notice = || "waiting for the response (Ctrl-C again leaves at once)".to_owned();
    let result = session
        .with_notice(&session.progress(), sending, notice)
        .await;
    match result {
        Err(error) if session.interrupted.is_cancelled() => Err(match error.kind() {
            ErrorKind::Canceled => CliError::interrupted("nothing was sent"),
            _ => CliError::interrupted(format!("{error}")),
        }),
        result => Ok(result),
    }
}

/// Fetches one resource and prints it: its fields to a person, else its JSON as it arrived. A
/// response that does not decode is printed nevertheless.
pub(crate) async fn show<T>(
    session: &Session,
    fetching: impl Future<Output = Result<Response<T>, Error>>,
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), CliError> {
    let body = match session.unless_interrupted(fetching).await? {
        Err(error) if error.kind() == ErrorKind::Decode && error.body().is_some() => {
            error.body().cloned().unwrap_or_default()
        }
        fetched => fetched?.body().clone(),
    };
    print_one(session, &body, fields)
}

/// Sends a request that changes something, and prints the resource that it returns.
pub(crate) async fn change_and_show<T>(
    session: &Session,
    send: impl AsyncFnOnce(Client) -> Result<Response<T>, Error>,
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), CliError> {
    let response = change(session, send).await??;
    print_one(session, response.body(), fields)
}

/// Deletes something, and reports that.
pub(crate) async fn delete(
    session: &Session,
    what: &str,
    send: impl AsyncFnOnce(Client) -> Result<(), Error>,
) -> Result<(), CliError> {
    change(session, send).await??;
    if session.json {
        return session.write_json(serde_json::json!({ "deleted": what }).to_string());
    }
    session.note(format!("deleted {what}"));
    Ok(())
}

/// Prints one resource.
pub(crate) fn print_one(
    session: &Session,
    body: &[u8],
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), CliError> {
    match serde_json::from_slice(body) {
        Ok(value) if session.is_interactive() => {
            terminal::write_data(record::render(&fields(&value)))?;
        }
        _ => session.write_json(body)?,
    }
    Ok(())
}
