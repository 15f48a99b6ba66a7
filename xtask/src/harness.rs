//! Shared by `conformance`, `chaos` and `bench`: installs and runs third-party programs.

pub(crate) mod install;
pub(crate) mod lock;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// Where cargo builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |path| root.join(path))
}

/// Runs a future until it completes or Ctrl-C interrupts it.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            result = work => result,
            // Child processes are killed when their owners are dropped.
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    })
}
