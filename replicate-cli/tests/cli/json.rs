use futures::future::join_all;
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};

use serde_json::Value;

use crate::program::{command_line, run};

pub(crate) const ID: &str = "gm3qorzdhgbfurvjtvhg6dckhu";
pub(crate) const VERSION: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

/// A prediction as no program would write it: every byte has to come through.
const ODD: &str = "{ \"id\": \"gm3qorzdhgbfurvjtvhg6dckhu\",\n  \"status\":\"succeeded\", \"output\":\"\\u00e9\", \"metrics\":{\"predict_time\":1.50,\"n\":1e3},\r\n \"unknown\":[1.0, null] }";

#[tokio::test]
async fn prediction_is_printed_byte_for_byte() {
    for command in [
        format!("predictions show {ID} --json"),
        format!("api predictions/{ID}"),
    ] {
        let replies = [Script::reply(Reply::json(200, ODD))];
        let listener = Listener::start(replies).expect("a listener");
        let output = command_line(&command).at_url(&listener.url()).run().await;
        output.exits_with(0, &format!("{ODD}\n"));
        assert_eq!(
            listener.request_lines(),
            [format!("GET /v1/predictions/{ID}")]
        );
    }
}

#[tokio::test]
async fn run_prints_the_final_prediction_byte_for_byte() {
    let created = format!(r#"{{"id":"{ID}","status":"starting"}}"#);
    let replies = [Reply::json(201, created), Reply::json(200, ODD)];
    let listener = Listener::start(replies.map(Script::reply)).expect("a listener");
    let output = run!(at & listener.url(), "run {VERSION} x=1 --json");
    output.exits_with(0, &format!("{ODD}\n"));
}

#[tokio::test]
async fn pipe_gets_json_by_default() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in [
        "account",
        "whoami",
        "models show emulator/text",
        "m versions show emulator/text",
        "predictions create emulator/text x",
        "hardware list",
        "collections show language-models",
        "search text",
        "models search picture",
        "predictions list",
        "models list",
        "collections list",
        "trainings list",
        "files list",
        "deployments list",
    ] {
        let output = run!(emulator, "{command}");
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{command}");
        let is_list = command.ends_with("list") || command.contains("models search");
        let json: Value = serde_json::from_str(&output.stdout).expect(command);
        assert_eq!(
            (json.is_array(), json.is_object()),
            (is_list, !is_list),
            "{command}"
        );
    }
}

#[tokio::test]
async fn output_that_no_decoder_holds_is_printed_as_it_arrived() {
    let nested = format!("{}1{}", "[".repeat(127), "]".repeat(127));
    let surrogate = r#""a lone \ud83d surrogate""#.to_owned();
    let bodies = [surrogate, nested]
        .map(|output| format!(r#"{{"id":"{ID}", "status":"succeeded","output": {output}}}"#));
    let commands = [
        format!("predictions show {ID}"),
        format!("api predictions/{ID}"),
        format!("run {VERSION} x=1 --json"),
    ];
    let rows = bodies
        .iter()
        .flat_map(|body| commands.iter().map(move |command| (body, command)));
    join_all(rows.map(async |(body, command)| {
        // An output that cannot be decoded is read again, three times.
        let replies = std::iter::repeat_n(Script::reply(Reply::json(200, body)), 4);
        let listener = Listener::start(replies).expect("a listener");
        let output = command_line(command).at_url(&listener.url()).run().await;
        assert_eq!(
            (output.code, output.stdout),
            (0, format!("{body}\n")),
            "{command}"
        );
    }))
    .await;
}
