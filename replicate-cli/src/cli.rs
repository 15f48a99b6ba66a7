//! The command line; each command's arguments are in its own file.

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::help::{Help, ManPage};
#[cfg(feature = "local")]
use crate::commands::local;
use crate::commands::{
    account, alias, api, auth, batch, collections, completion, deployments, doctor, files,
    hardware, in_session, models, predictions, rerun, run, search, stream, trainings, webhooks,
};
use crate::error::{ExitCode, Result};
use crate::global::GlobalArgs;
use crate::help_groups::grouped;
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
    after_help = after_help()
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Help text after the list of commands. It mentions only what exists.
fn after_help() -> String {
    let mut text = "Exit codes: 0 done, 1 error, 2 usage or invalid input, 3 the prediction failed \
                    or was canceled,\n4 no token or no access, 5 not found, 6 rate limited, 7 \
                    timeout, 8 some of several failed,\n9 a prediction exists or may exist, and its \
                    result was not delivered: check before repeating.\nAfter 1, 2, 4, 5 and 6 no \
                    prediction was created. Signals: 129, 130, 141, 143.\n\nLog in with replicate \
                    auth login, or set REPLICATE_API_TOKEN to a token from\n\
                    https://replicate.com/account/api-tokens."
        .to_owned();
    if cfg!(feature = "local") {
        text.push_str("\nWithout a token: replicate --local run replicate/hello-world text=Alice");
    }
    text
}

impl Cli {
    pub(crate) fn execute(self) -> Result<ExitCode> {
        let Self { global, command } = self;
        terminal::use_color(global.color);
        let Some(command) = command else {
            return Help::default().execute(grouped(Self::command()));
        };
        match command {
            Command::Run(run) => in_session(&global, run),
            Command::Stream(stream) => in_session(&global, stream),
            Command::Rerun(rerun) => in_session(&global, rerun),
            Command::Batch(batch) => batch.execute(&global),
            Command::Predictions(predictions) => in_session(&global, predictions),
            Command::Models(models) => in_session(&global, models),
            Command::Deployments(deployments) => in_session(&global, deployments),
            Command::Trainings(trainings) => in_session(&global, trainings),
            Command::Train(create) => in_session(&global, create),
            Command::Upload(upload) => in_session(&global, upload),
            Command::Files(files) => in_session(&global, files),
            Command::Collections(collections) => in_session(&global, collections),
            Command::Hardware(hardware) => in_session(&global, hardware),
            Command::Search(search) => in_session(&global, search),
            Command::Account(account) => in_session(&global, account),
            Command::Webhooks(webhooks) => in_session(&global, webhooks),
            Command::Auth(auth) => auth.execute(&global),
            Command::Api(api) => in_session(&global, api),
            #[cfg(feature = "local")]
            Command::Local(local) => local.execute(&global),
            Command::Completion(completion) => completion.execute(),
            Command::Doctor(doctor) => doctor.execute(&global),
            Command::Man(man) => man.execute(Self::command()),
            Command::Alias(alias) => alias.execute(&global, Self::command()),
            Command::Help(help) => help.execute(grouped(Self::command())),
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
    Batch(batch::Batch),
    #[command(visible_aliases = ["prediction", "p"], subcommand)]
    Predictions(predictions::Predictions),
    #[command(visible_aliases = ["model", "m"], subcommand)]
    Models(models::Models),
    #[command(visible_aliases = ["deployment", "d"], subcommand)]
    Deployments(deployments::Deployments),
    #[command(visible_aliases = ["training", "t"], subcommand)]
    Trainings(trainings::Trainings),
    #[command(hide = true)]
    Train(trainings::Create),
    #[command(visible_alias = "file", subcommand)]
    Files(files::Files),
    #[command(hide = true)]
    Upload(files::Upload),
    #[command(visible_alias = "collection", subcommand)]
    Collections(collections::Collections),
    #[command(visible_alias = "hw", subcommand)]
    Hardware(hardware::Hardware),
    Search(search::Search),
    #[command(visible_alias = "whoami")]
    Account(account::Account),
    #[command(visible_alias = "webhook", subcommand)]
    Webhooks(webhooks::Webhooks),
    #[command(subcommand)]
    Auth(auth::Auth),
    Api(api::Api),
    #[cfg(feature = "local")]
    #[command(subcommand)]
    Local(local::Local),
    #[command(subcommand)]
    Alias(alias::Alias),
    Completion(completion::Completion),
    Man(ManPage),
    Doctor(doctor::Doctor),
    Help(Help),
    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    /// The parser writes `{n}` in a help as a new line.
    #[test]
    fn no_help_has_a_placeholder_of_the_parser() {
        fn check(command: &clap::Command) {
            let texts = command
                .get_arguments()
                .flat_map(|argument| [argument.get_help(), argument.get_long_help()]);
            let own = [command.get_after_help(), command.get_long_about()];
            for text in texts.chain(own).flatten() {
                assert!(!text.to_string().contains("{n}"), "{text}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&super::Cli::command());
    }

    #[test]
    fn command_line_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
