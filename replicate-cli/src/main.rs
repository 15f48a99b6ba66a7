//! The command `replicate`: runs models, looks at what ran, and serves a local Replicate.
#![forbid(unsafe_code)]

mod cli;

mod commands;
mod details;
mod duration;
mod events;
mod failure;
mod inputs;
mod interrupts;
mod job;
mod list;
mod output;
mod progress;
mod save;
mod schema;
mod session;
mod stdin;
mod table;
mod terminal;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let result = usage::parse().and_then(commands::dispatch);
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
