//! Models on real Cog servers, run through the emulator: of a release that serves its models'
//! schemas, and of the newest, which serves none.

mod server;

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Workplace,
    emulator::{Emulator, is_over},
    install, process,
    table::{self, row},
    tally::Tally,
};
use server::{CogServer, Release};

/// What is shown of each release.
const CASES: [&str; 9] = [
    "run",
    "file output",
    "stream",
    "cancel",
    "failing",
    "invalid input: 422",
    "killed in the middle",
    "restarted",
    "server not there",
];

/// How long a prediction on a server may take that answers.
const SOON: Duration = Duration::from_secs(20);

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let releases = [
        Release {
            name: "cog 0.16.12",
            programs: install::venv(place, "cog-validating", "cog/requirements-validating.txt")
                .await?,
            schema: true,
        },
        Release {
            name: "cog 0.23.1",
            programs: install::venv(place, "cog-newest", "cog/requirements-newest.txt").await?,
            schema: false,
        },
    ];
    let mut rows = vec![row(["case", releases[0].name, releases[1].name])];
    rows.extend(CASES.iter().map(|case| vec![(*case).to_owned()]));
    for release in &releases {
        let results = Served::start(place, release).await?.through().await;
        for ((case, result), row) in CASES.iter().zip(results).zip(&mut rows[1..]) {
            let cell = match &result {
                Ok(Some(note)) => note.clone(),
                Ok(None) => "ok".to_owned(),
                Err(_) => "FAILED".to_owned(),
            };
            row.push(cell);
            let wrong = result.err().map(|error| format!("{error:#}"));
            tally.check(&format!("{}: {case}", release.name), wrong);
        }
    }
    table::print(&rows);
    println!(
        "* cog 0.23.1 serves no schema (/openapi.json answers 503), and so nothing is validated before it runs."
    );
    Ok(())
}

/// What a case comes to: nothing more to say, or a note for the table.
type Outcome = Result<Option<String>>;

/// A release's servers behind an emulator.
struct Served<'a> {
    place: &'a Workplace,
    release: &'a Release,
    words: CogServer,
    _picture: CogServer,
    emulator: Emulator,
}

impl<'a> Served<'a> {
    async fn start(place: &'a Workplace, release: &'a Release) -> Result<Self> {
        let words = CogServer::start(place, release, "words").await?;
        let picture = CogServer::start(place, release, "picture").await?;
        let away = process::free_port()?;
        let cogs = [
            format!("cog/words={}", words.url),
            format!("cog/picture={}", picture.url),
            format!("cog/away=http://127.0.0.1:{away}"),
        ];
        Ok(Self {
            place,
            release,
            words,
            _picture: picture,
            emulator: Emulator::with_cogs(place, &cogs).await?,
        })
    }

    async fn through(mut self) -> [Outcome; 9] {
        [
            self.run().await,
            self.file_output().await,
            self.stream().await,
            self.cancel().await,
            self.failing().await,
            self.invalid().await,
            self.killed().await,
            self.restarted().await,
            self.away().await,
        ]
    }

    async fn create(&self, model: &str, input: Value) -> Result<Value> {
        let version = self.emulator.newest(model).await?;
        let body = json!({ "version": version, "input": input });
        self.emulator.post("/predictions", &body).await
    }

    /// Creates a prediction and waits for its end.
    async fn done(&self, model: &str, input: Value) -> Result<Value> {
        let made = self.create(model, input).await?;
        self.emulator.until(id(&made)?, SOON, is_over).await
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
        let address = done["output"]
            .as_str()
            .context("its output is no address")?;
        anyhow::ensure!(address.starts_with(&self.emulator.url), "{address}");
        let picture = reqwest::get(address).await?.error_for_status()?;
        let kind = picture.headers()["content-type"].clone();
        anyhow::ensure!(kind == "image/png", "it came as {kind:?}");
        let picture = picture.bytes().await?;
        anyhow::ensure!(picture.starts_with(b"\x89PNG"), "it is no PNG");
        Ok(None)
    }

    async fn stream(&self) -> Outcome {
        let input = json!({ "prompt": "a b c d e f", "delay": 0.1 });
        let made = self.create("cog/words", input).await?;
        let address = made["urls"]["stream"]
            .as_str()
            .context("it has no stream")?;
        let mut stream = reqwest::Client::new()
            .get(address)
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
        anyhow::ensure!(pieces > 2, "it came in {pieces} pieces");
        Ok(None)
    }

    /// A prediction that runs for a minute, under way.
    async fn running(&self) -> Result<Value> {
        let input = json!({ "prompt": "word", "times": 60, "delay": 1.0 });
        let made = self.create("cog/words", input).await?;
        let begun = |prediction: &Value| prediction["status"] == "processing";
        self.emulator.until(id(&made)?, SOON, begun).await
    }

    async fn cancel(&self) -> Outcome {
        let running = self.running().await?;
        let path = format!("/predictions/{}/cancel", id(&running)?);
        self.emulator.post(&path, &json!({})).await?;
        let got = self.emulator.until(id(&running)?, SOON, is_over).await?;
        expect(&got, "status", &json!("canceled"))?;
        // The server is free for the next one at once, or within its own time to stop.
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
        let answer = request.send().await?;
        let (status, body) = (answer.status(), answer.json::<Value>().await?);
        if self.release.schema {
            anyhow::ensure!(status == 422, "{status}: {body}");
            anyhow::ensure!(body.to_string().contains("times"), "{body}");
            return Ok(None);
        }
        // Without a schema only the run itself can find out.
        anyhow::ensure!(status == 201, "{status}: {body}");
        let done = self.emulator.until(id(&body)?, SOON, is_over).await?;
        expect(&done, "status", &json!("failed"))?;
        Ok(Some("fails as it runs".to_owned()))
    }

    async fn killed(&mut self) -> Outcome {
        let running = self.running().await?;
        self.words.kill().await?;
        let done = self.emulator.until(id(&running)?, SOON, is_over).await?;
        expect(&done, "status", &json!("failed"))?;
        let error = done["error"].as_str().unwrap_or_default();
        anyhow::ensure!(error.contains("went away"), "its error is `{error}`");
        Ok(None)
    }

    async fn restarted(&mut self) -> Outcome {
        self.words.restart(self.place, self.release).await?;
        self.run().await
    }

    async fn away(&self) -> Outcome {
        let begun = tokio::time::Instant::now();
        let done = self.done("cog/away", json!({ "prompt": "one" })).await?;
        expect(&done, "status", &json!("failed"))?;
        let error = done["error"].as_str().unwrap_or_default();
        anyhow::ensure!(
            error.contains("cannot be reached"),
            "its error is `{error}`"
        );
        let took = begun.elapsed().as_secs_f64();
        anyhow::ensure!(took < 10.0, "that took {took:.1} s");
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
