//! Windows of time in which the emulator cannot be reached.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    clock::{Clock, after},
    faults::{Effect, response},
    routes::Operation,
};

const BAD_GATEWAY: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
                           <h1>502 Bad Gateway</h1>\n</body>\n</html>\n";

/// A window of time in which the API cannot be reached. [`Emulator::start_outage`] begins it.
///
/// Creates of predictions and trainings are served during an outage, so that a test can let a
/// prediction begin and then lose sight of it; [`with_creates`](Self::with_creates) fails them
/// too. Streams that are open break as the outage begins. Calls that fail are among
/// [`Emulator::requests`], and predictions keep running. The dashboard and the routes under
/// `/emulator` stay reachable unless connections are [refused](Self::refused).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use replicate_emulator::{Emulator, Outage};
///
/// let emulator = Emulator::start().await?;
/// let account = || {
///     let url = format!("{}/v1/account", emulator.url());
///     reqwest::Client::new().get(url).bearer_auth("any").send()
/// };
/// emulator.start_outage(Outage::bad_gateway());
/// assert_eq!(account().await?.status(), 502);
/// emulator.end_outage();
/// assert_eq!(account().await?.status(), 200);
/// # Ok(())
/// # }
/// ```
///
/// [`Emulator::start_outage`]: crate::Emulator::start_outage
/// [`Emulator::requests`]: crate::Emulator::requests
#[derive(Clone, Debug)]
#[must_use = "an outage begins with `Emulator::start_outage`"]
pub struct Outage {
    kind: Kind,
    duration: Option<Duration>,
    creates: bool,
    /// Set when it starts, if it has a duration.
    end: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
enum Kind {
    Reset,
    Refused,
    Response {
        status: u16,
        content: (String, Bytes),
    },
}

impl Outage {
    /// Calls are read, and their connections reset without a response.
    pub fn reset() -> Self {
        Self::new(Kind::Reset)
    }

    /// Connections are refused, and open ones reset. This concerns all calls, creates and the
    /// routes under `/emulator` too.
    pub fn refused() -> Self {
        Self {
            creates: true,
            ..Self::new(Kind::Refused)
        }
    }

    /// Calls get 502 and an HTML page, as from a proxy in front of the API.
    pub fn bad_gateway() -> Self {
        Self::response(502, "text/html", BAD_GATEWAY)
    }

    /// Calls get this status, content type and body. An invalid status becomes 500.
    pub fn response(status: u16, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        let content = (content_type.into(), body.into());
        Self::new(Kind::Response { status, content })
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            duration: None,
            creates: false,
            end: None,
        }
    }

    /// Ends the outage after this time on the emulator's clock. Default: it lasts until
    /// [`Emulator::end_outage`](crate::Emulator::end_outage).
    pub fn lasting(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Fails creates of predictions and trainings too.
    pub fn with_creates(mut self) -> Self {
        self.creates = true;
        self
    }

    fn concerns(&self, operation: Operation) -> bool {
        self.creates || !operation.creates_job()
    }

    fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refused)
    }

    fn effect(&self) -> Effect {
        match &self.kind {
            Kind::Reset | Kind::Refused => Effect::Reset,
            Kind::Response { status, content } => Effect::Respond(response(*status, Some(content))),
        }
    }
}

/// The outage of an emulator, if there is one now.
#[derive(Debug)]
pub(crate) struct Outages {
    clock: Arc<Clock>,
    current: watch::Sender<Option<Outage>>,
}

impl Outages {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        Self {
            clock,
            current: watch::Sender::new(None),
        }
    }

    /// Begins an outage, which replaces the current one.
    pub(crate) fn start(&self, mut outage: Outage) {
        let now = self.clock.now();
        outage.end = outage.duration.map(|duration| after(now, duration));
        self.current.send_replace(Some(outage));
    }

    pub(crate) fn end(&self) {
        self.current.send_replace(None);
    }

    /// Whether calls of `operation` fail now.
    pub(crate) fn is_active(&self, operation: Operation) -> bool {
        self.active(|outage| outage.concerns(operation)).is_some()
    }

    /// Waits until calls of `operation` fail, and returns how. Ends at once if they do now.
    pub(crate) async fn hits(&self, operation: Operation) -> Effect {
        self.begins(|outage| outage.concerns(operation))
            .await
            .effect()
    }

    /// Waits until connections are refused. Ends at once if they are now.
    pub(crate) async fn refuses(&self) {
        let _ = self.begins(Outage::is_refusal).await;
    }

    /// Waits until connections are not refused.
    pub(crate) async fn accepts(&self) {
        let mut current = self.current.subscribe();
        while let Some(refusal) = self.active(Outage::is_refusal) {
            let end = async {
                match refusal.end {
                    Some(end) => self.clock.sleep_until(end).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = end => {}
                _ = current.changed() => {}
            }
        }
    }

    async fn begins(&self, wanted: impl Fn(&Outage) -> bool) -> Outage {
        let mut current = self.current.subscribe();
        loop {
            current.mark_unchanged();
            if let Some(active) = self.active(&wanted) {
                return active;
            }
            // The sender lives in `self`, so that this cannot fail.
            let _ = current.changed().await;
        }
    }

    fn active(&self, wanted: impl Fn(&Outage) -> bool) -> Option<Outage> {
        let current = self.current.borrow();
        let lasts = |outage: &&Outage| outage.end.is_none_or(|end| self.clock.now() < end);
        let active = current.as_ref().filter(lasts);
        active.filter(|outage| wanted(outage)).cloned()
    }
}
