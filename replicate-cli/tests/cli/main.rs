//! Tests of the binary, as a user and a script run it.

mod api;
mod auth;
mod batch;
mod errors;
mod exec;
mod input;
mod interruption;
mod json;
mod lists;
mod local;
mod no_duplicate_creates;
mod program;
mod resources;
mod running;
mod saving;
mod shell;
mod streaming;
mod webhooks;
