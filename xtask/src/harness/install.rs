//! Third-party programs, installed from their registries below the target folder. An installation
//! of the same versions is reused.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use super::process;

/// The time limit of one installation.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The file that marks a complete installation: a copy of the list that it was made from.
const STAMP: &str = "installed-from";

/// Installs what the folder `source` lists in its `package.json`, with that folder's scripts
/// beside it.
pub(crate) async fn npm(source: &Path, folder: &Path) -> Result<()> {
    let list = fs::read_to_string(source.join("package.json"))?;
    if !is_installed(folder, &list) {
        empty(folder)?;
        fs::write(folder.join("package.json"), &list)?;
        let mut npm = process::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
        install(folder, &list, &mut npm).await?;
    }
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|end| end == "js") {
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Creates a virtual environment with what the file `requirements` lists, and returns the folder
/// of its programs.
pub(crate) async fn venv(requirements: &Path, folder: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(requirements)?;
    let programs = folder.join("bin");
    if !is_installed(folder, &wanted) {
        empty(folder)?;
        let candidates = ["python3.11", "python3", "python"];
        let Some(python) = process::first_installed(&candidates).await else {
            bail!("could not find Python: install Python 3.11 with venv and pip");
        };
        process::success(
            process::command(python).args(["-m", "venv"]).arg(folder),
            TIMEOUT,
        )
        .await
        .context("is the package venv of Python installed?")?;
        let mut pip = process::command(programs.join("python"));
        pip.args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(requirements);
        install(folder, &wanted, &mut pip).await?;
    }
    Ok(programs)
}

fn is_installed(folder: &Path, list: &str) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|from| from == list)
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))
}

/// Runs an installation, and again if it fails: registries fail at times.
async fn install(folder: &Path, list: &str, command: &mut Command) -> Result<()> {
    // The lines of the list that name a version.
    let named = |line: &&str| line.contains("==") || line.contains("\": \"") && line.contains('.');
    let lines: Vec<&str> = list.lines().filter(named).map(str::trim).collect();
    let pinned = lines.join(", ");
    println!("installing {pinned} in {}", folder.display());
    command.current_dir(folder);
    if process::success(command, TIMEOUT).await.is_err() {
        let again = process::success(command, TIMEOUT).await;
        again.with_context(|| format!("could not install {pinned}"))?;
    }
    Ok(fs::write(folder.join(STAMP), list)?)
}
