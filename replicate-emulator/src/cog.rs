//! Models that run on a Cog server.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    call::{Call, Reply},
    catalog::{Engine, Version},
    context::{Context, Failure},
    problem::Problem,
    schema::Interface,
};

/// A Cog server, and what it has told of itself.
#[derive(Debug)]
pub(crate) struct CogServer {
    address: String,
}

impl CogServer {
    pub(crate) fn new(address: String) -> Self {
        Self { address }
    }
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
    pub(crate) fn interface(&self) -> Option<Arc<Interface>> {
        None
    }
    pub(crate) async fn run(&self, _context: &Context, _input: Value) -> Result<Value, Failure> {
        Err("not yet".into())
    }
}

pub(crate) async fn refresh(version: &Version) {
    if let Engine::Cog(_server) = &version.engine {}
}

pub(crate) fn event(_call: &Call) -> Reply {
    Err(Problem::not_found("no"))
}
