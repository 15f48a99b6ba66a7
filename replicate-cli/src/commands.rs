//! The commands.

pub(crate) mod account;
pub(crate) mod collections;
pub(crate) mod completion;
pub(crate) mod creation;
pub(crate) mod deployments;
pub(crate) mod files;
pub(crate) mod hardware;
pub(crate) mod local;
pub(crate) mod models;
pub(crate) mod predictions;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod stream;
pub(crate) mod trainings;

use bytes::Bytes;
use replicate::{Error, ErrorKind};
use serde_json::Value;

use crate::args;
use crate::cli::{Cli, Command, GlobalArgs};
use crate::error::{CliError, ExitCode};
use crate::record::{self, Field};
use crate::session::Session;
use crate::terminal;

/// Executes the command.
pub(crate) fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    let Cli { global, command } = cli;
    terminal::use_color(global.color);
    let Some(command) = command else {
        return args::print_help();
    };
    match command {
        Command::Run(run) => run.execute(&global),
        Command::Stream(stream) => stream.execute(&global),
        Command::Predictions(predictions) => predictions.execute(&global),
        Command::Models(models) => {
            with_session(&global, async |session| models.execute(session).await)
        }
        Command::Deployments(deployments) => {
            with_session(&global, async |session| deployments.execute(session).await)
        }
        Command::Trainings(trainings) => {
            with_session(&global, async |session| trainings.execute(session).await)
        }
        Command::Files(files) => {
            with_session(&global, async |session| files.execute(session).await)
        }
        Command::Collections(collections) => {
            with_session(&global, async |session| collections.execute(session).await)
        }
        Command::Hardware(hardware) => {
            with_session(&global, async |session| hardware.execute(session).await)
        }
        Command::Search(search) => {
            with_session(&global, async |session| search.execute(session).await)
        }
        Command::Account(account) => {
            with_session(&global, async |session| account.execute(session).await)
        }
        Command::Local(local) => local.execute(&global),
        Command::Completion(completion) => completion.execute(),
        Command::Version => {
            terminal::write_line(concat!("replicate ", env!("CARGO_PKG_VERSION")))?;
            Ok(ExitCode::Done)
        }
    }
}

/// Executes a command that talks to Replicate.
pub(crate) fn with_session(
    global: &GlobalArgs,
    work: impl AsyncFnOnce(&Session) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::error(format!("could not start the runtime: {error}")))?;
    let result = runtime.block_on(async {
        let session = Session::start(global).await?;
        work(&session).await
    });
    // A name lookup or file read that is still under way does not delay the exit.
    runtime.shutdown_background();
    result.map(|()| ExitCode::Done)
}

/// Fetches one resource and prints it: its fields to a person, else its JSON as it arrived. A
/// response that does not decode is printed all the same.
pub(crate) async fn show(
    session: &Session,
    fetching: impl Future<Output = Result<Bytes, Error>>,
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), CliError> {
    let body = match session.unless_interrupted(fetching).await? {
        Err(error) if error.kind() == ErrorKind::Decode && error.body().is_some() => {
            error.body().cloned().unwrap_or_default()
        }
        fetched => fetched?,
    };
    print_one(session, &body, fields)
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
        _ => terminal::write_line(body)?,
    }
    Ok(())
}
