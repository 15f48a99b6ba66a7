//! The client and the settings of a command that talks to Replicate.

use std::pin::Pin;
use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, ClientBuilder, Timeouts};

use crate::credentials;
use crate::error::{CliError, Result};
use crate::global::GlobalArgs;
use crate::local_server::LocalServer;
use crate::progress::Progress;
use crate::schema::cache::Cache;
use crate::signals;
use crate::terminal;
use crate::trace::Trace;

/// The client, configured from the command line, and how to print.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Whether JSON was asked for, with `--json` or `--jq`.
    pub(crate) json: bool,
    pub(crate) jq: Option<String>,
    pub(crate) quiet: bool,
    /// Canceled by the first Ctrl-C, and by a closed pipe where that ends the command.
    pub(crate) interrupted: CancellationToken,
    pub(crate) deadline: Option<Instant>,
    profile: Option<String>,
    /// The server of `--local`, whose files are gone when the command ends.
    pub(crate) local: Option<LocalServer>,
}

/// Outcome of work that a signal or a timeout can end.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    Done(T),
    Interrupted,
    TimedOut,
}

impl Session {
    /// Builds the client; with `--local`, starts the emulator that it talks to.
    pub(crate) async fn start(global: &GlobalArgs) -> Result<Self> {
        let interrupted = signals::listen(global.quiet).map_err(CliError::signals)?;
        let mut builder = client_builder();
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
            let timeouts = timeouts.with_call(timeout).with_upload(timeout);
            builder = builder.timeouts(timeouts.with_connect(connect));
        }
        let client = match local {
            Some(_) => builder.build()?,
            None => credentials::sign_in(builder.build()?, global.profile.as_deref())?,
        };
        if global.verbose {
            Trace::install(client.api().transport().base_url().as_ref());
        }
        Ok(Self {
            client,
            json: global.json || global.jq.is_some(),
            jq: global.jq.clone(),
            quiet: global.quiet,
            interrupted,
            deadline: global.timeout.map(|timeout| Instant::now() + timeout),
            profile: global.profile.clone(),
            local,
        })
    }

    /// Whether standard output is for a person: a terminal, and no `--json`.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.json && terminal::stdout_is_terminal()
    }

    /// The schemas on disk of this API and account.
    pub(crate) fn schema_cache(&self) -> Option<Cache> {
        Cache::new(&self.client, self.profile.as_deref())
    }

    /// Writes a note to standard error, unless `--quiet` was given.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        if !self.quiet {
            terminal::say(line);
        }
    }

    /// The earlier of `until` and the time of `--timeout`.
    fn earliest(&self, until: Option<Instant>) -> Option<Instant> {
        self.deadline.into_iter().chain(until).min()
    }

    /// The time left until `--timeout` or `until`, whichever is earlier.
    pub(crate) fn time_left(&self, until: Option<Instant>) -> Option<Duration> {
        let left = self
            .earliest(until)?
            .saturating_duration_since(Instant::now());
        // In whole milliseconds, rounded up, as error messages show it.
        Some(Duration::from_millis(left.as_micros().div_ceil(1000) as u64))
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress::new(self.quiet)
    }

    /// Drives work that may be dropped at any time, until it is done, a signal comes, or the
    /// time of `--timeout` or `until` has passed.
    pub(crate) async fn until<T>(
        &self,
        until: Option<Instant>,
        work: impl IntoFuture<Output = T>,
    ) -> Ended<T> {
        let timeout = async {
            match self.earliest(until) {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => Ended::Interrupted,
            done = work.into_future() => Ended::Done(done),
            () = timeout => Ended::TimedOut,
        }
    }

    /// Drives work before anything is created: a signal or `--timeout` ends it.
    pub(crate) async fn before_create<T>(
        &self,
        doing: &str,
        work: impl IntoFuture<Output = T>,
    ) -> Result<T> {
        match self.until(None, work).await {
            Ended::Done(done) => Ok(done),
            Ended::Interrupted => Err(CliError::interrupted("no prediction was created")),
            Ended::TimedOut => Err(CliError::timeout(format!(
                "timed out while {doing}; no prediction was created"
            ))),
        }
    }

    /// Drives `work` until it is done. `work` handles an interruption itself; when one comes,
    /// `notice` is written meanwhile.
    pub(crate) async fn with_notice<T>(
        &self,
        work: impl Future<Output = T>,
        notice: impl FnOnce() -> String,
    ) -> T {
        tokio::pin!(work);
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => {}
            done = &mut work => return done,
        }
        self.note(notice());
        work.await
    }

    /// Drives work that may be dropped at any time: an interruption ends it.
    pub(crate) async fn unless_interrupted<T>(
        &self,
        work: impl IntoFuture<Output = T>,
    ) -> Result<T> {
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => Err(CliError::interrupted("")),
            done = work.into_future() => Ok(done),
        }
    }
}

/// A builder of clients that name this program to the API.
pub(crate) fn client_builder() -> ClientBuilder {
    let version = concat!("replicate-cli/", env!("CARGO_PKG_VERSION"));
    Client::builder().user_agent_suffix(version)
}

/// Drives work on a runtime of its own. It is boxed, so that the program has the runtime's loop
/// once, not for each command.
pub(crate) fn block_on<T>(work: Pin<Box<dyn Future<Output = T> + '_>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::error(format!("could not start the runtime: {error}")))?;
    let done = runtime.block_on(work);
    // A name lookup or file read that is still under way does not delay the exit.
    runtime.shutdown_background();
    Ok(done)
}

/// Runs blocking work on a thread of its own, so that a signal or a timeout does not wait for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(CliError::error(error)),
    }
}
