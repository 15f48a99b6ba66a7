//! Progress of runs, waits and streams: uploads, snapshots with the progress in their logs, rate
//! limits and outages.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use replicate_api::SendGate;
use serde::Serialize;

use crate::error::Error;
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

/// Progress of a run, a wait or a stream, for a callback: uploads and rate limits before the
/// prediction exists, its snapshots from then on, and what keeps a wait from reading it.
///
/// ```
/// use replicate::Progress;
///
/// # replicate_test_support::example!(async |replicate| {
/// let run = replicate.run("emulator/slow").on_progress(|progress| match progress {
///     Progress::Upload(upload) => println!("{}: {} bytes", upload.file, upload.sent),
///     Progress::Snapshot(prediction) => println!("{}", prediction.status),
///     Progress::RateLimited { retry_in, .. } => println!("rate limited, retry in {retry_in:?}"),
///     Progress::Outage { lasted, .. } => println!("no connection for {lasted:?}, still waiting"),
///     _ => {}
/// });
/// println!("{}", run.text().await?);
/// # });
/// ```
#[non_exhaustive]
pub enum Progress<'a, J: Job = Prediction> {
    /// A file of the input is being uploaded. Nothing was created yet.
    Upload(UploadProgress<'a>),
    /// The current prediction or training: when it was created, each time that it has
    /// changed, and when it is terminal.
    Snapshot(&'a J),
    /// The API has rejected a request with a 429; it is retried.
    #[non_exhaustive]
    RateLimited {
        /// The time until the next attempt, at the earliest.
        retry_in: Duration,
    },
    /// The prediction or training could not be read, for a cause that may pass: the network, or
    /// the server. It may still be running, and the wait continues.
    #[non_exhaustive]
    Outage {
        /// The time since the last usable response.
        lasted: Duration,
        /// The error of the latest attempt.
        error: &'a Error,
    },
}

/// Progress of the upload of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadProgress<'a> {
    /// Where the file is in the input, such as `input.image` or `input.masks[0]`; empty for a file
    /// that is uploaded on its own.
    pub input: &'a str,
    /// The file's path or name.
    pub file: &'a str,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

impl<'a, J: Job> Progress<'a, J> {
    /// The prediction or training, where this is about a snapshot.
    pub fn snapshot(&self) -> Option<&'a J> {
        match self {
            Self::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        }
    }

    /// The last progress bar in the snapshot's logs, if there is one.
    pub fn bar(&self) -> Option<LogProgress> {
        LogProgress::from_logs(self.snapshot()?.logs()?)
    }

    /// Percent done, 0 to 100, where the logs report it.
    pub fn percent(&self) -> Option<f64> {
        self.bar().map(|bar| bar.percent)
    }

    /// Steps done, where the logs report it.
    pub fn done(&self) -> Option<u64> {
        self.bar().map(|bar| bar.done)
    }

    /// Steps in all, where the logs report it.
    pub fn total(&self) -> Option<u64> {
        self.bar().map(|bar| bar.total)
    }
}

impl<J: Job> Clone for Progress<'_, J> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J: Job> Copy for Progress<'_, J> {}

impl<J: Job> fmt::Debug for Progress<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(upload) => upload.fmt(f),
            // Inputs may hold secrets.
            Self::Snapshot(job) => write!(f, "Snapshot({}, {})", job.id(), job.status()),
            Self::RateLimited { retry_in } => write!(f, "RateLimited({retry_in:?})"),
            Self::Outage { lasted, error } => write!(f, "Outage({lasted:?}, {error})"),
        }
    }
}

/// The progress callback of a call, if it has one. Never contended: the lock only lets a future
/// that holds one be shared between threads.
pub(crate) struct Reporter<J: Job>(Option<Mutex<Callback<J>>>);

type Callback<J> = Box<dyn FnMut(Progress<'_, J>) + Send>;

impl<J: Job> Default for Reporter<J> {
    fn default() -> Self {
        Self(None)
    }
}

impl<J: Job> fmt::Debug for Reporter<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reporter").field(&self.is_set()).finish()
    }
}

impl<J: Job> Reporter<J> {
    pub(crate) fn new(callback: impl FnMut(Progress<'_, J>) + Send + 'static) -> Self {
        Self(Some(Mutex::new(Box::new(callback))))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn report(&mut self, progress: Progress<'_, J>) {
        if let Some(callback) = &mut self.0 {
            callback.get_mut().unwrap_or_else(PoisonError::into_inner)(progress);
        }
    }

    /// Drives a call that passes `gate`, and reports what that shows: rate limits, and how much
    /// of `upload` was sent.
    pub(crate) async fn watch<T>(
        &mut self,
        gate: &SendGate,
        mut upload: Option<UploadProgress<'_>>,
        call: impl Future<Output = T>,
    ) -> T {
        if !self.is_set() {
            return call.await;
        }
        if let Some(upload) = upload {
            self.report(Progress::Upload(upload));
        }
        let mut call = pin!(call);
        let mut limited = None;
        loop {
            let done = tokio::time::timeout(WATCH_INTERVAL, &mut call).await;
            if let Some(upload) = &mut upload {
                // The headers of a form's parts are counted there as well.
                let sent = gate.bytes_sent().min(upload.total);
                if sent != std::mem::replace(&mut upload.sent, sent) {
                    self.report(Progress::Upload(*upload));
                }
            }
            if let Ok(done) = done {
                return done;
            }
            let until = gate.rate_limited_until();
            if until != std::mem::replace(&mut limited, until)
                && let Some(until) = until
            {
                let retry_in = until.saturating_duration_since(std::time::Instant::now());
                self.report(Progress::RateLimited { retry_in });
            }
        }
    }
}

const WATCH_INTERVAL: Duration = Duration::from_millis(100);

fn percent_at_end(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let mut words = number.rsplit(|c: char| !c.is_ascii_digit() && c != '.');
    let percent: f64 = words.next()?.parse().ok()?;
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
        for (logs, percent, done, total) in [
            ("step:  54%|█████▍    | 27/50 [00:02<00:01]", 54.0, 27, 50),
            (
                "50%|#####     | 512k/1.024M [00:00<00:00]",
                50.0,
                512_000,
                1_024_000,
            ),
            (
                " 2%|▏ | 1/50 [\r100%|███| 50/50 [00:03<00:00, 16it/s]\r",
                100.0,
                50,
                50,
            ),
        ] {
            assert_eq!(read(logs), Some((percent, done, total)), "{logs}");
        }
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
