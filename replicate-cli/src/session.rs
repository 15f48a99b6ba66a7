//! What a command that talks to Replicate has in its hands.

use std::future::Future;
use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, Timeouts};
use replicate_emulator::Emulator;

use crate::cli::Global;
use crate::failure::Failure;
use crate::interrupts;
use crate::progress::Progress;
use crate::terminal;

/// A client, set up as the command line says, and how to answer.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// Cancelled by the first Ctrl-C.
    pub(crate) interrupted: CancellationToken,
    /// When the time that `--timeout` gives is over.
    pub(crate) deadline: Option<Instant>,
    local: Option<Emulator>,
}

impl Session {
    /// Sets up the client, and with `--local` starts the Replicate that it talks to.
    pub(crate) async fn start(global: &Global) -> Result<Self, Failure> {
        let mut builder = Client::builder()
            .user_agent_suffix(concat!("replicate-cli/", env!("CARGO_PKG_VERSION")));
        let local = match global.local {
            true => Some(Emulator::start().await.map_err(Failure::error)?),
            false => None,
        };
        builder = match (&local, &global.base_url) {
            // Inside this process: no proxy has anything to do with it.
            (Some(local), _) => builder
                .base_url(local.url())
                .token(local.token())
                .http(|http| http.no_proxy()),
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
        Ok(Self {
            client: builder.build()?,
            json: global.json,
            quiet: global.quiet,
            interrupted: interrupts::listen()
                .map_err(|error| Failure::error(format!("signals cannot be heard: {error}")))?,
            deadline: global.timeout.map(|timeout| Instant::now() + timeout),
            local,
        })
    }

    /// Whether a person reads what goes to standard output.
    pub(crate) fn for_people(&self) -> bool {
        !self.json && terminal::stdout_is_terminal()
    }

    /// Whether Replicate is inside this program, and gone at its end.
    pub(crate) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// Says something beside the data, unless nobody wants to hear it.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        if !self.quiet {
            terminal::say(line);
        }
    }

    /// What is left of the time, with a deadline of one's own.
    pub(crate) fn time_left(&self, until: Option<Instant>) -> Option<Duration> {
        let earliest = self.deadline.into_iter().chain(until).min()?;
        Some(earliest.saturating_duration_since(Instant::now()))
    }

    /// A display of how far something is, for a person at a terminal.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(!self.quiet && terminal::stderr_is_terminal())
    }

    /// Does something that may be left at any time: an interruption ends it.
    pub(crate) async fn unless_interrupted<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => Err(Failure::interrupted("interrupted")),
            done = work => Ok(done),
        }
    }
}
