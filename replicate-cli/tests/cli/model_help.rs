//! `run REF --help`.

use replicate_emulator::Model;
use serde_json::json;

use crate::program::{creates, emulator_with};
use crate::session::assert_session;

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
    assert_session!(emulator, @r"
        $ replicate run acme/draw --help | tee help
        Draws pictures.

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
        $ replicate run -h acme/draw prompt=x | cmp - help
        $ replicate predictions create acme/draw --help | sed 's/predictions create/run/' | cmp - help
        $ replicate run acme/nothing --help
        2> error: 404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        $ for command in run stream 'predictions create'; do replicate $command --help | grep -oE 'Usage: .*|--cancel-on-timeout'; done
        Usage: replicate run [OPTIONS] [REF] [INPUT]...
        --cancel-on-timeout
        Usage: replicate stream [OPTIONS] [REF] [INPUT]...
        --cancel-on-timeout
        Usage: replicate predictions create [OPTIONS] [REF] [INPUT]...
        --cancel-on-timeout
        ");
    assert_eq!(creates(&emulator), 0);
}
