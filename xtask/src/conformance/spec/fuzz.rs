//! schemathesis against the emulator: generated requests, every response checked.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::exceptions::{self, Tool};
use crate::conformance::{
    Env,
    emulator::{Emulator, TOKEN, is_terminal},
    process,
    results::Results,
};

/// Of its own checks and ours, those that say: no 5xx, successes as documented, errors only as
/// problem documents.
const CHECKS: &str = "not_a_server_error,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance,errors_are_problems,successes_are_documented";
/// Generated requests for each operation and phase.
const EXAMPLES: &str = "15";

pub(super) async fn run(env: &Env, excused: &mut [usize], results: &mut Results) -> Result<()> {
    let list = "schemathesis/requirements.txt";
    let programs = env.venv("schemathesis", list).await?;
    let emulator = Emulator::start(env).await?;
    let things = things(&emulator).await?;
    let report = env.installed.join("schemathesis-report.json");
    // A report of an earlier run must not pass for this one's.
    let _ = std::fs::remove_file(&report);
    let mut command = process::command(programs.join("schemathesis"));
    command
        .current_dir(&env.installed)
        .arg("run")
        .arg(env.description())
        .args(["--url", &format!("{}/v1", emulator.url)])
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--max-examples", EXAMPLES, "--seed", "1", "--no-shrink"])
        .args(["--phases", "examples,coverage,fuzzing"])
        .arg("--continue-on-failure")
        .args(["--checks", CHECKS, "--report", "json"])
        .arg("--report-json-path")
        .arg(&report)
        .env("SCHEMATHESIS_HOOKS", "checks")
        .env("PYTHONPATH", env.source("schemathesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .env("CONFORMANCE_THINGS", things.to_string());
    let ended = process::output(&mut command, Duration::from_secs(240)).await?;
    let text = std::fs::read(&report)
        .with_context(|| format!("schemathesis broke off:\n{}", ended.tail()))?;
    let report = serde_json::from_slice(&text)?;
    judge(&report, &ended.stdout, excused, results)
}

fn judge(report: &Value, output: &str, excused: &mut [usize], results: &mut Results) -> Result<()> {
    let all = &report["operations"];
    if report["complete"] != true || all["total"] != all["tested"] {
        bail!("schemathesis did not test everything: {all}");
    }
    let mut failed = false;
    for failure in report["failures"].as_array().into_iter().flatten() {
        let title = failure["title"].as_str().unwrap_or_default();
        for operation in failure["operations"].as_array().into_iter().flatten() {
            let operation = operation.as_str().unwrap_or_default();
            if !exceptions::excuses(Tool::Schemathesis, operation, title, excused) {
                failed = true;
                results.fail(&format!("schemathesis, {operation}"), title);
            }
        }
    }
    for error in report["errors"].as_array().into_iter().flatten() {
        failed = true;
        results.fail("schemathesis", &error.to_string());
    }
    if failed {
        println!("{output}");
    }
    let mut succeeded = 0;
    for (operation, phases) in report["valid_rates"].as_object().into_iter().flatten() {
        let phases = phases.as_object().into_iter().flatten();
        let accepted: u64 = phases
            .filter_map(|(_, phase)| phase["accepted"].as_u64())
            .sum();
        succeeded += u64::from(accepted > 0);
        let wrong = (accepted == 0).then(|| "schemathesis saw no success of it".to_owned());
        results.check(operation, wrong);
    }
    let requests = &report["test_cases"]["generated"];
    let tested = &all["tested"];
    println!("schemathesis: {requests} requests, {succeeded} of {tested} operations succeeded");
    Ok(())
}

/// Makes what the requests are to be about, and says what there is.
async fn things(emulator: &Emulator) -> Result<Value> {
    let text = emulator.newest("emulator/text").await?;
    let mut things = vec![
        json!({ "collection_slug": "official" }),
        json!({ "model_owner": "emulator", "model_name": "text", "version_id": text }),
    ];
    let input = json!({ "input": { "prompt": "some words" } });
    let prediction = emulator
        .post("/models/emulator/text/predictions", &input)
        .await?;
    things.push(json!({ "prediction_id": prediction["id"] }));
    let download = emulator.signed_download("some content").await?;
    things.push(download.parameters()?);
    // One for each call that may delete it.
    for number in 0..40 {
        let own = own_model(&format!("own-{number}"));
        emulator.post("/models", &own).await?;
        things.push(json!({ "model_owner": "local", "model_name": own["name"] }));
        let deployment = json!({
            "name": format!("deployed-{number}"),
            "model": "emulator/text",
            "version": text,
            "hardware": "cpu",
            "min_instances": 0,
            "max_instances": 1,
        });
        emulator.post("/deployments", &deployment).await?;
        let names = json!({ "deployment_owner": "local", "deployment_name": deployment["name"] });
        things.push(names);
        let file = emulator.signed_download("to be deleted").await?;
        things.push(json!({ "file_id": file.file_id }));
    }
    for number in 0..5 {
        things.extend(trained(emulator, &text, number).await?);
    }
    Ok(Value::from(things))
}

fn own_model(name: &str) -> Value {
    json!({ "owner": "local", "name": name, "visibility": "private", "hardware": "cpu" })
}

/// A training, and the version that it made.
async fn trained(emulator: &Emulator, version: &str, number: usize) -> Result<[Value; 2]> {
    let name = format!("trained-{number}");
    emulator.post("/models", &own_model(&name)).await?;
    let body = json!({
        "destination": format!("local/{name}"),
        "input": { "train_data": "data:text/plain,words" },
    });
    let path = format!("/models/emulator/text/versions/{version}/trainings");
    let training = emulator.post(&path, &body).await?;
    let id = training["id"]
        .as_str()
        .context("a training without an id")?;
    emulator
        .until(&format!("/trainings/{id}"), is_terminal)
        .await?;
    let version = emulator.newest(&format!("local/{name}")).await?;
    Ok([
        json!({ "training_id": id }),
        json!({ "model_owner": "local", "model_name": name, "version_id": version }),
    ])
}
