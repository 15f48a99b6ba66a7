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
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        install(folder, &list, || {
            let mut command = process::command(npm);
            command.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
            command
        })
        .await?;
    }
    for entry in fs::read_dir(source)? {
        let path = entry?.path();
        if let (Some(name), Some("js")) =
            (path.file_name(), path.extension().and_then(|e| e.to_str()))
        {
            fs::copy(&path, folder.join(name))?;
        }
    }
    Ok(())
}

/// Creates a virtual environment with what the file `requirements` lists, and returns the folder
/// of its programs.
pub(crate) async fn venv(requirements: &Path, folder: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(requirements)?;
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if !is_installed(folder, &wanted) {
        empty(folder)?;
        let python = python().await?;
        let made = process::command(python)
            .args(["-m", "venv"])
            .arg(folder)
            .status()
            .await?;
        if !made.success() {
            bail!("`{python} -m venv` failed: is its package venv installed?");
        }
        install(folder, &wanted, || {
            let mut command = process::command(programs.join("python"));
            command
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .arg("--requirement")
                .arg(requirements);
            command
        })
        .await?;
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
async fn install(folder: &Path, list: &str, command: impl Fn() -> Command) -> Result<()> {
    println!("installing {} in {}", pinned(list), folder.display());
    let mut last = String::new();
    for _ in 0..2 {
        match process::output(command().current_dir(folder), TIMEOUT).await {
            Ok(ended) if ended.success => {
                fs::write(folder.join(STAMP), list)?;
                return Ok(());
            }
            Ok(ended) => last = ended.tail(),
            Err(error) => last = format!("{error:#}"),
        }
    }
    bail!("could not install {}:\n{last}", pinned(list))
}

/// The lines of a list that name a version.
fn pinned(list: &str) -> String {
    let named = |line: &&str| line.contains("==") || line.contains("\": \"") && line.contains(".");
    let lines: Vec<&str> = list.lines().filter(named).map(str::trim).collect();
    lines.join(", ")
}

/// Finds a Python interpreter.
async fn python() -> Result<&'static str> {
    for name in ["python3.11", "python3", "python"] {
        let version = process::output(process::command(name).arg("--version"), TIMEOUT).await;
        if version.is_ok_and(|ended| ended.success) {
            return Ok(name);
        }
    }
    bail!("could not find Python: install Python 3.11 with venv and pip")
}
