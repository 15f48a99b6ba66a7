//! The commands, each in a file of its own.

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
use replicate::Error;
use serde_json::Value;

use crate::cli::{Cli, Command, Global};
use crate::details::{self, Field};
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::terminal;
use crate::usage;

/// Carries out the command that was given.
pub(crate) fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    terminal::use_color(global.color);
    let Some(command) = command else {
        return usage::print_help();
    };
    match command {
        Command::Run(run) => run.execute(&global),
        Command::Stream(stream) => stream.execute(&global),
        Command::Predictions(predictions) => predictions.execute(&global),
        Command::Models(models) => online(&global, async |session| models.execute(session).await),
        Command::Deployments(deployments) => {
            online(&global, async |session| deployments.execute(session).await)
        }
        Command::Trainings(trainings) => {
            online(&global, async |session| trainings.execute(session).await)
        }
        Command::Files(files) => online(&global, async |session| files.execute(session).await),
        Command::Collections(collections) => {
            online(&global, async |session| collections.execute(session).await)
        }
        Command::Hardware(hardware) => {
            online(&global, async |session| hardware.execute(session).await)
        }
        Command::Search(search) => online(&global, async |session| search.execute(session).await),
        Command::Account(account) => {
            online(&global, async |session| account.execute(session).await)
        }
        Command::Local(local) => local.execute(&global),
        Command::Completion(completion) => completion.execute(),
        Command::Version => {
            terminal::write_line(concat!("replicate ", env!("CARGO_PKG_VERSION")))?;
            Ok(Exit::Done)
        }
    }
}

/// Does something that talks to Replicate.
pub(crate) fn online(
    global: &Global,
    work: impl AsyncFnOnce(&Session) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::error(format!("the runtime does not start: {error}")))?;
    let result = runtime.block_on(async {
        let session = Session::start(global).await?;
        work(&session).await
    });
    // A name that is still being looked up, or a file still being read, holds nobody back.
    runtime.shutdown_background();
    result.map(|()| Exit::Done)
}

/// Fetches one thing, and shows it: its fields to a person, else its JSON as it came.
pub(crate) async fn show(
    session: &Session,
    fetching: impl Future<Output = Result<Bytes, Error>>,
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), Failure> {
    let body = session.unless_interrupted(fetching).await??;
    print_one(session, &body, fields)
}

/// Prints one thing of the API.
pub(crate) fn print_one(
    session: &Session,
    body: &[u8],
    fields: impl FnOnce(&Value) -> Vec<Field>,
) -> Result<(), Failure> {
    if !session.for_people() {
        return terminal::write_line(body);
    }
    match serde_json::from_slice(body) {
        Ok(value) => terminal::write_data(details::render(&fields(&value))),
        Err(_) => terminal::write_line(body),
    }
}
