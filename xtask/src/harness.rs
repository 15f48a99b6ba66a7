//! Shared by `conformance`, `chaos` and `bench`: installs and runs third-party programs.

pub(crate) mod install;
pub(crate) mod lock;
pub(crate) mod process;
pub(crate) mod table;

use std::path::{Path, PathBuf};

/// Where cargo builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |path| root.join(path))
}
