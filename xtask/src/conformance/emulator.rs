//! Emulators, each a process of its own: `replicate local serve`.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::{
    Env,
    process::{self, Running},
};

/// The only token that is accepted.
pub(super) const TOKEN: &str = "r8_conformance";

/// The time limit of a prediction or training.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A running emulator. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Emulator {
    pub(super) process: Running,
    /// The time from its start until it printed its URL.
    pub(super) took: Duration,
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
    http: Client,
}

impl Emulator {
    pub(super) async fn start(env: &Env) -> Result<Self> {
        Self::with_cogs(env, &[]).await
    }

    /// Starts one with these models, `OWNER/NAME=URL`, on Cog servers.
    pub(super) async fn with_cogs(env: &Env, cogs: &[String]) -> Result<Self> {
        let mut command = process::command(env.built.join("replicate"));
        command
            .args(["local", "serve", "--port", "0", "--token", TOKEN])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        for cog in cogs {
            command.args(["--cog", cog]);
        }
        let begun = Instant::now();
        let mut process = Running::start(&mut command)?;
        let url = process
            .first_line(Duration::from_secs(5))
            .await
            .context("`replicate local serve` did not print its URL")?;
        let took = begun.elapsed();
        if !url.starts_with("http://127.0.0.1:") {
            bail!("`replicate local serve` printed `{url}` instead of its URL");
        }
        let http = Client::builder().no_proxy().build()?;
        Ok(Self {
            process,
            took,
            url,
            http,
        })
    }

    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/v1{path}", self.url))
            .bearer_auth(TOKEN)
            .timeout(Duration::from_secs(60))
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        read(self.request(Method::GET, path).send().await?).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        read(self.request(Method::POST, path).json(body).send().await?).await
    }

    /// Returns the id of a model's latest version.
    pub(super) async fn newest(&self, model: &str) -> Result<String> {
        let model = self.get(&format!("/models/{model}")).await?;
        let id = model["latest_version"]["id"].as_str();
        Ok(id.context("the model has no version")?.to_owned())
    }

    /// Uploads a file and requests a signed URL of its download.
    pub(super) async fn signed_download(&self, content: &str) -> Result<SignedDownload> {
        let part = Part::text(content.to_owned()).file_name("a.txt");
        let upload = self.request(Method::POST, "/files");
        let upload = upload.multipart(Form::new().part("content", part));
        let file = read(upload.send().await?).await?;
        let sign = self
            .http
            .post(format!("{}/emulator/downloads", self.url))
            .bearer_auth(TOKEN)
            .json(&json!({ "file_id": file["id"] }));
        let signed = read(sign.send().await?).await?;
        let url = signed["url"].as_str();
        Ok(SignedDownload {
            file_id: file["id"].clone(),
            url: url.context("no signed URL in the response")?.to_owned(),
        })
    }

    /// Polls the prediction or training at this path until `is_enough` accepts it.
    pub(super) async fn until(
        &self,
        path: &str,
        is_enough: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let job = self.get(path).await?;
            if is_enough(&job) {
                return Ok(job);
            }
            if begun.elapsed() > TIMEOUT {
                bail!("{path} is still {}", job["status"]);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An uploaded file, at a signed URL that needs no token.
#[derive(Debug)]
pub(super) struct SignedDownload {
    pub(super) file_id: Value,
    pub(super) url: String,
}

impl SignedDownload {
    /// The parameters of the URL.
    pub(super) fn parameters(&self) -> Result<Value> {
        let url = reqwest::Url::parse(&self.url)?;
        let mut parameters = json!({ "file_id": self.file_id });
        for (name, value) in url.query_pairs() {
            parameters[&*name] = Value::from(&*value);
        }
        Ok(parameters)
    }
}

async fn read(response: Response) -> Result<Value> {
    let status = response.status();
    let body = response.text().await?;
    if !status.is_success() {
        bail!("{status}: {body}");
    }
    serde_json::from_str(&body).with_context(|| format!("not JSON: {body}"))
}

/// Whether a prediction or training has a terminal status.
pub(super) fn is_terminal(job: &Value) -> bool {
    let status = job["status"].as_str().unwrap_or_default();
    ["succeeded", "failed", "canceled", "aborted"].contains(&status)
}
