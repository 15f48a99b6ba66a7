use replicate_emulator::{Emulator, Model};
use serde_json::json;

use crate::program::emulator_with;
use crate::session::assert_session;

/// An emulator with a model whose input `size` has this type.
async fn emulator(size: &str) -> Emulator {
    let model = Model::new("acme/app").official(true).input_schema(json!({
        "required": ["prompt"],
        "properties": { "prompt": { "type": "string" }, "size": { "type": size, "default": 1 } },
    }));
    emulator_with(model).await
}

#[tokio::test]
async fn types_are_printed_or_written_to_a_file() {
    let emulator = emulator("integer").await;
    assert_session!(emulator, @r#"
        $ replicate models types acme/app | tee printed | grep -E 'pub struct Input|const MODEL'
        pub const MODEL: &str = "acme/app";
        pub struct Input {
        $ replicate models types acme/app -o app.rs && replicate models types acme/app -o app.rs
        2> wrote app.rs
        2> wrote app.rs
        $ cmp app.rs printed; ls -A
        app.rs
        printed
        $ replicate models types acme/app --check app.rs
        2> app.rs is up to date
        $ echo '// my own' > own.rs; replicate models types acme/app -o own.rs
        2> error: own.rs exists, and is not a generated file
        2> hint: remove it, or choose another name
        exit 2
        $ cat own.rs
        // my own
        $ replicate models types $(printf '0%.0s' {1..64})
        2> error: `VERSION` names no model
        2> hint: expected owner/name or owner/name:version
        exit 2
        $ replicate models types acme/none
        2> error: 404 Not Found: Model `acme/none` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/none)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        "#);
}

#[tokio::test]
async fn a_check_lists_what_has_changed() {
    let (emulator, changed) = (emulator("integer").await, emulator("number").await);
    let directory = tempfile::tempdir().expect("a directory");
    assert_session!(emulator in directory, @r"
        $ replicate models types acme/app -o app.rs
        2> wrote app.rs
        $ VERSION=$(replicate models show acme/app --jq .latest_version.id)
        $ replicate models types acme/app:$VERSION -o pinned.rs
        2> wrote pinned.rs
        $ replicate models types acme/app --check pinned.rs
        2> pinned.rs is up to date
        ");
    // A file that pins a version is compared with the latest.
    assert_session!(changed in directory, @r#"
        $ replicate models types acme/app --check app.rs
        the input `size` was `integer, default 1`, and is `number, default 1`
        2> error: app.rs is out of date: the model has changed
        2> hint: regenerate it with -o
        exit 1
        $ replicate models types acme/app --check app.rs --json
        ["the input `size` was `integer, default 1`, and is `number, default 1`"]
        2> {"error":"app.rs is out of date: the model has changed","kind":"error","exit_code":1,"safe_to_retry":false,"hint":"regenerate it with -o"}
        exit 1
        $ replicate models types acme/app --check pinned.rs
        the model was `acme/app:VERSION`, and is `acme/app:VERSION`
        the input `size` was `integer, default 1`, and is `number, default 1`
        2> error: pinned.rs is out of date: the model has changed
        2> hint: regenerate it with -o
        exit 1
        "#);
}
