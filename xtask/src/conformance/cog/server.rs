//! Cog servers, as `python -m cog.server.http` starts them.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::conformance::{
    Env,
    process::{self, Running},
};

/// A release of Cog, installed.
pub(super) struct Release {
    pub(super) name: &'static str,
    pub(super) programs: PathBuf,
    /// Whether its servers serve their models' schemas.
    pub(super) schema: bool,
}

/// A running server of one of our predictors.
pub(super) struct CogServer {
    pub(super) url: String,
    port: u16,
    predictor: String,
    process: Option<Running>,
}

impl CogServer {
    /// Starts it on a free port, and on another if that is taken meanwhile: Cog cannot choose a
    /// port itself.
    pub(super) async fn start(env: &Env, release: &Release, predictor: &str) -> Result<Self> {
        let mut last = None;
        for _ in 0..3 {
            let port = process::free_port()?;
            match serve(env, release, predictor, port).await {
                Ok(process) => {
                    return Ok(Self {
                        url: url(port),
                        port,
                        predictor: predictor.to_owned(),
                        process: Some(process),
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        bail!("{} does not serve {predictor}: {last:?}", release.name)
    }

    /// Kills it and its children.
    pub(super) async fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// Restarts it on the same port.
    pub(super) async fn restart(&mut self, env: &Env, release: &Release) -> Result<()> {
        self.process = Some(serve(env, release, &self.predictor, self.port).await?);
        Ok(())
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

async fn serve(env: &Env, release: &Release, predictor: &str, port: u16) -> Result<Running> {
    let folder = copied(env, release, predictor)?;
    let log_file = folder.join("server.log");
    let log = fs::File::create(&log_file)?;
    // Cog starts `python` from PATH.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(release.programs.clone()).chain(std::env::split_paths(&path));
    let mut process = Running::start(
        process::command(release.programs.join("python"))
            .args(["-m", "cog.server.http"])
            .current_dir(&folder)
            .env("PATH", std::env::join_paths(folders)?)
            .env("COG_PREDICT_TYPE_STUB", "predict.py:Predictor")
            .env("PORT", port.to_string())
            .stdout(log.try_clone()?)
            .stderr(log),
    )?;
    let ready = process.wait_until(async || is_ready(port).await).await;
    ready.with_context(|| fs::read_to_string(log_file).unwrap_or_default())?;
    Ok(process)
}

async fn is_ready(port: u16) -> bool {
    let Ok(response) = reqwest::get(format!("{}/health-check", url(port))).await else {
        return false;
    };
    let health: Value = response.json().await.unwrap_or_default();
    health["status"] == "READY"
}

/// Copies the predictor to a folder of the release, so that Cog writes there and not in ours.
fn copied(env: &Env, release: &Release, predictor: &str) -> Result<PathBuf> {
    let source = env.source("cog").join(predictor);
    let folder = env
        .installed
        .join("predictors")
        .join(release.name)
        .join(predictor);
    fs::create_dir_all(&folder)?;
    for file in ["cog.yaml", "predict.py"] {
        fs::copy(source.join(file), folder.join(file))?;
    }
    Ok(folder)
}
