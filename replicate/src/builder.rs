//! Client builder.

use std::future::Future;

use http::HeaderMap;
use replicate_api::{RetryPolicy, Timeouts, Token, Transport, TransportBuilder};

use crate::Client;
use crate::error::Result;
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::settings::{PollPolicy, Settings};

/// Builder of a [`Client`].
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

    /// Calls a supplier of the token before each request, so that the token can change.
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

    /// Appended to `replicate-rust/VERSION` in the `User-Agent` header, such as
    /// `photo-booth/2.1`.
    pub fn user_agent_suffix(self, suffix: impl Into<String>) -> Self {
        self.change(|transport| transport.user_agent_suffix(suffix))
    }

    /// Changes the HTTP client: proxies, certificates, name resolution. It is applied before
    /// this crate's own settings of redirects, retries and pools. Proxy variables of the
    /// environment are honored without it.
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

    /// Sets the timeouts of requests. Defaults: connecting 10 s, headers 30 s, and more. A run has
    /// its own [`timeout`](crate::Run::timeout).
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        self.change(|transport| transport.timeouts(timeouts))
    }

    /// Sets the retry policy. A create is never retried once the API may have processed it.
    pub fn retry_policy(self, policy: RetryPolicy) -> Self {
        self.change(|transport| transport.retry_policy(policy))
    }

    /// Limits of the size of responses. Default: JSON of at most 64 MiB.
    pub fn limits(self, limits: replicate_api::Limits) -> Self {
        self.change(|transport| transport.limits(limits))
    }

    /// Allows the token to be sent over plain `http` to another machine. Default `false`: to
    /// this machine only.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.change(|transport| transport.allow_insecure_http(allow))
    }

    /// Polling intervals, and how long waits outlive an outage.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.settings.poll = policy;
        self
    }

    /// File strategy for files in inputs.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.settings.files = strategy;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the token, the base URL or
    /// another setting is malformed, and when the token would be sent unencrypted.
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
