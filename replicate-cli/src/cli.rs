//! The global options and the list of commands; each command's arguments are in its own file.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    account, collections, completion, deployments, files, hardware, local, models, predictions,
    run, search, stream, trainings,
};
use crate::duration;
use crate::terminal::ColorWhen;

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
                  a batch failed, 130 interrupted.\n\nSet REPLICATE_API_TOKEN to a token from \
                  https://replicate.com/account/api-tokens.\nWithout a token: replicate --local run \
                  replicate/hello-world text=Alice"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Use a local Replicate that runs as long as this command
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub(crate) local: bool,
    /// Print JSON as the API sent it
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The API's base URL, with or without /v1 [env: REPLICATE_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Write only errors to standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show each request on standard error
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use color
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) color: ColorWhen,
    /// Stop after this time, such as 30s, 5m or 1h; a prediction continues to run
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(run::Run),
    Stream(stream::Stream),
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
    Local(local::Local),
    Completion(completion::Completion),
    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
