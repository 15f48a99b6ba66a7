//! The command `replicate`: runs models, shows predictions, and serves a local Replicate.
#![forbid(unsafe_code)]

mod args;
mod cli;
mod commands;
mod config;
mod credentials;
mod duration;
mod error;
mod file_type;
mod global;
mod inputs;
mod jq;
mod json_output;
mod list;
mod output;
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

use std::process::ExitCode;

fn main() -> ExitCode {
    let result = args::parse().and_then(cli::Cli::execute);
    match result {
        Ok(exit) => exit.into(),
        Err(error) => error.report(args::is_json()),
    }
}
