//! What the schema of a model decides, and what happens where there is none.

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault, Model};
use serde_json::json;

use crate::input::sent;
use crate::program::{creates, emulator_with, inject, run};
use crate::session::assert_session;

#[tokio::test]
async fn schema_that_cannot_be_read_is_reported_as_its_cause() {
    let causes = [(401, 4), (402, 4), (403, 4), (404, 5), (429, 6), (500, 1)];
    join_all(causes.map(async |(status, code)| {
        let emulator = Emulator::start().await.expect("an emulator");
        let fault = match status {
            429 => Fault::rate_limit(90),
            _ => Fault::status(status),
        };
        inject(&emulator, fault.on("models.get"));
        let output = run!(emulator, "run emulator/text 'a text'");
        output.exits(code);
        output.says(format!("error: {status} "));
        output.says("(GET http");
        assert_eq!(creates(&emulator), 0);
    }))
    .await;
}

#[tokio::test]
async fn text_of_a_bare_version_is_printed_as_text() {
    assert_session!(@r"
        $ VERSION=$(replicate models show emulator/text --jq .latest_version.id)
        $ replicate run $VERSION 'prompt=a tale' max_tokens=2 --no-stream
        a tale
        2> the API does not show the schema of a version by its id alone: inputs are not validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)
        $ replicate run $VERSION 'prompt=a tale' max_tokens=2 --stream
        a tale
        2> the API does not show the schema of a version by its id alone: inputs are not validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)
        $ replicate run $VERSION 'prompt=a tale' max_tokens=2 -o -
        a tale
        2> the API does not show the schema of a version by its id alone: inputs are not validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)
        ");
}

#[tokio::test]
async fn unknown_input_is_passed_without_validation() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate run replicate/hello-world text=5 extra=1
        2> error: unknown input `extra`; did you mean `text`?
        2> hint: the model's inputs: text
        exit 2
        $ replicate run replicate/hello-world text=5 extra=1 --no-validate
        hello 5
        ");
    assert_eq!(creates(&emulator), 1);
    assert_eq!(sent(&emulator), json!({"text": "5", "extra": 1}));
}

#[tokio::test]
async fn page_urls_are_references() {
    assert_session!(@r"
        $ replicate run https://replicate.com/replicate/hello-world text=Bob
        hello Bob
        $ ID=$(replicate run replicate.com/replicate/hello-world text=Eve --jq .id)
        $ replicate predictions show https://replicate.com/p/$ID --jq .output
        hello Eve
        $ replicate run https://replicate.com/p/$ID text=Bob
        2> error: `https://replicate.com/p/ID` is the page of a prediction, and not of a model
        2> hint: run it again with changes: replicate rerun ID key=value
        exit 2
        ");
}

#[tokio::test]
async fn secret_is_read_from_the_environment_and_never_shown() {
    let input = json!({
        "type": "object",
        "properties": {"hf_token": {"type": "string", "x-cog-secret": true}},
    });
    let model = Model::new("acme/private")
        .official(true)
        .input_schema(input)
        .run(|input, _| std::future::ready(Ok(json!(input["hf_token"] == "hunter2"))));
    let emulator = emulator_with(model).await;
    assert_session!(emulator, @r#"
        $ replicate run acme/private hf_token=@env:HF_TOKEN
        2> error: environment variable `HF_TOKEN` for `hf_token` is not set, or is not UTF-8
        exit 2
        $ export HF_TOKEN=hunter2
        $ replicate run acme/private hf_token=@env:HF_TOKEN --dry-run
        {
          "input": {
            "hf_token": "********"
          }
        }
        $ replicate run acme/private hf_token=@env:HF_TOKEN --dry-run=curl
        curl -X POST 'http://127.0.0.1:PORT/v1/models/acme/private/predictions' \
          -H "Authorization: Bearer $REPLICATE_API_TOKEN" \
          -H 'Content-Type: application/json' \
          --data-binary @- <<INPUT
        {"input":{"hf_token":"${HF_TOKEN}"}}
        INPUT
        $ replicate run acme/private hf_token=@env:HF_TOKEN
        true
        $ replicate run acme/private hf_token=hunter2 --dry-run
        {
          "input": {
            "hf_token": "********"
          }
        }
        $ replicate run acme/private hf_token=hunter2 --dry-run=curl
        # set HF_TOKEN to the value of hf_token
        curl -X POST 'http://127.0.0.1:PORT/v1/models/acme/private/predictions' \
          -H "Authorization: Bearer $REPLICATE_API_TOKEN" \
          -H 'Content-Type: application/json' \
          --data-binary @- <<INPUT
        {"input":{"hf_token":"${HF_TOKEN}"}}
        INPUT
        $ replicate run acme/private hf_token=hunter2
        true
        "#);
}
