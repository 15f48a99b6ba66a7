//! Models on real Cog servers, run through the emulator: a release that serves the schemas of its
//! models, and the newest one, which does not.

mod server;
mod verdicts;

use anyhow::{Context, Result, ensure};
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

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let validating = "cog/requirements-validating.txt";
    let newest = "cog/requirements-newest.txt";
    let releases = [
        Release {
            name: "cog 0.16.12",
            programs: env.venv("cog-validating", validating).await?,
            schema: true,
        },
        Release {
            name: "cog 0.23.1",
            programs: env.venv("cog-newest", newest).await?,
            schema: false,
        },
    ];
    let mut rows = vec![row(["case", releases[0].name, releases[1].name])];
    for release in &releases {
        let outcomes = Served::start(env, release).await?.run_cases().await;
        rows.resize_with(1 + outcomes.len(), Vec::new);
        for ((case, outcome), row) in outcomes.into_iter().zip(&mut rows[1..]) {
            if row.is_empty() {
                row.push(case.to_owned());
            }
            row.push(match &outcome {
                Ok(cell) => cell.clone(),
                Err(_) => "FAILED".to_owned(),
            });
            let wrong = outcome.err().map(|error| format!("{error:#}"));
            results.check(&format!("{}: {case}", release.name), wrong);
        }
    }
    println!("{}", table::markdown(&rows));
    println!(
        "* cog 0.23.1 does not serve its schema (/openapi.json returns 503), so inputs are not validated before a run."
    );
    verdicts::run(env, &releases[0], results).await
}

/// The result of a case: its cell in the table.
type Outcome = Result<String>;

fn ok() -> Outcome {
    Ok("ok".to_owned())
}

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

    async fn run_cases(mut self) -> [(&'static str, Outcome); 9] {
        [
            ("run", self.run().await),
            ("file output", self.file_output().await),
            ("stream", self.stream().await),
            ("cancel", self.cancel().await),
            ("failing", self.failing().await),
            ("invalid input: 422", self.invalid().await),
            ("killed while running", self.killed().await),
            ("restarted", self.restarted().await),
            ("unreachable server", self.unreachable().await),
        ]
    }

    async fn create(&self, model: &str, input: Value) -> Result<Value> {
        let version = self.emulator.newest(model).await?;
        let body = json!({ "version": version, "input": input });
        self.emulator.post("/predictions", &body).await
    }

    /// Waits until a prediction ends, which must be with this status.
    async fn ended(&self, prediction: &Value, status: &str) -> Result<Value> {
        let ended = self.emulator.until(&path(prediction)?, is_terminal).await?;
        expect(&ended, "status", &json!(status))?;
        Ok(ended)
    }

    /// Creates a prediction and waits until it ends, which must be with this status.
    async fn run_to(&self, status: &str, model: &str, input: Value) -> Result<Value> {
        self.ended(&self.create(model, input).await?, status).await
    }

    async fn run(&self) -> Outcome {
        let input = json!({ "prompt": "one two" });
        let done = self.run_to("succeeded", "cog/words", input).await?;
        expect(&done, "output", &json!(["one ", "two "]))?;
        contains(&done, "logs", "Speaking")?;
        ok()
    }

    async fn file_output(&self) -> Outcome {
        let input = json!({ "size": 4 });
        let done = self.run_to("succeeded", "cog/picture", input).await?;
        let url = done["output"].as_str().context("its output is not a URL")?;
        ensure!(url.starts_with(&self.emulator.url), "{url}");
        let picture = reqwest::get(url).await?.error_for_status()?;
        let kind = picture.headers()["content-type"].clone();
        ensure!(kind == "image/png", "its content type is {kind:?}");
        let picture = picture.bytes().await?;
        ensure!(picture.starts_with(b"\x89PNG"), "it is not a PNG");
        ok()
    }

    async fn stream(&self) -> Outcome {
        let input = json!({ "prompt": "a b c d e f", "delay": 0.1 });
        let made = self.create("cog/words", input).await?;
        let url = made["urls"]["stream"].as_str();
        let request = reqwest::Client::new()
            .get(url.context("it has no stream URL")?)
            .header("accept", "text/event-stream");
        let mut stream = request.send().await?;
        let (mut text, mut pieces) = (String::new(), 0);
        while let Some(chunk) = stream.chunk().await? {
            pieces += 1;
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        let outputs = text.matches("event: output").count();
        ensure!(outputs == 6 && text.contains("event: done"), "{text}");
        ensure!(pieces > 2, "it arrived in {pieces} pieces");
        ok()
    }

    /// Creates a prediction that runs for a minute and waits until it is processing.
    async fn running(&self) -> Result<Value> {
        let input = json!({ "prompt": "word", "times": 60, "delay": 1.0 });
        let made = self.create("cog/words", input).await?;
        let begun = |prediction: &Value| prediction["status"] == "processing";
        self.emulator.until(&path(&made)?, begun).await
    }

    async fn cancel(&self) -> Outcome {
        let running = self.running().await?;
        let path = format!("{}/cancel", path(&running)?);
        self.emulator.post(&path, &json!({})).await?;
        self.ended(&running, "canceled").await?;
        // The server accepts the next prediction, at the latest when it has stopped this one.
        let input = json!({ "prompt": "next" });
        self.run_to("succeeded", "cog/words", input).await?;
        ok()
    }

    async fn failing(&self) -> Outcome {
        let input = json!({ "prompt": "one", "fail": true });
        let done = self.run_to("failed", "cog/words", input).await?;
        contains(&done, "error", "out of words")?;
        expect(&done, "output", &json!(["one "]))?;
        ok()
    }

    async fn invalid(&self) -> Outcome {
        let version = self.emulator.newest("cog/words").await?;
        let body = json!({ "version": version, "input": { "prompt": "one", "times": "many" } });
        let request = self.emulator.request(Method::POST, "/predictions");
        let response = request.json(&body).send().await?;
        let (status, body) = (response.status(), response.json::<Value>().await?);
        if self.release.schema {
            ensure!(status == 422, "{status}: {body}");
            ensure!(body.to_string().contains("times"), "{body}");
            return ok();
        }
        // Without a schema the invalid input is found while running.
        ensure!(status == 201, "{status}: {body}");
        self.ended(&body, "failed").await?;
        Ok("fails while running".to_owned())
    }

    async fn killed(&mut self) -> Outcome {
        let running = self.running().await?;
        self.words.kill().await?;
        let done = self.ended(&running, "failed").await?;
        contains(&done, "error", "went away")?;
        ok()
    }

    async fn restarted(&mut self) -> Outcome {
        self.words.restart(self.env, self.release).await?;
        self.run().await
    }

    async fn unreachable(&self) -> Outcome {
        let begun = tokio::time::Instant::now();
        let input = json!({ "prompt": "one" });
        let done = self.run_to("failed", "cog/unreachable", input).await?;
        contains(&done, "error", "cannot be reached")?;
        let took = begun.elapsed().as_secs_f64();
        ensure!(took < 10.0, "it took {took:.1} s");
        Ok(format!("failed after {took:.1} s"))
    }
}

fn path(prediction: &Value) -> Result<String> {
    let id = prediction["id"].as_str();
    let id = id.context("a prediction without an id")?;
    Ok(format!("/predictions/{id}"))
}

fn expect(prediction: &Value, field: &str, wanted: &Value) -> Result<()> {
    let is = &prediction[field];
    ensure!(
        is == wanted,
        "its {field} is {is}, not {wanted}: {prediction}"
    );
    Ok(())
}

fn contains(prediction: &Value, field: &str, part: &str) -> Result<()> {
    let is = prediction[field].as_str().unwrap_or_default();
    ensure!(is.contains(part), "its {field} is `{is}`, without `{part}`");
    Ok(())
}
