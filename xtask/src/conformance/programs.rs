//! Builds the workspace's own programs.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, bail};

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
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = process::command(cargo);
        command
            .current_dir(root)
            // The whole workspace, so that dependencies are built with one set of features.
            .args(["build", "--quiet", "--workspace"])
            .args(["--bin", "replicate", "--example", "conformance_client"])
            .args(["--example", "schema_verdicts"]);
        let ended = process::output(&mut command, TIMEOUT).await?;
        if !ended.success {
            bail!("could not build the programs under test:\n{}", ended.stderr);
        }
        let folder = target(root).join("debug");
        let named = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            client: folder.join("examples").join(named("conformance_client")),
            verdicts: folder.join("examples").join(named("schema_verdicts")),
            replicate: folder.join(named("replicate")),
        })
    }
}
