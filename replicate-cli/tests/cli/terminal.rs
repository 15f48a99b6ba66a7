//! What a terminal gets: nothing with which a server could control it.

use replicate_emulator::{Emulator, Fault, Model};
use serde_json::json;

use crate::program::{Program, created, emulator_with, inject, kill, output, requested, shell};

/// The program at a terminal of its own, which `script` makes. `None` where there is no `script`.
fn at_terminal(command: &str, emulator: &Emulator) -> Option<Program> {
    let has_script = std::process::Command::new("script")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_script {
        println!("skipped: there is no script (util-linux)");
        return None;
    }
    Some(shell(&format!("script -qec \"{command}\" /dev/null")).at(emulator))
}

#[tokio::test]
async fn control_sequences_of_a_server_do_not_reach_the_terminal() {
    let model = Model::new("acme/evil")
        .official(true)
        .output_schema(json!({"type": "string"}))
        .run(|_, _| async { Ok("a\u{1b}]0;title\u{7}b\u{1b}[2Jc\rd".into()) });
    let emulator = emulator_with(model).await;
    let Some(program) = at_terminal("replicate run acme/evil --color never", &emulator) else {
        return;
    };
    let output = program.env("TERM", "xterm").run().await;
    assert!(
        output.stdout.contains("a]0;titleb[2Jcd"),
        "{:?}",
        output.stdout
    );
    let piped = shell("replicate run acme/evil").at(&emulator).run().await;
    assert_eq!(piped.stdout, "a\u{1b}]0;title\u{7}b\u{1b}[2Jc\rd\n");
}

#[tokio::test]
async fn terminal_that_cannot_draw_gets_no_escapes() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in [
        "replicate run emulator/slow seconds=0.5 --logs",
        "replicate run acme/nothing x=1",
        "replicate predictions list",
    ] {
        let Some(program) = at_terminal(command, &emulator) else {
            return;
        };
        let output = program.env("TERM", "dumb").run().await;
        assert!(!output.stdout.contains('\u{1b}'), "{:?}", output.stdout);
    }
}

#[tokio::test]
async fn progress_is_drawn_at_a_terminal_and_removed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let command = "replicate run emulator/slow seconds=0.6 steps=3";
    let Some(program) = at_terminal(command, &emulator) else {
        return;
    };
    let output = program.env("TERM", "xterm").run().await;
    assert!(output.stdout.contains("processing"), "{:?}", output.stdout);
    // The last line is cleared before the output is printed over it.
    assert!(
        output.stdout.ends_with("\u{1b}[2Ktook 0.6 s\r\n"),
        "{:?}",
        output.stdout
    );
}

#[tokio::test]
async fn nothing_is_drawn_below_the_last_words_of_a_second_interruption() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = Fault::latency(std::time::Duration::from_secs(60));
    inject(&emulator, late.on("predictions.cancel"));
    let directory = tempfile::tempdir().expect("a directory");
    let command = "echo \\$\\$ > pid; exec replicate run emulator/slow seconds=60";
    let Some(program) = at_terminal(command, &emulator) else {
        return;
    };
    let program = program.env("TERM", "xterm").within(directory.path());
    let child = program.start();
    let interrupt = || {
        let pid = std::fs::read_to_string(directory.path().join("pid")).expect("a process");
        kill("-INT", pid.trim());
    };
    created(&emulator, 1).await;
    interrupt();
    requested(&emulator, "predictions.cancel").await;
    interrupt();
    let output = output(child).await;
    let id = &emulator.predictions()[0].id;
    let last = format!("cancel it: replicate predictions cancel {id}\r\n");
    assert!(output.stdout.ends_with(&last), "{:?}", output.stdout);
}

#[tokio::test]
async fn file_is_not_written_to_a_terminal() {
    let emulator = Emulator::start().await.expect("an emulator");
    let command = "replicate run emulator/image prompt=x -o -";
    let Some(program) = at_terminal(command, &emulator) else {
        return;
    };
    let output = program.env("TERM", "xterm").run().await;
    assert!(
        output.stdout.contains("not written to a terminal"),
        "{:?}",
        output.stdout
    );
    assert_eq!(crate::program::creates(&emulator), 0);
}

#[tokio::test]
async fn page_of_a_prediction_is_opened_in_a_browser() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let script = "printf '#!/bin/sh\\necho \"$1\" > opened\\n' > xdg-open; chmod +x xdg-open
        PATH=$PWD:$PATH replicate run replicate/hello-world text=x --web
        while [ ! -s opened ]; do sleep 0.01; done; cat opened";
    let output = shell(script).at(&emulator).within(directory.path()).run();
    let output = tokio::time::timeout(std::time::Duration::from_secs(20), output).await;
    let output = output.expect("a page is opened");
    let id = &emulator.predictions()[0].id;
    assert!(output.stdout.ends_with(&format!("/p/{id}\n")), "{output:?}");
}

#[tokio::test]
async fn picture_is_shown_in_the_form_that_the_terminal_has() {
    let emulator = Emulator::start().await.expect("an emulator");
    let block = "\u{2584}";
    let iterm = "\u{1b}]1337;File=inline=1";
    let run = "replicate run emulator/image prompt=x width=16 height=16";
    for (command, variable, value, shown) in [
        (run.to_owned(), "TERM", "xterm-256color", Some(block)),
        (
            format!("{run} -o x.png"),
            "TERM",
            "xterm-256color",
            Some(block),
        ),
        (run.to_owned(), "TERM_PROGRAM", "iTerm.app", Some(iterm)),
        (run.to_owned(), "TERM", "dumb", None),
        (run.to_owned(), "NO_COLOR", "1", None),
        (run.to_owned(), "REPLICATE_NO_IMAGES", "1", None),
        (format!("{run} --no-images"), "TERM", "xterm-256color", None),
        (format!("{run} --json"), "TERM", "xterm-256color", None),
    ] {
        let Some(program) = at_terminal(&command, &emulator) else {
            return;
        };
        let directory = tempfile::tempdir().expect("a directory");
        let program = program.env("TERM", "xterm").within(directory.path());
        let output = program.env(variable, value).run().await;
        let marks = [block, iterm];
        let found = marks.into_iter().find(|mark| output.stdout.contains(mark));
        assert_eq!(found, shown, "{command} {variable}={value} {output:?}");
    }
    let piped = shell(run).at(&emulator).run().await;
    assert_eq!(piped.stdout.lines().count(), 1, "{piped:?}");
}

#[tokio::test]
async fn upload_is_shown_in_bytes() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = Fault::latency(std::time::Duration::from_millis(600));
    inject(&emulator, late.on("files.create"));
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("a.bin"), vec![0; 1 << 20]).expect("a file");
    let Some(program) = at_terminal("replicate files upload a.bin", &emulator) else {
        return;
    };
    let program = program.env("TERM", "xterm").within(directory.path());
    let output = program.run().await;
    assert!(output.stdout.contains("uploading a.bin"), "{output:?}");
    assert!(output.stdout.contains("/1.00 MiB"), "{output:?}");
}
