use replicate_emulator::{Emulator, Fault};

use crate::program::{creates, inject, run};
use crate::session::assert_session;

#[tokio::test]
async fn stream_prints_text_or_json_lines() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ replicate stream emulator/text 'a tale' max_tokens=3
        a tale its
        $ replicate stream emulator/text 'a tale' max_tokens=2 --json
        {"data":"a","event":"output"}
        {"data":" tale","event":"output"}
        {"event":"done","reason":"completed"}
        $ ID=$(replicate run emulator/text 'a tale' max_tokens=4 delay=0.02 --no-wait --jq .id)
        $ replicate stream --id $ID
        a tale its writes
        $ replicate predictions list --jq length
        3
        "#);
}

#[tokio::test]
async fn stream_of_a_failed_prediction_exits_with_3() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate run emulator/fail 'output=some words' after=0.1
        some words
        2> error: prediction ID failed: This model always fails.
        exit 3
        $ replicate stream emulator/fail 'output=some words' after=0.1
        some words
        2> error: prediction ID failed: This model always fails.
        exit 3
        ");
    inject(&emulator, Fault::cut_body(40).on("streams.get").times(1));
    let words = "'output=one two three'";
    run!(emulator, "stream emulator/fail {words} after=0.2").exits(3);
}

#[tokio::test]
async fn model_without_a_stream_is_rejected_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate stream emulator/image x
        2> error: this model returns files, and has no stream
        2> hint: run it instead: replicate run
        exit 2
        ");
    assert_eq!(creates(&emulator), 0);
}
