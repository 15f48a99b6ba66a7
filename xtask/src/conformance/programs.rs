//! Builds the workspace's own programs.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use super::process;
use crate::harness::target;

/// The time limit of a build.
const TIMEOUT: Duration = Duration::from_secs(900);

#[derive(Debug)]
pub(super) struct Programs {
    /// Our client's program of cases.
    pub(super) client: PathBuf,
    /// Our validator's verdicts beside those of a Cog server.
    pub(super) verdicts: PathBuf,
    /// The command `replicate`, which serves emulators.
    pub(super) replicate: PathBuf,
}

impl Programs {
    /// Builds them in the dev profile.
    pub(super) async fn build(root: &Path) -> Result<Self> {
        let mut command = process::cargo(root);
        command
            // The whole workspace, so that dependencies are built with one set of features.
            .args(["build", "--quiet", "--workspace"])
            .args(["--bin", "replicate", "--example", "conformance_client"])
            .args(["--example", "schema_verdicts"]);
        process::success(&mut command, TIMEOUT)
            .await
            .context("could not build the programs under test")?;
        let folder = target(root).join("debug");
        Ok(Self {
            client: folder.join("examples/conformance_client"),
            verdicts: folder.join("examples/schema_verdicts"),
            replicate: folder.join("replicate"),
        })
    }
}
