//! Progress, read from logs.

use std::fmt;

use serde::Serialize;

use crate::job::Job;
use crate::types::Prediction;

/// The progress that a model reports: the last progress bar in its logs.
///
/// Models print bars as Python's `tqdm` does (` 22%|██▏       | 11/50 [00:01<00:02, 13.16it/s]`);
/// a model that prints none has no progress.
///
/// ```
/// let logs = "Using seed: 7\n 22%|██▏       | 11/50 [00:01<00:02, 13.16it/s]\n";
/// let progress = replicate::LogProgress::from_logs(logs).unwrap();
/// assert_eq!((progress.done, progress.total), (11, 50));
/// assert_eq!(progress.percent, 22.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LogProgress {
    /// Percent done, 0 to 100: of the counts where there is a total, else as printed.
    pub percent: f64,
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
}

impl LogProgress {
    /// The last progress bar in `logs`, if there is one.
    pub fn from_logs(logs: &str) -> Option<Self> {
        // A bar is redrawn after a carriage return where the logs keep it.
        logs.rsplit(['\n', '\r']).find_map(Self::from_line)
    }

    fn from_line(line: &str) -> Option<Self> {
        let (before, rest) = line.split_once('|')?;
        let printed = percent_at_end(before)?;
        // The bar itself may hold any character but `|`, so the counts are after the last one.
        let (_, counts) = rest.rsplit_once('|')?;
        let (done, total) = counts.trim_start().split_once('/')?;
        let total = total.split([' ', '[']).next()?;
        let (done, total) = (quantity(done)?, quantity(total)?);
        let percent = if total > 0.0 {
            (done / total * 100.0).clamp(0.0, 100.0)
        } else {
            printed
        };
        Some(Self {
            percent,
            done: done as u64,
            total: total as u64,
        })
    }
}

/// What a progress callback gets: the snapshot of a prediction or training, and the progress
/// that its logs report.
#[non_exhaustive]
pub struct Progress<'a, J = Prediction> {
    /// The prediction or training as it is now.
    pub snapshot: &'a J,
    /// The last progress bar in its logs, if there is one.
    pub bar: Option<LogProgress>,
}

impl<'a, J: Job> Progress<'a, J> {
    pub(crate) fn new(snapshot: &'a J) -> Self {
        Self {
            snapshot,
            bar: snapshot.logs().and_then(LogProgress::from_logs),
        }
    }
}

impl<J> Clone for Progress<'_, J> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J> Copy for Progress<'_, J> {}

impl<J: Job> fmt::Debug for Progress<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("id", &self.snapshot.id())
            .field("status", &self.snapshot.status())
            .field("bar", &self.bar)
            .finish()
    }
}

impl<J> Progress<'_, J> {
    /// Percent done, 0 to 100, where the logs report it.
    pub fn percent(&self) -> Option<f64> {
        self.bar.map(|bar| bar.percent)
    }

    /// Steps done, where the logs report it.
    pub fn done(&self) -> Option<u64> {
        self.bar.map(|bar| bar.done)
    }

    /// Steps in all, where the logs report it.
    pub fn total(&self) -> Option<u64> {
        self.bar.map(|bar| bar.total)
    }
}

fn percent_at_end(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let start = number
        .rfind(|c: char| !c.is_ascii_digit() && c != '.')
        .map_or(0, |at| {
            at + number[at..].chars().next().map_or(1, char::len_utf8)
        });
    let percent: f64 = number[start..].parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent)
}

/// A count as `tqdm` prints it: plain, or with its unit (`1.05G`, `512k`).
fn quantity(text: &str) -> Option<f64> {
    let (number, unit) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1e3),
        (at, 'M') => (&text[..at], 1e6),
        (at, 'G') => (&text[..at], 1e9),
        (at, 'T') => (&text[..at], 1e12),
        _ => (text, 1.0),
    };
    let number: f64 = number.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(logs: &str) -> Option<(f64, u64, u64)> {
        LogProgress::from_logs(logs).map(|p| (p.percent, p.done, p.total))
    }

    #[test]
    fn the_last_bar_counts() {
        let logs = "Using seed: 42069\nPrompt: 50% off | 1/2 of the price\n  0%|          | 0/50 [00:00<?, ?it/s]\n 22%|██▏       | 11/50 [00:01<00:02, 13.16it/s]\nsaving";
        assert_eq!(read(logs), Some((22.0, 11, 50)));
    }

    #[test]
    fn bars_with_a_title_units_and_carriage_returns_are_read() {
        assert_eq!(
            read("step:  54%|█████▍    | 27/50 [00:02<00:01]"),
            Some((54.0, 27, 50))
        );
        assert_eq!(
            read("50%|#####     | 512k/1.024M [00:00<00:00]"),
            Some((50.0, 512_000, 1_024_000))
        );
        assert_eq!(
            read(" 2%|▏ | 1/50 [\r100%|██████████| 50/50 [00:03<00:00, 16it/s]\r"),
            Some((100.0, 50, 50))
        );
    }

    #[test]
    fn the_counts_are_finer_than_the_printed_percent() {
        let (percent, ..) = read(" 33%|███       | 1/3 [00:00<00:00]").unwrap();
        assert!((percent - 33.333).abs() < 0.01);
    }

    #[test]
    fn logs_without_a_bar_have_no_progress() {
        for logs in [
            "",
            "50%",
            "a | b | c",
            "12% of 50/100 done",
            "x%|bar| 1/2 [",
            "10%|bar| a/b [",
            "10%|bar",
            "5%|é| é/é",
        ] {
            assert_eq!(read(logs), None, "{logs}");
        }
    }
}
