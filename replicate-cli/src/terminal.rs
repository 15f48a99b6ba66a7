//! The two streams: which is a terminal, how wide, in colour or not, and how lines reach them.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::cli::ColorWhen;
use crate::failure::Failure;

/// The width of a terminal that does not tell its own.
const USUAL_WIDTH: usize = 80;

/// Decides about colour for the rest of the command.
pub(crate) fn use_color(when: ColorWhen) {
    let choice = match when {
        ColorWhen::Auto => ColorChoice::Auto,
        ColorWhen::Always => ColorChoice::Always,
        ColorWhen::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// A text in a style, where standard output shows colour.
pub(crate) fn styled(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stdout()))
}

/// A text in a style, where standard error shows colour.
pub(crate) fn styled_err(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stderr()))
}

fn paint(text: &str, style: Style, choice: ColorChoice) -> String {
    match choice {
        ColorChoice::Never => text.to_owned(),
        _ => format!("{style}{text}{style:#}"),
    }
}

/// The colour of a prediction's or training's status.
pub(crate) fn status_style(status: &str) -> Style {
    let color = match status {
        "succeeded" => AnsiColor::Green,
        "failed" | "aborted" => AnsiColor::Red,
        "canceled" => AnsiColor::Yellow,
        _ => AnsiColor::Cyan,
    };
    Style::new().fg_color(Some(color.into()))
}

/// Columns of the terminal that standard output is.
pub(crate) fn width() -> usize {
    terminal_width(&io::stdout()).unwrap_or(USUAL_WIDTH)
}

/// Columns of the terminal that standard error is.
pub(crate) fn stderr_width() -> usize {
    terminal_width(&io::stderr()).unwrap_or(USUAL_WIDTH)
}

#[cfg(unix)]
fn terminal_width(stream: &impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    (size.ws_col > 0).then_some(size.ws_col.into())
}

#[cfg(not(unix))]
fn terminal_width<T>(_stream: &T) -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}

/// Writes data to standard output, at once and whole.
pub(crate) fn write_data(data: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(data.as_ref())?;
    Ok(stdout.flush()?)
}

/// Writes data and, where it has none, a line's end.
pub(crate) fn write_line(data: impl AsRef<[u8]>) -> Result<(), Failure> {
    let data = data.as_ref();
    let mut stdout = io::stdout().lock();
    stdout.write_all(data)?;
    if !data.ends_with(b"\n") {
        stdout.write_all(b"\n")?;
    }
    Ok(stdout.flush()?)
}

/// Writes a line to standard error. Nobody being there to read it is no reason to stop.
pub(crate) fn say(line: impl AsRef<str>) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(format!("{}\n", line.as_ref()).as_bytes());
}

/// Writes an error and what to do about it.
pub(crate) fn error_lines(what: &str, hint: Option<&str>) {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    say(format!("{} {what}", styled_err("error:", red)));
    if let Some(hint) = hint {
        say(format!(
            "{} {hint}",
            styled_err("hint:", Style::new().bold())
        ));
    }
}

/// Text from elsewhere without what could write over the terminal that shows it.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_cannot_command_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}]0;title\u{7}b\u{9b}2J\tc\n"),
            "a]0;titleb2J\tc\n"
        );
    }
}
