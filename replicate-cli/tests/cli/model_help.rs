//! `run REF --help`.

use replicate_emulator::{Emulator, Model};
use serde_json::json;

use crate::program::{assert_output, creates, emulator_with, replicate, run};

#[tokio::test]
async fn help_of_a_model_lists_its_inputs() {
    let input = json!({
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "prompt": {"type": "string", "description": "What to draw", "x-order": 0},
            "image": {"type": "string", "format": "uri", "x-order": 1},
            "size": {"type": "string", "enum": ["small", "large"], "default": "small", "x-order": 2},
            "steps": {"type": "integer", "minimum": 1, "maximum": 50, "default": 4, "x-order": 3},
            "key": {"type": "string", "x-cog-secret": true, "x-order": 4},
            "tags": {"type": "array", "items": {"type": "string"}, "x-order": 5},
        },
    });
    let model = Model::new("acme/draw")
        .description("Draws pictures.")
        .official(true)
        .input_schema(input)
        .output_schema(json!({"type": "string", "format": "uri"}))
        .run(|_, _| async { Ok("x".into()) });
    let emulator = emulator_with(model).await;
    let help = ["run", "acme/draw", "--help"];
    let output = replicate(help).at(&emulator).run().await;
    assert_output!(output, @r"
        exit 0
        stdout: Draws pictures.

        Usage: replicate run acme/draw [INPUT]...

        Inputs:
          prompt=TEXT
                  What to draw [required]
          image=@FILE|URL
          size=small|large
                  [default: small]
          steps=INTEGER
                  [1 to 50, default: 4]
          key=@env:NAME
          tags=TEXT (a list: may be repeated)

        Output: file

        For the options see: replicate run --help
        ");
    let help = ["run", "-h", "acme/draw", "prompt=x"];
    let other = replicate(help).at(&emulator).run().await;
    assert_eq!(other.stdout, output.stdout, "{}", other.stderr);
    let create = run!(emulator, "predictions create acme/draw --help");
    let expected = output
        .stdout
        .replace("replicate run", "replicate predictions create");
    assert_eq!(create.stdout, expected, "{}", create.stderr);
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn help_without_a_model_is_that_of_the_command() {
    for command in [&["run"][..], &["stream"], &["predictions", "create"]] {
        let output = replicate([]).args(command).arg("--help").run().await;
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.prints("Usage: replicate");
        output.prints("--cancel-on-timeout");
    }
}

#[tokio::test]
async fn help_of_an_unknown_model_is_an_error() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = replicate(["run", "acme/nothing", "--help"]).at(&emulator);
    assert_eq!(output.run().await.code, 5);
}
