//! Our validator's verdicts beside those of Cog, on generated inputs for predictors with every
//! input type that Cog has; and the schemas that our tests keep of them.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::server::{CogServer, Release};
use crate::conformance::{Env, process, results::Results};

/// The predictors in `conformance/cog/typed`.
const PREDICTORS: [&str; 10] = [
    "choices", "files", "frames", "lists", "names", "numbers", "plain", "secrets", "stream", "text",
];

/// Number of inputs compared for each predictor.
const INPUTS: usize = 100;

/// The seed of the inputs.
const SEED: u64 = 7;

/// Output of the program of the comparison.
#[derive(Deserialize)]
struct Verdicts {
    compared: usize,
    valid: usize,
    agreed: usize,
    differences: Vec<Difference>,
    unexplained: Vec<String>,
}

#[derive(Deserialize)]
struct Difference {
    reason: String,
    count: usize,
    example: String,
}

pub(super) async fn run(env: &Env, release: &Release, results: &mut Results) -> Result<()> {
    let (mut compared, mut valid, mut agreed) = (0, 0, 0);
    let mut differences: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for name in PREDICTORS {
        let wrong = match compare(env, release, name).await {
            Ok(verdicts) => {
                compared += verdicts.compared;
                valid += verdicts.valid;
                agreed += verdicts.agreed;
                for one in verdicts.differences {
                    let known = differences.entry(one.reason).or_insert((0, one.example));
                    known.0 += one.count;
                }
                (!verdicts.unexplained.is_empty()).then(|| verdicts.unexplained.join("\n"))
            }
            Err(error) => Some(format!("{error:#}")),
        };
        results.check(&format!("{}: verdicts on {name}", release.name), wrong);
    }
    println!(
        "verdicts on {compared} generated inputs, {valid} of them valid for {}: {agreed} agree",
        release.name
    );
    for (reason, (count, example)) in differences {
        println!("* {count} differ: {reason}, such as {example}");
    }
    Ok(())
}

async fn compare(env: &Env, release: &Release, name: &str) -> Result<Verdicts> {
    let server = CogServer::start(env, release, &format!("typed/{name}")).await?;
    let served = reqwest::get(format!("{}/openapi.json", server.url)).await?;
    let served: Value = served.error_for_status()?.json().await?;
    let kept = format!("replicate/tests/fixtures/cog-schemas/{name}.json");
    let kept: Value = serde_json::from_slice(&fs::read(env.root.join(&kept))?)
        .with_context(|| format!("could not read {kept}"))?;
    ensure!(
        served["components"] == kept["components"],
        "the schema that {} serves is not the one in replicate/tests/fixtures/cog-schemas",
        release.name
    );
    let mut command = process::command(env.built.join("examples/schema_verdicts"));
    command.args([&server.url, &INPUTS.to_string(), &SEED.to_string()]);
    let ended = process::success(&mut command, Duration::from_secs(300)).await?;
    serde_json::from_str(&ended.stdout).context("could not read the verdicts")
}
