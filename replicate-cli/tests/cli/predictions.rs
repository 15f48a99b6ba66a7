//! Commands about predictions that exist.

use replicate_emulator::{Emulator, Status};

use crate::program::{run, signal, soon, start, until};
use crate::session::assert_session;

#[tokio::test]
async fn wait_watch_and_logs_print_the_result_of_a_running_prediction() {
    assert_session!(@r#"
        $ create() { replicate run --no-wait --jq .id "$@"; }
        $ ID=$(create emulator/slow seconds=0.3 steps=2)
        $ replicate predictions wait $ID --jq .status
        succeeded
        $ ID=$(create emulator/slow seconds=0.3 steps=2)
        $ replicate p watch $ID 2>&1 | grep -oE '2/2|took.*'
        2/2
        took 0.3 s
        $ ID=$(create emulator/slow seconds=0.3 steps=2)
        $ replicate predictions logs -f $ID | tee logs | grep -o 2/2
        2/2
        $ replicate predictions logs $ID | cmp - logs
        $ ID=$(create emulator/fail reason=no)
        $ replicate predictions wait $ID --jq .status
        failed
        2> error: prediction ID failed: no
        exit 3
        "#);
}

#[tokio::test]
async fn interrupted_wait_leaves_the_prediction_running() {
    let emulator = Emulator::start().await.expect("an emulator");
    let created = run!(emulator, "run emulator/slow seconds=60 --no-wait --jq .id");
    let id = created.stdout.trim();
    for command in ["wait", "watch", "logs --follow"] {
        let before = emulator.requests().len();
        let child = start!(emulator, "predictions {command} {id}");
        until(|| emulator.requests().len() > before).await;
        signal(&child, "-INT");
        let ended = soon(child).await;
        assert_eq!(ended.code, 130, "{command}: {}", ended.stderr);
        ended.says("still running");
    }
    assert_ne!(emulator.predictions()[0].status, Status::Canceled);
}

#[tokio::test]
async fn outputs_are_downloaded_by_id() {
    assert_session!(@r"
        $ ID=$(replicate run emulator/image prompt=x width=16 height=16 num_outputs=2 --jq .id)
        $ replicate predictions download $ID; ls
        ID-1.png
        ID-2.png
        ID-1.png
        ID-2.png
        $ ID=$(replicate run emulator/slow seconds=60 --no-wait --jq .id)
        $ replicate predictions download $ID
        2> error: prediction ID is still running
        2> hint: wait for it: replicate predictions wait ID
        exit 9
        $ replicate predictions download nothing
        2> error: 404 Not Found: Prediction `nothing` does not exist or was deleted (GET http://127.0.0.1:PORT/v1/predictions/nothing)
        2> hint: check the spelling
        exit 5
        ");
}

#[tokio::test]
async fn recent_outputs_are_downloaded_once_with_their_inputs() {
    assert_session!(@r#"
        $ ID=$(replicate run emulator/image prompt=x --jq .id)
        $ replicate run replicate/hello-world text=Bob
        hello Bob
        $ replicate run emulator/fail
        2> error: prediction ID failed: This model always fails.
        exit 3
        $ replicate predictions download --since 1h all 2>&1 | tail -1
        saved 2 outputs to all; 0 were there, 0 are deleted, 0 failed
        $ ls all | wc -l
        4
        $ stat -c %a all/$ID.json; grep -A 2 '"input"' all/$ID.json
        600
          "input": {
            "prompt": "x"
          },
        $ replicate predictions download --since 1h all
        2> saved 0 outputs to all; 2 were there, 0 are deleted, 0 failed
        $ ls all | wc -l
        4
        "#);
}

#[tokio::test]
async fn rerun_creates_with_the_same_input_and_changes() {
    assert_session!(@r#"
        $ ID=$(replicate run replicate/hello-world text=Bob --jq .id)
        $ replicate rerun $ID text=Eve
        hello Eve
        $ ID=$(replicate run emulator/text prompt=x max_tokens=2 --jq .id)
        $ replicate rerun $ID prompt='a tale' --jq .input
        {"prompt":"a tale","max_tokens":2}
        $ replicate predictions list --jq length
        4
        $ replicate rerun nothing
        2> error: 404 Not Found: Prediction `nothing` does not exist or was deleted (GET http://127.0.0.1:PORT/v1/predictions/nothing)
        2> hint: check the spelling
        exit 5
        "#);
}
