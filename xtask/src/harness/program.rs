//! Clients under test, each a program of its own.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use super::{install, process};

/// A client's program, and the arguments before those of a run.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The name of the client.
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    arguments: Vec<PathBuf>,
}

impl Program {
    pub(crate) fn new(name: &'static str, path: impl Into<PathBuf>) -> Self {
        Self {
            name,
            path: path.into(),
            arguments: Vec::new(),
        }
    }

    /// The program with another argument.
    pub(crate) fn arg(mut self, argument: impl Into<PathBuf>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A Node script of the folder `source`, with the packages that this folder lists installed in
    /// `folder`.
    pub(crate) async fn node(
        name: &'static str,
        source: &Path,
        folder: &Path,
        script: &str,
    ) -> Result<Self> {
        install::npm(source, folder).await?;
        Ok(Self::new(name, "node").arg(folder.join(script)))
    }

    /// A Python script, with the packages that the `requirements.txt` beside it lists installed in
    /// `folder`.
    pub(crate) async fn python(name: &'static str, script: &Path, folder: &Path) -> Result<Self> {
        let requirements = script.with_file_name("requirements.txt");
        let programs = install::venv(&requirements, folder).await?;
        Ok(Self::new(name, programs.join("python")).arg(script))
    }

    /// The command, which uses no proxy: every server is on loopback.
    pub(crate) fn command(&self) -> Command {
        let mut command = process::command(&self.path);
        command.args(&self.arguments);
        for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}
