//! How a client is set up.

use std::future::Future;
use std::time::Duration;

use http::HeaderMap;
use replicate_api::{RetryPolicy, Timeouts, Token, Transport, TransportBuilder};

use crate::Client;
use crate::error::Result;
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;

/// The shortest polling interval.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// What a client does beyond sending requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) poll: PollPolicy,
    #[cfg(feature = "files")]
    pub(crate) files: FileStrategy,
}

/// Polling intervals, and how long a wait outlives an outage.
///
/// The first poll is sent at once, the second after `initial_interval`; each later interval is
/// half as long again, up to `max_interval`.
///
/// ```
/// use std::time::Duration;
/// use replicate::PollPolicy;
///
/// let policy = PollPolicy::exponential(Duration::from_millis(200), Duration::from_secs(2))
///     .with_max_outage(Duration::from_secs(3600));
/// assert_eq!(policy.max_interval, Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// The first interval. Default 100 ms.
    pub initial_interval: Duration,
    /// The longest interval. Default 500 ms.
    pub max_interval: Duration,
    /// How long after the last usable response a wait ends with the error of the outage.
    ///
    /// `None`, the default, is 10 minutes for a wait without a timeout; a wait with a timeout
    /// is ended by that alone.
    pub max_outage: Option<Duration>,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_millis(100),
            max_interval: Duration::from_millis(500),
            max_outage: None,
        }
    }
}

impl PollPolicy {
    /// The same interval each time.
    pub fn fixed(interval: Duration) -> Self {
        Self::exponential(interval, interval)
    }

    /// Intervals that grow from `initial` to `max`.
    pub fn exponential(initial: Duration, max: Duration) -> Self {
        Self {
            initial_interval: initial,
            max_interval: max,
            ..Self::default()
        }
    }

    /// Sets [`max_outage`](Self::max_outage).
    #[must_use]
    pub fn with_max_outage(mut self, max_outage: Duration) -> Self {
        self.max_outage = Some(max_outage);
        self
    }

    pub(crate) fn first_interval(self) -> Duration {
        self.initial_interval
            .clamp(SHORTEST_INTERVAL, self.longest())
    }

    pub(crate) fn next_interval(self, interval: Duration) -> Duration {
        interval.saturating_add(interval / 2).min(self.longest())
    }

    fn longest(self) -> Duration {
        self.max_interval.max(SHORTEST_INTERVAL)
    }
}

/// Sets up a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use replicate::{Client, PollPolicy};
///
/// let replicate = Client::builder()
///     .token("r8_example")
///     .user_agent_suffix("photo-booth/2.1")
///     .poll_policy(PollPolicy::fixed(Duration::from_secs(1)))
///     .build()?;
/// # Ok::<(), replicate::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    transport: TransportBuilder,
    settings: Settings,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            transport: Transport::builder(),
            settings: Settings::default(),
        }
    }

    /// Takes the token from `REPLICATE_API_TOKEN` and the base URL from
    /// `REPLICATE_BASE_URL`. One that is not set, or empty, changes nothing.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when a value is malformed.
    pub fn from_env(self) -> Result<Self> {
        Ok(Self {
            transport: self.transport.from_env()?,
            ..self
        })
    }

    /// The token, from <https://replicate.com/account/api-tokens>. A malformed one is an error
    /// of [`build`](Self::build).
    pub fn token(self, token: impl AsRef<str>) -> Self {
        self.change(|transport| transport.token(token))
    }

    /// Asks for the token before each request, so that it can change.
    ///
    /// ```
    /// use replicate::{Client, Token};
    ///
    /// let replicate = Client::builder()
    ///     .token_supplier(|| async { Token::new("r8_from_a_vault") })
    ///     .build()?;
    /// # Ok::<(), replicate::Error>(())
    /// ```
    pub fn token_supplier<S, F, E>(self, supplier: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Token, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.change(|transport| transport.token_supplier(supplier))
    }

    /// The API's base URL, with or without `/v1`. Default `https://api.replicate.com/v1`.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.change(|transport| transport.base_url(url))
    }

    /// What follows `replicate-rust/VERSION` in the `User-Agent` header, such as
    /// `photo-booth/2.1`.
    pub fn user_agent_suffix(self, suffix: impl Into<String>) -> Self {
        self.change(|transport| transport.user_agent_suffix(suffix))
    }

    /// Changes the HTTP client: proxies, certificates, name resolution. It is applied before
    /// this crate's own settings of redirects, retries and pools. Proxy variables of the
    /// environment are honoured without it.
    pub fn http(
        self,
        customize: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.change(|transport| transport.http(customize))
    }

    /// Headers for each request to the API, where the request itself does not set them.
    pub fn default_headers(self, headers: HeaderMap) -> Self {
        self.change(|transport| transport.default_headers(headers))
    }

    /// Adds a hook that sees each request before it is sent, each attempt anew, and may change
    /// it. The token is not in it yet.
    pub fn on_request(self, hook: impl Fn(&mut reqwest::Request) + Send + Sync + 'static) -> Self {
        self.change(|transport| transport.on_request(hook))
    }

    /// How long requests may take: connecting 10 s, headers 30 s, and more. A run has its own
    /// [`timeout`](crate::Run::timeout).
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        self.change(|transport| transport.timeouts(timeouts))
    }

    /// When requests are sent again. Creates never are once they may have been carried out.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.change(|transport| transport.retry(policy))
    }

    /// Limits of the size of responses. Default: JSON of at most 64 MiB.
    pub fn limits(self, limits: replicate_api::Limits) -> Self {
        self.change(|transport| transport.limits(limits))
    }

    /// Lets the token travel over plain `http` to another machine. Default `false`: to this
    /// machine only.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.change(|transport| transport.allow_insecure_http(allow))
    }

    /// Polling intervals, and how long waits outlive an outage.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.settings.poll = policy;
        self
    }

    /// How files in inputs reach the model.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.settings.files = strategy;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the token, the base URL or
    /// another setting is malformed, and when the token would travel unencrypted.
    pub fn build(self) -> Result<Client> {
        let transport = self.transport.build()?;
        Ok(Client {
            settings: self.settings,
            ..Client::from_transport(transport)
        })
    }

    fn change(self, change: impl FnOnce(TransportBuilder) -> TransportBuilder) -> Self {
        Self {
            transport: change(self.transport),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(policy: PollPolicy) -> impl Iterator<Item = Duration> {
        std::iter::successors(Some(policy.first_interval()), move |interval| {
            Some(policy.next_interval(*interval))
        })
    }

    #[test]
    fn intervals_grow_to_the_longest_and_stay() {
        let pauses: Vec<_> = intervals(PollPolicy::default())
            .take(7)
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses, [100, 150, 225, 337, 500, 500, 500]);
        let pauses: Vec<_> = intervals(PollPolicy::fixed(Duration::ZERO))
            .take(2)
            .collect();
        assert_eq!(pauses, [Duration::from_millis(1); 2]);
        let pauses: Vec<_> = intervals(PollPolicy::fixed(Duration::MAX))
            .take(3)
            .collect();
        assert_eq!(pauses, [Duration::MAX; 3]);
    }
}
