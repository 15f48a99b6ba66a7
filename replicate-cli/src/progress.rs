//! A progress line at the bottom of a terminal.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use replicate::{LogProgress, UploadProgress};

use crate::terminal::{self, PROGRESS, one_line, shortened};

const FRAME: Duration = Duration::from_millis(80);
/// Nothing is drawn before this time, since short work needs no line.
const SHOW_AFTER: Duration = Duration::from_millis(150);

/// Columns that a progress line needs beside its text and its bar, without and with the numbers of
/// a bar. A line never fills the terminal's: what a terminal echoes, such as `^C`, would move it to
/// the next line.
const RESERVED: usize = 12;
const RESERVED_WITH_NUMBERS: usize = 29;

/// Delays of at least this time are noted where no progress line is shown.
const NOTED_DELAY: Duration = Duration::from_secs(1);

/// A progress line. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Spinner,
    Steps,
    Bytes,
}

impl Progress {
    /// A line that is shown where standard error is a terminal.
    pub(crate) fn new(quiet: bool) -> Self {
        match !quiet && terminal::stderr_shows_progress() {
            true => Self::shown(),
            false => Self { bar: None, quiet },
        }
    }

    fn shown() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style(Form::Spinner));
        Self {
            bar: Some(bar),
            quiet: false,
        }
    }

    pub(crate) fn set_text(&self, text: impl AsRef<str>) {
        if let Some(bar) = &self.bar {
            let text = one_line(&terminal::strip_control_chars(text.as_ref()));
            bar.set_message(shortened(&text, room(bar.length())).into_owned());
        }
    }

    /// Sets the bar that the logs of a prediction have drawn.
    pub(crate) fn set_bar(&self, steps: Option<LogProgress>) {
        let Some(bar) = &self.bar else { return };
        match steps {
            Some(steps) if steps.total > 0 => {
                self.set_form(Form::Steps, Some(steps.total));
                bar.set_position(steps.done.min(steps.total));
            }
            _ => self.set_form(Form::Spinner, None),
        }
    }

    /// Sets what happens to a file, how many of its bytes were transferred, and how many there are.
    pub(crate) fn set_bytes(&self, verb: &str, file: &str, done: u64, total: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        self.set_form(Form::Bytes, total);
        bar.set_position(done);
        self.set_text(file_text(verb, file, room(total)));
    }

    fn set_form(&self, form: Form, length: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        let form = match length {
            Some(_) => form,
            None => Form::Spinner,
        };
        // The line may be drawn at any time: its text makes room before the numbers appear.
        let text = bar.message();
        bar.set_message(shortened(&text, room(length)).into_owned());
        bar.set_style(style(form));
        match length {
            Some(length) => bar.set_length(length),
            None => bar.unset_length(),
        }
    }

    /// Shows what happens to a run, or to the wait for a prediction. Delays are noted where no
    /// progress line is shown; `outage` is whether one was noted and has not ended.
    pub(crate) fn report(&self, now: replicate::Progress<'_>, outage: &mut bool) {
        match now {
            replicate::Progress::Upload(UploadProgress {
                file, sent, total, ..
            }) => self.set_bytes("uploading", file, sent, Some(total)),
            replicate::Progress::Snapshot(prediction) => {
                self.set_bar(now.bar());
                self.set_text(prediction.status.as_str());
                *outage = false;
            }
            replicate::Progress::RateLimited { retry_in, .. } => {
                let text = format!(
                    "rate limited, retrying in {} s",
                    retry_in.as_secs_f64().ceil()
                );
                self.hold_up(&text, retry_in >= NOTED_DELAY);
            }
            replicate::Progress::Outage { lasted, .. } => {
                let text = format!("no connection for {} s, still waiting", lasted.as_secs());
                let is_new = lasted >= NOTED_DELAY && !std::mem::replace(outage, true);
                self.hold_up(&text, is_new);
            }
            _ => {}
        }
    }

    fn hold_up(&self, text: &str, is_noted: bool) {
        self.set_bar(None);
        self.set_text(text);
        if self.bar.is_none() && is_noted && !self.quiet {
            terminal::say(text);
        }
    }

    /// Draws the line until `work` is done.
    pub(crate) async fn showing<T>(&self, work: impl IntoFuture<Output = T>) -> T {
        let work = work.into_future();
        let Some(bar) = &self.bar else {
            return work.await;
        };
        tokio::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(SHOW_AFTER) => {}
        }
        PROGRESS.add(bar.clone());
        bar.enable_steady_tick(FRAME);
        // Removed on drop too: an interruption drops this future.
        let _shown = Shown(bar);
        work.await
    }
}

struct Shown<'a>(&'a ProgressBar);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.disable_steady_tick();
        self.0.finish_and_clear();
        PROGRESS.remove(self.0);
        // It can be shown again.
        self.0.set_draw_target(ProgressDrawTarget::hidden());
        self.0.reset();
    }
}

fn style(form: Form) -> ProgressStyle {
    let width = terminal::stderr_width();
    ProgressStyle::with_template(&template(form, width, terminal::stderr_has_color()))
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .progress_chars("█▉▊▋▌▍▎▏ ")
        .tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", " "])
}

fn template(form: Form, width: usize, has_color: bool) -> String {
    let spinner = match has_color {
        true => "{spinner:.cyan}",
        false => "{spinner}",
    };
    let bar = match bar_width(width) {
        0 => String::new(),
        columns => format!("{{bar:{columns}}} "),
    };
    let rest = match form {
        Form::Spinner => "{elapsed}".to_owned(),
        Form::Steps => format!("{bar}{{percent}}% {{pos}}/{{len}} {{elapsed}}"),
        Form::Bytes => format!("{bar}{{bytes}}/{{total_bytes}}"),
    };
    format!("{spinner} {{msg}} {rest}")
}

/// Columns for the text of a line with a bar of this length.
fn room(length: Option<u64>) -> usize {
    let width = terminal::stderr_width();
    width.saturating_sub(match length {
        Some(_) => RESERVED_WITH_NUMBERS + bar_width(width),
        None => RESERVED,
    })
}

/// What happens to a file; the name alone where both do not fit.
fn file_text<'a>(verb: &str, file: &'a str, room: usize) -> Cow<'a, str> {
    let text = format!("{verb} {file}");
    match console::measure_text_width(&text) <= room {
        true => text.into(),
        false => file.rsplit(['/', '\\']).next().unwrap_or(file).into(),
    }
}

/// Columns of the bar. A narrow terminal has none.
fn bar_width(width: usize) -> usize {
    match width {
        0..60 => 0,
        _ => (width / 4).min(30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_valid_template() {
        for form in [Form::Spinner, Form::Steps, Form::Bytes] {
            let parsed = ProgressStyle::with_template(&template(form, 80, true));
            assert!(parsed.is_ok(), "{form:?}");
        }
    }

    #[test]
    fn text_is_truncated_by_display_width_and_keeps_the_name_of_a_file() {
        // Of 40 columns, a line with numbers of bytes has 11 for its text.
        let room = 40 - RESERVED_WITH_NUMBERS;
        for (file, shown) in [
            ("a.b", "saving a.b"),
            ("out/a.png", "a.png"),
            ("out/a-long-name.png", "a-long-nam…"),
            ("日本語のテキスト.png", "日本語のテ…"),
        ] {
            let text = file_text("saving", file, room);
            assert_eq!(shortened(&text, room), shown);
        }
    }

    #[test]
    fn bar_of_the_logs_sets_position_and_length_and_shortens_the_text() {
        let progress = Progress::shown();
        let bar = progress.bar.clone().expect("a bar");
        let steps = LogProgress::from_logs(" 22%|██▏       | 11/50 [00:01<00:02]");
        progress.set_text("x".repeat(200));
        progress.set_bar(steps);
        assert_eq!((bar.position(), bar.length()), (11, Some(50)));
        assert!(console::measure_text_width(&bar.message()) <= room(bar.length()));
        progress.set_bar(None);
        assert_eq!(bar.length(), None);
    }
}
