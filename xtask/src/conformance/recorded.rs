//! Runs the tests that compare the emulator's responses with recorded ones and decode these with our
//! client, on the recordings that this machine has.

use std::time::Duration;

use anyhow::Result;

use super::{Env, process, results::Results};

/// The variable that names the folder of the recordings.
const REFERENCE: &str = "REPLICATE_REFERENCE";

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    if std::env::var_os(REFERENCE).is_none() {
        results.skip("recorded responses", &format!("{REFERENCE} is not set"));
        return Ok(());
    }
    let mut command = process::cargo(&env.root);
    command
        // The whole workspace, so that its dependencies need not be rebuilt with other features.
        .args(["test", "--quiet", "--workspace"])
        .args(["--test", "it"])
        .args(["--", "--nocapture", "--include-ignored", "recorded"]);
    let ended = process::output(&mut command, Duration::from_secs(900)).await?;
    println!("{}", ended.stdout.trim());
    results.check("recorded responses", (!ended.success).then(|| ended.tail()));
    Ok(())
}
