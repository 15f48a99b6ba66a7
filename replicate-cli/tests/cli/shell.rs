//! Completion, aliases and manual pages.

use replicate_emulator::{Emulator, Model};

use crate::program::{emulator_with, shell};
use crate::session::assert_session;

/// An emulator with a model whose inputs have choices.
async fn with_choices() -> Emulator {
    let model = Model::new("acme/draw")
        .input_schema(serde_json::json!({
            "type": "object",
            "properties": {
                "format": {"type": "string", "enum": ["png", "webp"], "default": "webp"},
                "upscale": {"type": "boolean"},
                "image": {"type": "string", "format": "uri"},
            },
        }))
        .official(true)
        .run(|_, _| async { Ok(serde_json::Value::Null) });
    emulator_with(model).await
}

#[tokio::test]
async fn commands_models_inputs_choices_and_ids_are_completed() {
    let emulator = with_choices().await;
    assert_session!(emulator, @r#"
        $ complete() { REPLICATE_COMPLETE=fish replicate -- replicate "$@" | cut -f1; }
        $ complete hard
        hardware
        $ complete run emulator/te
        emulator/text
        $ complete m show emulator/im
        emulator/image
        $ complete run emulator/text prompt=a '' | grep =
        max_tokens=
        delay=
        $ complete run emulator/text max
        max_tokens=
        $ complete run acme/draw format=
        format=png
        format=webp
        $ complete run acme/draw upscale=t
        upscale=true
        $ complete run acme/draw image=
        image=@
        $ touch picture.png; complete run acme/draw image=@pic
        image=@picture.png
        $ complete models create a/b --hardware gpu-t
        gpu-t4
        $ ID=$(replicate predictions create emulator/fail --jq .id)
        $ complete predictions show ${ID:0:4}
        ID
        $ REPLICATE_BASE_URL=http://127.0.0.1:9 complete run acme/
        $ REPLICATE_API_TOKEN= complete run acme/
        "#);
}

/// What bash completes a line to, with the script of `completion bash`.
async fn bash(emulator: &Emulator, line: &str) -> String {
    // The words as bash itself splits them at a completion.
    let script = r#"
        source <(replicate completion bash)
        COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
        read -ra spaced <<<"$1"
        COMP_WORDS=()
        for word in "${spaced[@]}"; do
            while [[ $word =~ ^([^=:]*)([=:]+)(.*)$ ]]; do
                [[ -n ${BASH_REMATCH[1]} ]] && COMP_WORDS+=("${BASH_REMATCH[1]}")
                COMP_WORDS+=("${BASH_REMATCH[2]}")
                word=${BASH_REMATCH[3]}
            done
            [[ -n $word ]] && COMP_WORDS+=("$word")
        done
        [[ $1 == *[[:space:]=:] ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _replicate
        printf '%s|' "${COMPREPLY[@]}"
    "#;
    let completion = shell(script).args(&["bash", line]).at(emulator);
    completion.run().await.stdout
}

#[tokio::test]
async fn bash_completes_words_with_equals_signs_and_colons() {
    let emulator = with_choices().await;
    for (line, expected) in [
        ("replicate run emulator/te", "emulator/text |"),
        ("replicate run emulator/text max", "max_tokens=|"),
        ("replicate run acme/draw format=p", "png |"),
        ("replicate run emulator/text prompt=a max", "max_tokens=|"),
    ] {
        assert_eq!(bash(&emulator, line).await, expected, "{line}");
    }
}

#[tokio::test]
async fn alias_runs_its_command_line_with_the_words_after_it() {
    assert_session!(@r"
        $ export XDG_CONFIG_HOME=$PWD
        $ replicate alias set say 'run emulator/text prompt=$1 max_tokens=2'
        $ replicate say 'x y'
        x y
        $ replicate say
        2> error: alias `say` needs at least 1 words after it
        exit 2
        $ replicate alias set say version
        2> error: alias `say` exists
        2> hint: pass --clobber
        exit 2
        $ replicate alias list --jq '.say[0]'
        run
        $ replicate alias delete say
        $ replicate say
        2> error: unrecognized subcommand 'say'
        2> hint: see --help
        exit 2
        $ replicate alias delete say
        2> error: no alias is named `say`
        2> hint: list them: replicate alias list
        exit 5
        $ replicate alias set run version
        2> error: `run` is a command, and cannot be an alias
        exit 2
        $ replicate alias set x frob
        2> error: `frob` is not a command
        2> hint: an alias starts with a command such as run: see replicate --help
        exit 2
        $ replicate alias set -- -x run
        2> error: invalid alias `-x`: expected one word
        exit 2
        $ replicate alias set 'a b' run
        2> error: invalid alias `a b`: expected one word
        exit 2
        $ for name in a{01..12}; do replicate alias set $name version & done; wait
        $ replicate alias list --jq length
        12
        ");
}

#[tokio::test]
async fn manual_pages_are_printed_and_written_for_every_command() {
    assert_session!(@r"
        $ replicate man predictions list | grep -oE '^.TH replicate-predictions-list 1|.-.-created.-after'
        .TH replicate-predictions-list 1
        \-\-created\-after
        \-\-created\-after
        \-\-created\-after
        $ replicate man frob
        2> error: `frob` is not a command of replicate
        2> hint: see replicate --help
        exit 2
        $ replicate man --output-directory pages
        $ ls pages/replicate.1 pages/replicate-run.1 pages/replicate-models-versions-diff.1
        pages/replicate-models-versions-diff.1
        pages/replicate-run.1
        pages/replicate.1
        ");
}
