//! Models on real Cog servers, run through the emulator: a release that serves the schemas of its
//! models, and the newest one, which does not.

mod server;
mod verdicts;

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Env,
    emulator::{Emulator, is_terminal},
    process,
    results::Results,
    table::{self, row},
};
use server::{CogServer, Release};

/// The cases of each release.
const CASES: [&str; 9] = [
    "run",
    "file output",
    "stream",
    "cancel",
    "failing",
    "invalid input: 422",
    "killed while running",
    "restarted",
    "unreachable server",
];

/// The time limit of a prediction on a reachable server.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let releases = [
        Release {
            name: "cog 0.16.12",
            programs: env
                .venv("cog-validating", "cog/requirements-validating.txt")
                .await?,
            schema: true,
        },
        Release {
            name: "cog 0.23.1",
            programs: env
                .venv("cog-newest", "cog/requirements-newest.txt")
                .await?,
            schema: false,
        },
    ];
    let mut rows = vec![row(["case", releases[0].name, releases[1].name])];
    rows.extend(CASES.iter().map(|case| vec![(*case).to_owned()]));
    for release in &releases {
        let outcomes = Served::start(env, release).await?.run_cases().await;
        for ((case, outcome), row) in CASES.iter().zip(outcomes).zip(&mut rows[1..]) {
            let cell = match &outcome {
                Ok(Some(note)) => note.clone(),
                Ok(None) => "ok".to_owned(),
                Err(_) => "FAILED".to_owned(),
            };
            row.push(cell);
            let wrong = outcome.err().map(|error| format!("{error:#}"));
            results.check(&format!("{}: {case}", release.name), wrong);
        }
    }
    table::print(&rows);
    println!(
        "* cog 0.23.1 does not serve its schema (/openapi.json returns 503), so inputs are not validated before a run."
    );
    verdicts::run(env, &releases[0], results).await
}

/// The result of a case, with a note for the table if there is one.
type Outcome = Result<Option<String>>;

/// A release's servers behind an emulator.
struct Served<'a> {
    env: &'a Env,
    release: &'a Release,
    words: CogServer,
    _picture: CogServer,
    emulator: Emulator,
}

impl<'a> Served<'a> {
    async fn start(env: &'a Env, release: &'a Release) -> Result<Self> {
        let words = CogServer::start(env, release, "words").await?;
        let picture = CogServer::start(env, release, "picture").await?;
        let unused = process::free_port()?;
        let cogs = [
            format!("cog/words={}", words.url),
            format!("cog/picture={}", picture.url),
            format!("cog/unreachable=http://127.0.0.1:{unused}"),
        ];
        Ok(Self {
            env,
            release,
            words,
            _picture: picture,
            emulator: Emulator::with_cogs(env, &cogs).await?,
        })
    }

    async fn run_cases(mut self) -> [Outcome; 9] {
        [
            self.run().await,
            self.file_output().await,
            self.stream().await,
            self.cancel().await,
            self.failing().await,
            self.invalid().await,
            self.killed().await,
            self.restarted().await,
            self.unreachable().await,
        ]
    }

    async fn create(&self, model: &str, input: Value) -> Result<Value> {
        let version = self.emulator.newest(model).await?;
        let body = json!({ "version": version, "input": input });
        self.emulator.post("/predictions", &body).await
    }

    /// Creates a prediction and waits until it is terminal.
    async fn done(&self, model: &str, input: Value) -> Result<Value> {
        let made = self.create(model, input).await?;
        self.emulator.until(id(&made)?, TIMEOUT, is_terminal).await
    }

    async fn run(&self) -> Outcome {
        let done = self
            .done("cog/words", json!({ "prompt": "one two" }))
            .await?;
        expect(&done, "status", &json!("succeeded"))?;
        expect(&done, "output", &json!(["one ", "two "]))?;
        let logs = done["logs"].as_str().unwrap_or_default();
        anyhow::ensure!(logs.contains("Speaking"), "its logs are `{logs}`");
        Ok(None)
    }

    async fn file_output(&self) -> Outcome {
        let done = self.done("cog/picture", json!({ "size": 4 })).await?;
        expect(&done, "status", &json!("succeeded"))?;
        let url = done["output"].as_str().context("its output is not a URL")?;
        anyhow::ensure!(url.starts_with(&self.emulator.url), "{url}");
        let picture = reqwest::get(url).await?.error_for_status()?;
        let kind = picture.headers()["content-type"].clone();
        anyhow::ensure!(kind == "image/png", "its content type is {kind:?}");
        let picture = picture.bytes().await?;
        anyhow::ensure!(picture.starts_with(b"\x89PNG"), "it is not a PNG");
        Ok(None)
    }

    async fn stream(&self) -> Outcome {
        let input = json!({ "prompt": "a b c d e f", "delay": 0.1 });
        let made = self.create("cog/words", input).await?;
        let url = made["urls"]["stream"]
            .as_str()
            .context("it has no stream URL")?;
        let mut stream = reqwest::Client::new()
            .get(url)
            .header("accept", "text/event-stream")
            .send()
            .await?;
        let (mut text, mut pieces) = (String::new(), 0);
        while let Some(chunk) = stream.chunk().await? {
            pieces += 1;
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        let outputs = text.matches("event: output").count();
        anyhow::ensure!(outputs == 6 && text.contains("event: done"), "{text}");
        anyhow::ensure!(pieces > 2, "it arrived in {pieces} pieces");
        Ok(None)
    }

    /// Creates a prediction that runs for a minute and waits until it is processing.
    async fn running(&self) -> Result<Value> {
        let input = json!({ "prompt": "word", "times": 60, "delay": 1.0 });
        let made = self.create("cog/words", input).await?;
        let begun = |prediction: &Value| prediction["status"] == "processing";
        self.emulator.until(id(&made)?, TIMEOUT, begun).await
    }

    async fn cancel(&self) -> Outcome {
        let running = self.running().await?;
        let path = format!("/predictions/{}/cancel", id(&running)?);
        self.emulator.post(&path, &json!({})).await?;
        let got = self
            .emulator
            .until(id(&running)?, TIMEOUT, is_terminal)
            .await?;
        expect(&got, "status", &json!("canceled"))?;
        // The server accepts the next prediction, at the latest when it has stopped this one.
        let next = self.done("cog/words", json!({ "prompt": "next" })).await?;
        expect(&next, "status", &json!("succeeded"))?;
        Ok(None)
    }

    async fn failing(&self) -> Outcome {
        let done = self
            .done("cog/words", json!({ "prompt": "one", "fail": true }))
            .await?;
        expect(&done, "status", &json!("failed"))?;
        let error = done["error"].as_str().unwrap_or_default();
        anyhow::ensure!(error.contains("out of words"), "its error is `{error}`");
        expect(&done, "output", &json!(["one "]))?;
        Ok(None)
    }

    async fn invalid(&self) -> Outcome {
        let version = self.emulator.newest("cog/words").await?;
        let body = json!({ "version": version, "input": { "prompt": "one", "times": "many" } });
        let request = self
            .emulator
            .request(Method::POST, "/predictions")
            .json(&body);
        let response = request.send().await?;
        let (status, body) = (response.status(), response.json::<Value>().await?);
        if self.release.schema {
            anyhow::ensure!(status == 422, "{status}: {body}");
            anyhow::ensure!(body.to_string().contains("times"), "{body}");
            return Ok(None);
        }
        // Without a schema the invalid input is found while running.
        anyhow::ensure!(status == 201, "{status}: {body}");
        let done = self
            .emulator
            .until(id(&body)?, TIMEOUT, is_terminal)
            .await?;
        expect(&done, "status", &json!("failed"))?;
        Ok(Some("fails while running".to_owned()))
    }

    async fn killed(&mut self) -> Outcome {
        let running = self.running().await?;
        self.words.kill().await?;
        let done = self
            .emulator
            .until(id(&running)?, TIMEOUT, is_terminal)
            .await?;
        expect(&done, "status", &json!("failed"))?;
        let error = done["error"].as_str().unwrap_or_default();
        anyhow::ensure!(error.contains("went away"), "its error is `{error}`");
        Ok(None)
    }

    async fn restarted(&mut self) -> Outcome {
        self.words.restart(self.env, self.release).await?;
        self.run().await
    }

    async fn unreachable(&self) -> Outcome {
        let begun = tokio::time::Instant::now();
        let done = self
            .done("cog/unreachable", json!({ "prompt": "one" }))
            .await?;
        expect(&done, "status", &json!("failed"))?;
        let error = done["error"].as_str().unwrap_or_default();
        anyhow::ensure!(
            error.contains("cannot be reached"),
            "its error is `{error}`"
        );
        let took = begun.elapsed().as_secs_f64();
        anyhow::ensure!(took < 10.0, "it took {took:.1} s");
        Ok(Some(format!("failed after {took:.1} s")))
    }
}

fn id(prediction: &Value) -> Result<&str> {
    prediction["id"]
        .as_str()
        .context("a prediction without an id")
}

fn expect(prediction: &Value, field: &str, wanted: &Value) -> Result<()> {
    let is = &prediction[field];
    anyhow::ensure!(
        is == wanted,
        "its {field} is {is}, not {wanted}: {prediction}"
    );
    Ok(())
}
