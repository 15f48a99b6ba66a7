//! Tests of the binary, as a user and a script run it.

mod api;
mod auth;
mod chains;
mod dry_run;
mod errors;
mod exit_codes;
mod input;
mod input_forms;
mod interruption;
mod json;
mod lists;
mod local;
mod model_help;
mod names;
mod no_duplicate_creates;
mod pipes;
mod predictions;
mod program;
mod progress;
mod running;
mod saving;
mod schemas;
mod signals;
mod streaming;
mod sweep;
