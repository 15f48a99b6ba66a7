//! The tests of the client, in one program so that they wait side by side.

mod support;
/// What `replicate models types` writes; unit tests compare it with what is generated now.
#[rustfmt::skip]
#[allow(unreachable_pub)]
#[deny(warnings)]
#[path = "../generated"]
mod generated {
    pub mod choices;
    pub mod files;
    pub mod frames;
    pub mod image;
    pub mod lists;
    pub mod names;
    pub mod numbers;
    pub mod odd;
    pub mod plain;
    pub mod secrets;
    pub mod stream;
    pub mod text;
}
#[path = "../programs/mod.rs"]
mod programs;

mod account_limits;
mod batch;
mod cancel;
mod downloads;
mod examples;
mod handle;
mod inputs;
mod lists;
mod migration_guides;
mod outputs;
mod progress;
mod public_interface;
mod reconcile;
mod resources;
mod run;
mod schema;
mod schema_generate;
mod schema_page;
mod send_futures;
mod stream;
mod wait;
