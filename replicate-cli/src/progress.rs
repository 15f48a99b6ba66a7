//! A line at the bottom of a terminal that says how far something is.

use std::future::Future;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use replicate::LogProgress;

use crate::terminal;

/// How often the line is drawn.
const FRAME: Duration = Duration::from_millis(80);
/// How long nothing is drawn: what is done by then needs no line.
const PATIENCE: Duration = Duration::from_millis(150);

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const BAR_WIDTH: usize = 24;

/// A line that says how far something is. Clones are the same line.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// Nothing is drawn without one.
    line: Option<Arc<Mutex<Line>>>,
}

#[derive(Debug)]
struct Line {
    started: Instant,
    text: String,
    bar: Option<LogProgress>,
    frame: usize,
    drawn: bool,
}

impl Progress {
    pub(crate) fn new(shown: bool) -> Self {
        let line = || Line {
            started: Instant::now(),
            text: String::new(),
            bar: None,
            frame: 0,
            drawn: false,
        };
        Self {
            line: shown.then(|| Arc::new(Mutex::new(line()))),
        }
    }

    /// Says what goes on.
    pub(crate) fn set_text(&self, text: impl Into<String>) {
        self.with(|line| line.text = text.into());
    }

    /// Says how far it is.
    pub(crate) fn set_bar(&self, bar: Option<LogProgress>) {
        self.with(|line| line.bar = bar);
    }

    /// Writes above the line; the line is drawn again later.
    pub(crate) fn write_above(&self, text: &str) {
        self.with(Line::clear);
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Draws the line for as long as `work` goes on.
    pub(crate) async fn showing<T>(&self, work: impl Future<Output = T>) -> T {
        // Cleared however this ends: an interruption drops it.
        let _cleared = ClearedAtEnd(self);
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = self.next_frame() => self.with(Line::draw),
            }
        }
    }

    async fn next_frame(&self) {
        match self.line {
            Some(_) => tokio::time::sleep(FRAME).await,
            None => std::future::pending().await,
        }
    }

    fn with(&self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = &self.line {
            change(&mut line.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

struct ClearedAtEnd<'a>(&'a Progress);

impl Drop for ClearedAtEnd<'_> {
    fn drop(&mut self) {
        self.0.with(Line::clear);
    }
}

impl Line {
    fn draw(&mut self) {
        if self.started.elapsed() < PATIENCE {
            return;
        }
        self.frame = (self.frame + 1) % SPINNER.len();
        self.drawn = true;
        let room = terminal::stderr_width().saturating_sub(1);
        let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
        let spinner = terminal::styled_err(SPINNER[self.frame], cyan);
        let text: String = self
            .content()
            .chars()
            .take(room.saturating_sub(2))
            .collect();
        let _ = io::stderr()
            .lock()
            .write_all(format!("\r\x1b[2K{spinner} {text}").as_bytes());
    }

    fn content(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        match self.bar {
            Some(bar) => format!(
                "{} {} {:.0}% {}/{} {seconds:.1}s",
                self.text,
                drawn_bar(bar.percent),
                bar.percent,
                bar.done,
                bar.total
            ),
            None => format!("{} {seconds:.1}s", self.text),
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = io::stderr().lock().write_all(b"\r\x1b[2K");
        }
    }
}

fn drawn_bar(percent: f64) -> String {
    let full = ((percent / 100.0).clamp(0.0, 1.0) * BAR_WIDTH as f64).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(BAR_WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        assert_eq!(drawn_bar(0.0), "░".repeat(BAR_WIDTH));
        assert_eq!(drawn_bar(50.0).matches('█').count(), BAR_WIDTH / 2);
        assert_eq!(drawn_bar(100.0), "█".repeat(BAR_WIDTH));
        assert_eq!(drawn_bar(250.0).chars().count(), BAR_WIDTH);
    }
}
