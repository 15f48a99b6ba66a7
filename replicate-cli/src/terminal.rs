//! Standard output and standard error: terminal or not, width, color, and writing to them.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

/// The width of a terminal that does not report its own.
const DEFAULT_WIDTH: usize = 80;

/// When to use color.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// At a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Sets when color is used, for the rest of the command.
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

/// Whether standard output shows color.
pub(crate) fn stdout_shows_color() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// `text` in a style, if standard output shows color.
pub(crate) fn styled(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stdout()))
}

/// `text` in a style, if standard error shows color.
pub(crate) fn styled_err(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stderr()))
}

fn paint(text: &str, style: Style, choice: ColorChoice) -> String {
    match choice {
        ColorChoice::Never => text.to_owned(),
        _ => format!("{style}{text}{style:#}"),
    }
}

/// The color of a prediction's or training's status.
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
    terminal_width(&io::stdout()).unwrap_or(DEFAULT_WIDTH)
}

/// Lines of the terminal that standard output is; `None` if that is not known.
#[cfg(unix)]
pub(crate) fn height() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_row > 0).then_some(size.ws_row.into())
}

/// Lines of the terminal that standard output is; `None` if that is not known.
#[cfg(not(unix))]
pub(crate) fn height() -> Option<usize> {
    None
}

/// Columns of the terminal that standard error is.
pub(crate) fn stderr_width() -> usize {
    terminal_width(&io::stderr()).unwrap_or(DEFAULT_WIDTH)
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

/// Writes data to standard output and flushes it.
pub(crate) fn write_data(data: impl AsRef<[u8]>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(data.as_ref())?;
    stdout.flush()
}

/// Writes data to standard output, with a newline unless it ends with one.
pub(crate) fn write_line(data: impl AsRef<[u8]>) -> io::Result<()> {
    let data = data.as_ref();
    let mut stdout = io::stdout().lock();
    stdout.write_all(data)?;
    if !data.ends_with(b"\n") {
        stdout.write_all(b"\n")?;
    }
    stdout.flush()
}

/// Writes a line to standard error. A failure to do so is ignored.
pub(crate) fn say(line: impl AsRef<str>) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(format!("{}\n", line.as_ref()).as_bytes());
}

/// Writes a question to standard error, without a newline.
pub(crate) fn ask(question: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(strip_control_chars(question).as_bytes());
    let _ = stderr.flush();
}

/// Writes an error, and a hint on what to do about it, to standard error.
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

/// Text from a server as it is written to standard output: without control characters if that
/// is a terminal.
pub(crate) fn stdout_text(text: &str) -> String {
    match stdout_is_terminal() {
        true => strip_control_chars(text),
        false => text.to_owned(),
    }
}

/// Text from a server as it is written to standard error: without control characters if that is
/// a terminal, and with a newline at its end.
pub(crate) fn stderr_line(text: &str) -> String {
    let mut text = match stderr_is_terminal() {
        true => strip_control_chars(text),
        false => text.to_owned(),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// `text` without control characters, which could overwrite what the terminal shows.
pub(crate) fn strip_control_chars(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_server_cannot_control_the_terminal() {
        assert_eq!(
            strip_control_chars("a\u{1b}]0;title\u{7}b\u{9b}2J\tc\n"),
            "a]0;titleb2J\tc\n"
        );
    }
}
