//! Maintenance commands of the workspace, run as `cargo xtask COMMAND`.
#![forbid(unsafe_code)]

mod bench;
mod chaos;
mod codegen;
mod conformance;
mod fuzz;
mod harness;
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
    /// Measure our client beside bare reqwest and its peers
    Bench(bench::Arguments),
    /// Let our client loose on a proxy that breaks what it can, and count at the server
    Chaos(chaos::Arguments),
    /// Write the crate of generated operations from the API's description
    Codegen(codegen::Arguments),
    /// Hold the emulator and our client against the official clients and tools of others
    Conformance(conformance::Arguments),
    /// Feed the fuzz targets for a while
    Fuzz(fuzz::Arguments),
    /// Work on the API's description itself
    Spec(spec::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Chaos(arguments) => chaos::run(&arguments),
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
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
