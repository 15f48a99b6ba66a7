//! The command `replicate`: runs models, shows predictions, and serves a local Replicate.
#![forbid(unsafe_code)]

mod aliases;
mod args;
mod cli;
mod commands;
mod complete;
mod config;
mod confirm;
mod credentials;
mod duration;
mod error;
mod file_type;
mod global;
mod help_groups;
mod inputs;
mod jq;
mod json_output;
mod list;
mod local_server;
mod new_file;
mod output;
mod pager;
mod pictures;
mod prediction;
mod progress;
mod reader;
mod record;
mod save;
mod schema;
mod session;
mod signals;
mod stream_printer;
mod table;
mod terminal;
mod trace;
mod when;

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::CompleteEnv;

fn main() -> ExitCode {
    let factory = || complete::augmented(cli::Cli::command());
    CompleteEnv::with_factory(factory)
        .var(complete::VARIABLE)
        .complete();
    let result = args::parse().and_then(cli::Cli::execute);
    match result {
        Ok(exit) => exit.into(),
        Err(error) => error.report(args::is_json()),
    }
}
