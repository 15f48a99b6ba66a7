//! Maintenance commands of the workspace, run as `cargo xtask COMMAND`.
#![forbid(unsafe_code)]

mod codegen;
mod spec;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Maintenance commands of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the crate of generated operations from the API's description
    Codegen(codegen::Arguments),
    /// Work on the API's description itself
    Spec(spec::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Spec(arguments) => spec::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
