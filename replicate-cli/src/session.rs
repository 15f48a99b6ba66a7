//! The client and the settings of a command that talks to Replicate.

use std::future::Future;
use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, Timeouts};

use crate::credentials;
use crate::error::CliError;
use crate::global::GlobalArgs;
use crate::local_server::LocalServer;
use crate::progress::Progress;
use crate::signals;
use crate::terminal;

/// The client, configured from the command line, and how to print.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Whether JSON was asked for, with `--json` or `--jq`.
    pub(crate) json: bool,
    /// The filter of `--jq`.
    pub(crate) jq: Option<String>,
    pub(crate) quiet: bool,
    /// Canceled by the first Ctrl-C.
    pub(crate) interrupted: CancellationToken,
    /// When the time of `--timeout` has passed.
    pub(crate) deadline: Option<Instant>,
    local: Option<LocalServer>,
}

impl Session {
    /// Builds the client; with `--local`, starts the emulator that it talks to.
    pub(crate) async fn start(global: &GlobalArgs) -> Result<Self, CliError> {
        let mut builder = Client::builder()
            .user_agent_suffix(concat!("replicate-cli/", env!("CARGO_PKG_VERSION")));
        let local = match global.local {
            true => Some(LocalServer::start().await.map_err(CliError::error)?),
            false => None,
        };
        builder = match (&local, &global.base_url) {
            (Some(local), _) => builder.base_url(local.url()).token(local.token()),
            (None, Some(url)) => builder.from_env()?.base_url(url),
            (None, None) => builder.from_env()?,
        };
        if let Some(timeout) = global.timeout {
            let timeouts = Timeouts::default();
            let connect = timeouts.connect.min(timeout);
            builder = builder.timeouts(
                timeouts
                    .with_call(timeout)
                    .with_upload(timeout)
                    .with_connect(connect),
            );
        }
        if global.verbose {
            builder = builder.on_request(|request| {
                terminal::say(format!("> {} {}", request.method(), request.url()));
            });
        }
        let client = match local {
            Some(_) => builder.build()?,
            None => credentials::sign_in(builder.build()?, global.profile.as_deref())?,
        };
        Ok(Self {
            client,
            json: global.json || global.jq.is_some(),
            jq: global.jq.clone(),
            quiet: global.quiet,
            interrupted: signals::listen().map_err(|error| {
                CliError::error(format!("could not install signal handlers: {error}"))
            })?,
            deadline: global.timeout.map(|timeout| Instant::now() + timeout),
            local,
        })
    }

    /// Whether standard output is for a person: a terminal, and no `--json`.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.json && terminal::stdout_is_terminal()
    }

    /// Whether `--local` was given, so that outputs are gone when the command ends.
    pub(crate) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// Writes a note to standard error, unless `--quiet` was given.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        if !self.quiet {
            terminal::say(line);
        }
    }

    /// The time left until `--timeout` or `until`, whichever is earlier.
    pub(crate) fn time_left(&self, until: Option<Instant>) -> Option<Duration> {
        let earliest = self.deadline.into_iter().chain(until).min()?;
        let left = earliest.saturating_duration_since(Instant::now());
        // In whole milliseconds, rounded up, as error messages show it.
        Some(Duration::from_millis(left.as_micros().div_ceil(1000) as u64))
    }

    /// A progress line, shown if standard error is a terminal.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(!self.quiet && terminal::stderr_is_terminal())
    }

    /// Drives `work` until it is done. `work` handles an interruption itself; when one comes,
    /// `notice` is written meanwhile.
    pub(crate) async fn with_notice<T>(
        &self,
        progress: &Progress,
        work: impl Future<Output = T>,
        notice: impl FnOnce() -> String,
    ) -> T {
        tokio::pin!(work);
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => {}
            done = &mut work => return done,
        }
        let notice = notice();
        if !self.quiet {
            progress.write_above(&format!("{notice}\n"));
        }
        progress.set_text("canceling");
        work.await
    }

    /// Drives work that may be dropped at any time: an interruption ends it.
    pub(crate) async fn unless_interrupted<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, CliError> {
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => Err(CliError::interrupted("interrupted")),
            done = work => Ok(done),
        }
    }
}
