//! Runs the tests that compare the emulator's responses with recorded ones and decode these with our
//! client, on the recordings that this machine has.

use std::time::Duration;

use anyhow::Result;

use super::{Env, process, results::Results};

/// The variable that names the folder of the recordings.
const REFERENCE: &str = "REPLICATE_REFERENCE";

/// The tests that read the recordings: of the emulator, of the operations and of model schemas.
const TESTS: [&str; 3] = [
    "the_differences_from_recorded_responses_are_those_listed",
    "recorded_responses_keep_every_field",
    "every_recorded_schema_reads_validates_and_generates",
];

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    if std::env::var_os(REFERENCE).is_none() {
        results.skip("recorded responses", &format!("{REFERENCE} is not set"));
        return Ok(());
    }
    let mut command = process::cargo(&env.root);
    command
        // The whole workspace, so that its dependencies need not be rebuilt with other features.
        .args(["test", "--workspace", "--test", "it"])
        .args(["--", "--nocapture", "--include-ignored", "recorded"]);
    let ended = process::output(&mut command, Duration::from_secs(900)).await?;
    println!("{}", ended.stdout.trim());
    results.check("recorded responses", (!ended.success).then(|| ended.tail()));
    for test in TESTS {
        let wrong = (!ran(&ended.stdout, test)).then(|| "did not run".to_owned());
        results.check(&format!("recorded responses: {test}"), wrong);
    }
    Ok(())
}

/// Whether the test harness names this test among those that it ran, in any module.
fn ran(output: &str, test: &str) -> bool {
    output.lines().any(|line| {
        let name = line.strip_prefix("test ").unwrap_or_default();
        let name = name.split_whitespace().next().unwrap_or_default();
        name.rsplit("::").next() == Some(test)
    })
}

#[cfg(test)]
mod tests {
    use super::ran;

    #[test]
    fn a_test_ran_only_if_the_output_names_it() {
        let output = "\nrunning 1 test\ntest recorded::all_fields ... ok\n\n\
                      test result: ok. 1 passed; 0 failed; 0 ignored; 5 filtered out\n";
        assert!(ran(output, "all_fields"));
        assert!(!ran(output, "fields"));
        let nothing = "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 6 filtered out\n";
        assert!(!ran(nothing, "all_fields"));
    }
}
