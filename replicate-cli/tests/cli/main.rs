//! The binary as a user and a script meet it.

mod errors;
mod following;
mod input;
mod interrupting;
mod json;
mod lists;
mod local;
mod once;
mod program;
mod running;
mod saving;
