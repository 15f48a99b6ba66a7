//! What a terminal gets: nothing with which a server could control it.

use std::time::Duration;

use replicate_emulator::{Emulator, Model};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::program::{
    MINUTE, command, command_line, creates, emulator_with, hold, requested, run, shell, signal,
};
use crate::saving::names;

/// What a terminal of a kind gets from a command.
async fn at_terminal(emulator: &Emulator, kind: &str, line: &str) -> String {
    let program = command_line(line).at(emulator).env("TERM", kind);
    program.run_at_terminal().await
}

#[tokio::test]
async fn control_sequences_of_a_server_do_not_reach_the_terminal() {
    let model = Model::new("acme/evil")
        .official(true)
        .output_schema(json!({"type": "string"}))
        .run(|_, _| async { Ok("a\u{1b}]0;title\u{7}b\u{1b}[2Jc\rd".into()) });
    let emulator = emulator_with(model).await;
    let run = "run acme/evil --color never";
    let shown = at_terminal(&emulator, "xterm", run).await;
    assert!(shown.contains("a]0;titleb[2Jcd"), "{shown:?}");
    let piped = run!(emulator, "run acme/evil");
    piped.exits_with(0, "a\u{1b}]0;title\u{7}b\u{1b}[2Jc\rd\n");
}

#[tokio::test]
async fn terminal_that_cannot_draw_gets_no_escapes() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in [
        "run emulator/slow seconds=0.5 --logs",
        "run acme/nothing x=1",
        "predictions list",
    ] {
        let shown = at_terminal(&emulator, "dumb", command).await;
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
}

#[tokio::test]
async fn progress_is_drawn_at_a_terminal_and_removed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = command!("run emulator/slow seconds=60 steps=3").at(&emulator);
    let (_child, mut screen) = run.env("TERM", "xterm").start_at_terminal(80);
    screen.until("processing").await;
    emulator.advance(MINUTE);
    let screen = screen.end().await;
    // The last line is cleared before the output is printed over it.
    assert!(screen.ends_with("\u{1b}[2Ktook 60 s\r\n"), "{screen:?}");
}

#[tokio::test]
async fn progress_with_wide_characters_fits_a_narrow_terminal() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "outputs.get");
    let directory = tempfile::tempdir().expect("a directory");
    let run = command!("run emulator/image prompt=x -o とても長い名前の自転車の絵.png");
    let run = run.at(&emulator).env("TERM", "xterm");
    let (_child, mut screen) = run.within(directory.path()).start_at_terminal(40);
    screen.until("saving とても長い名前の自転… ").await;
    emulator.advance(MINUTE);
    let drawn = screen.end().await;
    let drawn = console::strip_ansi_codes(&drawn);
    // A line that fills the terminal would be moved by an echo such as `^C`.
    for line in drawn.split(['\r', '\n']) {
        assert!(line.width() < 40, "{line}");
    }
    assert_eq!(names(directory.path()), ["とても長い名前の自転車の絵.png"]);
}

#[tokio::test]
async fn nothing_is_drawn_below_the_last_words_of_a_second_interruption() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "predictions.cancel");
    let run = command!("run emulator/slow seconds=60").at(&emulator);
    let (child, mut screen) = run.env("TERM", "xterm").start_at_terminal(80);
    // The program knows the prediction.
    screen.until("processing").await;
    signal(&child, "-INT");
    requested(&emulator, "predictions.cancel").await;
    signal(&child, "-INT");
    let screen = screen.end().await;
    let id = &emulator.predictions()[0].id;
    let last = format!("cancel it: replicate predictions cancel {id}\r\n");
    assert!(screen.ends_with(&last), "{screen:?}");
}

#[tokio::test]
async fn file_is_not_written_to_a_terminal() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = "run emulator/image prompt=x -o -";
    let shown = at_terminal(&emulator, "xterm", run).await;
    assert!(shown.contains("not written to a terminal"), "{shown:?}");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn page_of_a_prediction_is_opened_in_a_browser() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let script = "printf '#!/bin/sh\\necho \"$1\" > opened\\n' > xdg-open; chmod +x xdg-open
        PATH=$PWD:$PATH replicate run replicate/hello-world text=x --web
        while [ ! -s opened ]; do sleep 0.01; done; cat opened";
    let output = shell(script).at(&emulator).within(directory.path()).run();
    let output = tokio::time::timeout(Duration::from_secs(20), output).await;
    let output = output.expect("a page is opened");
    let id = &emulator.predictions()[0].id;
    assert!(output.stdout.ends_with(&format!("/p/{id}\n")), "{output:?}");
}

#[tokio::test]
async fn picture_is_shown_in_the_form_that_the_terminal_has() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let block = "\u{2584}";
    let iterm = "\u{1b}]1337;File=inline=1";
    let run = "run emulator/image prompt=x width=16 height=16";
    for (option, variable, value, shown) in [
        ("", "TERM", "xterm-256color", Some(block)),
        ("-o x.png", "TERM", "xterm-256color", Some(block)),
        ("", "TERM_PROGRAM", "iTerm.app", Some(iterm)),
        ("", "TERM", "dumb", None),
        ("", "NO_COLOR", "1", None),
        ("", "REPLICATE_NO_IMAGES", "1", None),
        ("--no-images", "TERM", "xterm-256color", None),
        ("--json", "TERM", "xterm-256color", None),
    ] {
        let program = command!("{run} {option}")
            .at(&emulator)
            .env("TERM", "xterm");
        let program = program.env(variable, value).within(directory.path());
        let screen = program.run_at_terminal().await;
        let marks = [block, iterm];
        let found = marks.into_iter().find(|mark| screen.contains(mark));
        assert_eq!(found, shown, "{option} {variable}={value} {screen:?}");
    }
    let piped = run!(emulator, "{run}");
    assert_eq!(piped.stdout.lines().count(), 1, "{piped:?}");
}

#[tokio::test]
async fn upload_is_shown_in_bytes() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "files.create");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("a.bin"), vec![0; 1 << 20]).expect("a file");
    let upload = command!("files upload a.bin")
        .at(&emulator)
        .env("TERM", "xterm");
    let (_child, mut screen) = upload.within(directory.path()).start_at_terminal(80);
    screen.until("uploading a.bin").await;
    screen.until("/1.00 MiB").await;
}
