//! Tests of the emulator over HTTP, as its users' programs call it.

mod bounds;
mod cog;
mod consistency;
mod control;
mod dashboard;
mod files;
mod outages;
mod predictions;
mod recorded;
mod refusals;
mod resources;
mod specification;
mod streams;
mod support;
mod webhooks;
