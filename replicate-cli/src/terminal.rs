//! Standard output and standard error: terminal or not, width, color, and writing to them.
//!
//! All text for a terminal goes through [`visible`], which keeps a server from controlling it.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use clap::builder::StyledStr;
use console::Term;
use indicatif::{MultiProgress, ProgressDrawTarget, TermLike};

/// The width of a terminal that does not report its own.
const DEFAULT_WIDTH: usize = 80;

/// The progress lines at the bottom of the terminal. They are hidden while something is written.
pub(crate) static PROGRESS: LazyLock<MultiProgress> = LazyLock::new(|| {
    let lines = ProgressLines {
        term: Term::stderr(),
        has_line: AtomicBool::new(false),
    };
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(lines), 15);
    MultiProgress::with_draw_target(target)
});

/// Standard error, on which a progress line ends where its text does. The library fills it with
/// blanks, so that what the terminal echoes at its end, such as `^C`, would be on the next line, and
/// the line would not be cleared.
#[derive(Debug)]
struct ProgressLines {
    term: Term,
    /// Whether the next text of this drawing is another line.
    has_line: AtomicBool,
}

impl TermLike for ProgressLines {
    fn width(&self) -> u16 {
        self.term.size().1
    }

    fn height(&self) -> u16 {
        self.term.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.term.write_line(line)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // The blanks at the end of a line.
        if text.bytes().all(|byte| byte == b' ') {
            self.has_line.store(true, Ordering::SeqCst);
            return Ok(());
        }
        if self.has_line.swap(false, Ordering::SeqCst) {
            self.term.write_str("\n")?;
        }
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.has_line.store(false, Ordering::SeqCst);
        self.term.flush()
    }
}

/// Whether the last text on a terminal's standard output has not ended its line.
static MID_LINE: AtomicBool = AtomicBool::new(false);

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

pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether standard error is a terminal that can draw over a line.
pub(crate) fn stderr_shows_progress() -> bool {
    stderr_is_terminal() && can_move_cursor()
}

/// Whether standard output is a terminal that shows pictures, at least as blocks of color.
#[cfg(feature = "images")]
pub(crate) fn stdout_shows_pictures() -> bool {
    stdout_is_terminal() && stdout_shows_color() && can_move_cursor()
}

fn can_move_cursor() -> bool {
    cfg!(windows) || std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// Whether standard output is a pipe or a socket, which its reader can close.
#[cfg(unix)]
pub(crate) fn stdout_is_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = file_type(io::stdout());
    kind.is_some_and(|kind| kind.is_fifo() || kind.is_socket())
}

/// What kind of file a stream is.
#[cfg(unix)]
pub(crate) fn file_type(stream: impl std::os::fd::AsFd) -> Option<std::fs::FileType> {
    let file = std::fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
    Some(file.metadata().ok()?.file_type())
}

pub(crate) fn stdout_shows_color() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

pub(crate) fn styled(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stdout()))
}

/// Text of the parser, with its styles if standard output shows color.
pub(crate) fn styled_text(text: &StyledStr) -> String {
    match stdout_shows_color() {
        true => text.ansi().to_string(),
        false => text.to_string(),
    }
}

pub(crate) fn styled_err(text: &str, style: Style) -> String {
    paint(text, style, AutoStream::choice(&io::stderr()))
}

pub(crate) fn stderr_has_color() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
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
    columns(&Term::stdout())
}

/// Lines of the terminal that standard output is; `None` if that is not known.
pub(crate) fn height() -> Option<usize> {
    Some(Term::stdout().size_checked()?.0.into())
}

/// Columns of the terminal that standard error is.
pub(crate) fn stderr_width() -> usize {
    columns(&Term::stderr())
}

fn columns(terminal: &Term) -> usize {
    let size = terminal.size_checked();
    size.map_or(DEFAULT_WIDTH, |(_, columns)| columns.into())
}

/// Clears the progress lines for good, before the process ends.
pub(crate) fn end_progress() {
    // A terminal that is gone shows nothing.
    let _ = PROGRESS.clear();
    PROGRESS.set_draw_target(ProgressDrawTarget::hidden());
}

pub(crate) fn write_data(data: impl AsRef<[u8]>) -> io::Result<()> {
    let data = data.as_ref();
    if !stdout_is_terminal() {
        return write_bytes(data);
    }
    let text = visible(&String::from_utf8_lossy(data));
    PROGRESS.suspend(|| write_bytes(text.as_bytes()))?;
    if !text.is_empty() {
        MID_LINE.store(!text.ends_with('\n'), Ordering::SeqCst);
    }
    Ok(())
}

/// Writes text to standard output, with a newline unless it ends with one.
pub(crate) fn write_line(data: impl AsRef<[u8]>) -> io::Result<()> {
    let data = data.as_ref();
    if data.ends_with(b"\n") {
        return write_data(data);
    }
    write_data([data, b"\n"].concat())
}

/// Writes bytes to standard output as they are, and flushes it.
pub(crate) fn write_bytes(data: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(data)?;
    stdout.flush()
}

/// Writes text to standard error, with a newline unless it ends with one. A failure to do so is
/// ignored.
pub(crate) fn say(text: impl AsRef<str>) {
    let mut text = text.as_ref().to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if !stderr_is_terminal() {
        let _ = io::stderr().lock().write_all(text.as_bytes());
        return;
    }
    text = visible(&text);
    // A line of its own, if standard output shows the beginning of one.
    if stdout_is_terminal() && MID_LINE.swap(false, Ordering::SeqCst) {
        text.insert(0, '\n');
    }
    PROGRESS.suspend(|| {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    });
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
    let mut lines = format!("{} {what}", styled_err("error:", red));
    if let Some(hint) = hint {
        let bold = styled_err("hint:", Style::new().bold());
        // Several commands, one a line.
        let hint = match stderr_is_terminal() {
            true => hint.replace("; ", "\n      "),
            false => hint.to_owned(),
        };
        lines.push_str(&format!("\n{bold} {hint}"));
    }
    say(lines);
}

/// `text` without control characters, which could overwrite what the terminal shows.
pub(crate) fn strip_control_chars(text: &str) -> String {
    text.chars()
        .filter(|c| !is_control(*c) || matches!(c, '\n' | '\t'))
        .collect()
}

/// `text` on one line and without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

pub(crate) fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    let end = if width == 0 { "" } else { "…" };
    console::truncate_str(text, width, end)
}

/// Control characters, and those that change the direction of what follows.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` as it may be written to a terminal: newlines, tabs and colors are kept, every other
/// control sequence is not.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        shown.push_str(&strip_control_chars(&rest[..at]));
        rest = &rest[at + 1..];
        if let Some(length) = color_length(rest) {
            shown.push('\u{1b}');
            shown.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    shown.push_str(&strip_control_chars(rest));
    shown
}

/// The length of a color sequence after its ESC: `[`, numbers of colors and of weight, `m`.
fn color_length(text: &str) -> Option<usize> {
    let end = text.find('m').filter(|end| *end < 16)?;
    let numbers = text[..end].strip_prefix('[')?;
    let is_color = |number: &str| {
        matches!(
            number.parse::<u8>(),
            Ok(0..=4 | 22..=24 | 30..=37 | 39 | 90..=97)
        )
    };
    numbers.split(';').all(is_color).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_server_cannot_control_the_terminal() {
        for (text, shown) in [
            ("a\u{1b}]0;title\u{7}b\u{9b}2J\tc\n", "a]0;titleb2J\tc\n"),
            ("a\rb\u{8}c", "abc"),
            ("\u{1b}[2J\u{1b}[8mhidden", "[2J[8mhidden"),
            ("\u{1b}[38;2;0;0;0mx", "[38;2;0;0;0mx"),
            ("abc\u{202e}def", "abcdef"),
            ("\u{1b}", ""),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[cfg(unix)]
    #[test]
    fn progress_line_ends_where_its_text_does() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let open = || file.reopen().expect("a file");
        let lines = ProgressLines {
            term: Term::read_write_pair(open(), open()),
            has_line: AtomicBool::new(false),
        };
        for text in ["one", "     ", "two", "  "] {
            lines.write_str(text).expect("written");
        }
        lines.flush().expect("written");
        let written = std::fs::read_to_string(file.path()).expect("text");
        assert_eq!(written, "one\ntwo");
    }

    #[test]
    fn colors_are_kept() {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let text = format!("{red}error:{red:#} no");
        assert_eq!(visible(&text), text);
    }
}
