//! The workspace's own programs, built.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, bail};

use super::process;

/// How long a build may take.
const PATIENCE: Duration = Duration::from_secs(900);

/// Where cargo builds.
pub(super) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |path| root.join(path))
}

#[derive(Debug)]
pub(super) struct Programs {
    /// Our client's side of the lists.
    pub(super) client: PathBuf,
    /// The command `replicate`, which serves emulators.
    pub(super) replicate: PathBuf,
}

impl Programs {
    /// Builds them, in the profile for development.
    pub(super) async fn build(root: &Path) -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = process::command(cargo);
        command
            .current_dir(root)
            // All of the workspace, so that dependencies have one set of features for all parts.
            .args(["build", "--quiet", "--workspace"])
            .args(["--bin", "replicate", "--example", "conformance_client"]);
        let ended = process::output(&mut command, PATIENCE).await?;
        if !ended.success {
            bail!("cargo cannot build what is to be tested:\n{}", ended.stderr);
        }
        let folder = target(root).join("debug");
        let named = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            client: folder.join("examples").join(named("conformance_client")),
            replicate: folder.join(named("replicate")),
        })
    }
}
