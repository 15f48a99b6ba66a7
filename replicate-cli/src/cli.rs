//! The command line; each command's arguments are in its own file.

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::model_help::Help;
use crate::commands::{
    account, api, auth, collections, completion, deployments, files, hardware, local, model_help,
    models, predictions, rerun, run, search, stream, trainings, with_session,
};
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::terminal;

/// Run models on Replicate and inspect predictions
///
/// Data goes to standard output, everything else to standard error. A terminal gets tables; a
/// pipe gets the API's JSON as it arrived, or a text model's text.
#[derive(Debug, Parser)]
#[command(
    name = "replicate",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 error, 2 usage or invalid input, 3 the prediction failed or was \
                  canceled,\n4 no token or no access, 5 not found, 6 rate limited, 7 timeout, 8 some of \
                  several failed,\n9 a prediction exists or may exist, and its result was not delivered: \
                  look before repeating.\nAfter 1, 2, 4, 5 and 6 no prediction was created. Signals: 129, \
                  130, 141, 143.\n\nSet REPLICATE_API_TOKEN to a token from \
                  https://replicate.com/account/api-tokens.\nWithout a token: replicate --local run \
                  replicate/hello-world text=Alice"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Cli {
    /// Executes the command.
    pub(crate) fn execute(self) -> Result<ExitCode, CliError> {
        let Self { global, command } = self;
        terminal::use_color(global.color);
        let Some(command) = command else {
            terminal::write_data(Self::command().render_help().to_string())?;
            return Ok(ExitCode::Done);
        };
        match command {
            Command::Run(run) => match run.help() {
                Help::Command(name) => model_help::print_command(name),
                Help::Model(reference) => model_help::print_model(&global, "run", reference),
                Help::NotWanted => run.execute(&global),
            },
            Command::Stream(stream) => match stream.help() {
                Help::Command(name) => model_help::print_command(name),
                Help::Model(reference) => model_help::print_model(&global, "stream", reference),
                Help::NotWanted => stream.execute(&global),
            },
            Command::Rerun(rerun) => rerun.execute(&global),
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
            Command::Auth(auth) => auth.execute(&global),
            Command::Api(api) => with_session(&global, async |session| api.execute(session).await),
            Command::Local(local) => local.execute(&global),
            Command::Completion(completion) => completion.execute(Self::command()),
            Command::Version => {
                terminal::write_line(concat!("replicate ", env!("CARGO_PKG_VERSION")))?;
                Ok(ExitCode::Done)
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(run::Run),
    Stream(stream::Stream),
    Rerun(rerun::Rerun),
    #[command(visible_aliases = ["prediction", "p"], subcommand)]
    Predictions(predictions::Predictions),
    #[command(visible_aliases = ["model", "m"], subcommand)]
    Models(models::Models),
    #[command(visible_aliases = ["deployment", "d"], subcommand)]
    Deployments(deployments::Deployments),
    #[command(visible_aliases = ["training", "t"], subcommand)]
    Trainings(trainings::Trainings),
    #[command(visible_alias = "file", subcommand)]
    Files(files::Files),
    #[command(visible_alias = "collection", subcommand)]
    Collections(collections::Collections),
    #[command(visible_alias = "hw", subcommand)]
    Hardware(hardware::Hardware),
    Search(search::Search),
    #[command(visible_alias = "whoami")]
    Account(account::Account),
    #[command(subcommand)]
    Auth(auth::Auth),
    Api(api::Api),
    #[command(subcommand)]
    Local(local::Local),
    Completion(completion::Completion),
    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn command_line_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
