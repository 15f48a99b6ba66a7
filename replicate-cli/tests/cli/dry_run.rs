//! `--dry-run`: what would be sent, and a command for curl that works.

use replicate_emulator::Emulator;
use serde_json::{Value, json};

use crate::input::sent;
use crate::program::{creates, replicate, run, shell};

#[tokio::test]
async fn dry_run_prints_the_body_and_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = ["run", "emulator/text", "it's", "--dry-run"];
    let official = replicate(run).at(&emulator).run().await;
    assert_eq!(official.json(), json!({"input": {"prompt": "it's"}}));
    let other = run!(emulator, "run replicate/hello-world text=x --dry-run").json();
    assert_eq!(other["input"], json!({"text": "x"}));
    assert!(other["version"].is_string(), "{other}");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn curl_command_creates_the_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("small it's.txt"), "abc").expect("a file");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    for arguments in [
        &["emulator/text", "it's $HOME `ls` \\ \"q\""][..],
        &["replicate/hello-world", "text=x"],
        &["emulator/reverse", "file=@small it's.txt"],
        &["emulator/reverse", "file=@large.txt"],
    ] {
        let mut run = replicate(["run", "--dry-run=curl"]);
        for argument in arguments {
            run = run.arg(argument);
        }
        let printed = run.at(&emulator).within(directory.path()).run().await;
        printed.exits(0);
        assert!(printed.stdout.contains("$REPLICATE_API_TOKEN"));
        assert!(!printed.stdout.contains(emulator.token()) || emulator.token() == "local");
        let before = emulator.predictions().len();
        let ran = shell(&printed.stdout.replace("curl ", "curl -fsS "))
            .at(&emulator)
            .within(directory.path())
            .run()
            .await;
        assert_eq!(ran.code, 0, "{}\n{}", printed.stdout, ran.stderr);
        let created: Value = ran.json();
        assert!(created["id"].is_string(), "{created}");
        assert_eq!(emulator.predictions().len(), before + 1);
        let input = sent(&emulator);
        match arguments[0] {
            "emulator/text" => assert_eq!(input["prompt"], json!(arguments[1])),
            "emulator/reverse" => {
                let file = input["file"].as_str().expect("a URL");
                let is_small = arguments[1].contains("small");
                assert_eq!(
                    file.starts_with("data:text/plain;base64,YWJj"),
                    is_small,
                    "{file}"
                );
                assert_eq!(file.contains("/v1/files/"), !is_small, "{file}");
            }
            _ => assert_eq!(input, json!({"text": "x"})),
        }
    }
}

#[tokio::test]
async fn combined_duration_is_sent_as_the_servers_deadline() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_eq!(
        run!(
            emulator,
            "run emulator/slow seconds=0.1 --cancel-after 1h30m"
        )
        .code,
        0
    );
    let requests = emulator.requests();
    let create = requests.iter().find(|request| request.method == "POST");
    assert_eq!(
        create.expect("a create").header("cancel-after"),
        Some("5400s")
    );
    assert_eq!(
        run!(emulator, "run emulator/slow seconds=0.1 --cancel-after 4s").code,
        2
    );
}
