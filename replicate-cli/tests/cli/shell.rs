//! Completion, aliases and manual pages.

use std::path::Path;

use replicate_emulator::Emulator;

use crate::program::{Program, assert_output, emulator_with, replicate, run};

/// The candidates for the last of the words, as fish gets them.
async fn complete(emulator: &Emulator, words: &[&str]) -> Vec<String> {
    let output = replicate(["--", "replicate"])
        .args(words)
        .env("REPLICATE_COMPLETE", "fish")
        .at(emulator)
        .run()
        .await;
    output.exits(0);
    let value = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    output.stdout.lines().map(value).collect()
}

#[tokio::test]
async fn commands_models_inputs_and_choices_are_completed() {
    let emulator = with_choices().await;
    assert_eq!(complete(&emulator, &["hard"]).await, ["hardware"]);
    assert_eq!(
        complete(&emulator, &["run", "emulator/te"]).await,
        ["emulator/text"]
    );
    assert_eq!(
        complete(&emulator, &["m", "show", "emulator/im"]).await,
        ["emulator/image"]
    );
    let keys = complete(&emulator, &["run", "emulator/text", "prompt=a", ""]).await;
    assert!(keys.contains(&"max_tokens=".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"prompt=".to_owned()), "{keys:?}");
    let keys = complete(&emulator, &["run", "emulator/text", "max"]).await;
    assert_eq!(keys, ["max_tokens="]);
    let value = async |word: &str| complete(&emulator, &["run", "acme/draw", word]).await;
    assert_eq!(value("format=").await, ["format=png", "format=webp"]);
    assert_eq!(value("upscale=t").await, ["upscale=true"]);
    assert_eq!(value("image=").await, ["image=@"]);
    let file = env!("CARGO_MANIFEST_DIR").to_owned() + "/Cargo.t";
    assert_eq!(
        value(&format!("image=@{file}")).await,
        [format!("image=@{file}oml")]
    );
    let hardware = ["models", "create", "a/b", "--hardware", "gpu-t"];
    assert_eq!(complete(&emulator, &hardware).await, ["gpu-t4"]);
}

#[tokio::test]
async fn ids_of_recent_predictions_are_completed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let created = run!(emulator, "predictions create emulator/fail");
    let id = created.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        complete(&emulator, &["predictions", "show", &id[..4]]).await,
        [id]
    );
}

#[tokio::test]
async fn completion_without_a_token_or_connection_has_no_candidates_and_no_errors() {
    let output = replicate(["--", "replicate", "run", "acme/"])
        .env("REPLICATE_COMPLETE", "fish")
        .env("REPLICATE_BASE_URL", "http://127.0.0.1:9")
        .run()
        .await;
    assert_eq!(
        (output.code, output.stdout.as_str(), output.stderr.as_str()),
        (0, "", "")
    );
}

/// An emulator with a model whose inputs have choices.
async fn with_choices() -> Emulator {
    let model = replicate_emulator::Model::new("acme/draw")
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

/// What bash completes a line to, with the script of `completion bash`.
async fn bash(emulator: &Emulator, line: &str) -> Option<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_replicate"))
        .parent()?
        .to_str()?;
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
    let output = tokio::process::Command::new("bash")
        .args(["-c", script, "bash", line])
        .env_clear()
        .env("PATH", format!("{program}:/usr/bin:/bin"))
        .env("REPLICATE_BASE_URL", emulator.url())
        .env("REPLICATE_API_TOKEN", "t")
        .output()
        .await;
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            println!("skipped: no bash: {error}");
            None
        }
    }
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
        let Some(completed) = bash(&emulator, line).await else {
            return;
        };
        assert_eq!(completed, expected, "{line}");
    }
}

fn with_config<const N: usize>(arguments: [&str; N], config: &Path) -> Program {
    replicate(arguments).env("XDG_CONFIG_HOME", config.to_str().expect("a path"))
}

#[tokio::test]
async fn alias_runs_its_command_line_with_the_words_after_it() {
    let config = tempfile::tempdir().expect("a directory");
    let config = config.path();
    let set = [
        "alias",
        "set",
        "say",
        "--local run emulator/text prompt=$1 max_tokens=2",
    ];
    let output = with_config(set, config).run().await;
    output.exits(0);
    let output = with_config(["say", "x y"], config).run().await;
    assert_eq!(output.stdout, "x y\n", "{}", output.stderr);
    assert_output!(with_config(["say"], config).run().await, @r"
        exit 2
        error: alias `say` needs at least 1 words after it
        ");
    let set = ["alias", "set", "say", "version"];
    assert_output!(with_config(set, config).run().await, @r"
        exit 2
        error: alias `say` exists
        hint: pass --clobber
        ");
    let listed = with_config(["alias", "list", "--jq", ".say[1]"], config)
        .run()
        .await;
    assert_eq!(listed.stdout, "run\n");
    assert_eq!(
        with_config(["alias", "delete", "say"], config)
            .run()
            .await
            .code,
        0
    );
    assert_eq!(with_config(["say"], config).run().await.code, 2);
    assert_eq!(
        with_config(["alias", "delete", "say"], config)
            .run()
            .await
            .code,
        5
    );
}

#[tokio::test]
async fn alias_cannot_replace_a_command_or_name_nothing() {
    let config = tempfile::tempdir().expect("a directory");
    for (name, expansion) in [
        ("run", "version"),
        ("x", "frob"),
        ("-x", "run"),
        ("a b", "run"),
    ] {
        let output = with_config(["alias", "set"], config.path())
            .arg("--")
            .arg(name)
            .arg(expansion)
            .run()
            .await;
        assert_eq!(output.code, 2, "{name}: {}", output.stderr);
    }
}

#[tokio::test]
async fn manual_pages_are_printed_and_written_for_every_command() {
    let page = run!("man predictions list");
    page.prints(".TH replicate-predictions-list 1");
    page.prints("\\-\\-created\\-after");
    assert_eq!(run!("man frob").code, 2);
    let directory = tempfile::tempdir().expect("a directory");
    let written = replicate(["man", "--output-directory"])
        .arg(directory.path())
        .run()
        .await;
    written.exits(0);
    for page in [
        "replicate.1",
        "replicate-run.1",
        "replicate-models-versions-diff.1",
    ] {
        assert!(directory.path().join(page).is_file(), "{page}");
    }
}

#[tokio::test]
async fn aliases_that_are_set_at_once_are_all_kept() {
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path().to_str().expect("a path");
    let names: Vec<String> = (0..12).map(|number| format!("a{number:02}")).collect();
    let setting = names.iter().map(|name| {
        let set = ["alias", "set", name, "version"];
        replicate(set).env("HOME", home).run()
    });
    for output in futures::future::join_all(setting).await {
        output.exits(0);
    }
    let list = replicate(["alias", "list"]).env("HOME", home).run().await;
    let list = list.json();
    let kept = list.as_object().expect("an object").keys();
    assert_eq!(kept.cloned().collect::<Vec<_>>(), names);
}
