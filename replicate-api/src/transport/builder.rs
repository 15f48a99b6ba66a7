use std::env::{self, VarError};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::accounts::Accounts;
use super::authorization::Authorization;
use super::pools::{Customize, Pools};
use super::{OnRequest, Shared, Transport};
use crate::base_url::{self, BaseUrl};
use crate::error::{Error, ErrorKind};
use crate::options::{Limits, Timeouts};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::token::{TOKEN_VARIABLE, Token};

/// Sets up a [`Transport`].
#[must_use]
pub struct TransportBuilder {
    token: Result<Authorization, Error>,
    base: Result<BaseUrl, Error>,
    user_agent_suffix: Option<String>,
    customize: Option<Customize>,
    default_headers: HeaderMap,
    on_request: Vec<OnRequest>,
    timeouts: Timeouts,
    limits: Limits,
    retry: RetryPolicy,
    budget: RetryBudget,
    allow_insecure_http: bool,
}

impl TransportBuilder {
    pub(super) fn new() -> Self {
        Self {
            token: Ok(Authorization::Missing),
            base: BaseUrl::parse(base_url::DEFAULT),
            user_agent_suffix: None,
            customize: None,
            default_headers: HeaderMap::new(),
            on_request: Vec::new(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            budget: RetryBudget::default(),
            allow_insecure_http: false,
        }
    }

    /// Takes the token from `REPLICATE_API_TOKEN` and the base URL from `REPLICATE_BASE_URL`.
    /// One that is not set, or empty, changes nothing; without a token the first request fails
    /// with an error that says so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when a value is malformed.
    pub fn from_env(mut self) -> Result<Self, Error> {
        if let Some(text) = variable(TOKEN_VARIABLE)? {
            let token = Token::new(text).map_err(|error| error.within(TOKEN_VARIABLE))?;
            self.token = Ok(Authorization::Token(token));
        }
        if let Some(text) = variable(base_url::VARIABLE)? {
            let base = BaseUrl::parse(&text).map_err(|error| error.within(base_url::VARIABLE))?;
            self.base = Ok(base);
        }
        Ok(self)
    }

    /// The token for every request to the API. A malformed one is an error of
    /// [`build`](Self::build).
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.token = Token::new(token).map(Authorization::Token);
        self
    }

    /// Calls `supplier` for the token before each attempt, so that it can change.
    ///
    /// ```
    /// use replicate_api::{Token, Transport};
    ///
    /// let transport = Transport::builder()
    ///     .token_supplier(|| async { Token::new("r8_from_a_vault") })
    ///     .build()?;
    /// # Ok::<(), replicate_api::Error>(())
    /// ```
    pub fn token_supplier<S, F, E>(mut self, supplier: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Token, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.token = Ok(Authorization::Supplier(Arc::new(move || {
            let token = supplier();
            Box::pin(async move {
                token.await.map_err(|error| {
                    Error::new(ErrorKind::Authentication, "the token supplier failed")
                        .with_advice("see the error's source")
                        .with_source(error)
                })
            })
        })));
        self
    }

    /// The API's URL. Default `https://api.replicate.com/v1`; `/v1` is appended where the path
    /// is empty, and the path of a gateway is kept. An invalid one is an error of
    /// [`build`](Self::build).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = BaseUrl::parse(&url.into());
        self
    }

    /// Appended to `replicate-rust/VERSION` in the `User-Agent` header, such as
    /// `photo-booth/2.1`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Customizes the HTTP client: proxies, certificates, name resolution. It is applied once
    /// for each pool of connections, before this crate's own settings of redirects, retries,
    /// pools, timeouts and logging: its `timeout` and `read_timeout` have no effect, see
    /// [`timeouts`](Self::timeouts). Headers that are set here go to every host, also to those
    /// of outputs: see [`default_headers`](Self::default_headers).
    ///
    /// Proxy variables of the environment apply without this, but never to requests to this
    /// machine.
    pub fn http(
        mut self,
        customize: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.customize = Some(Arc::new(customize));
        self
    }

    /// Headers for each request to the API, where the request itself does not set them. They
    /// are sent to no other host, and `Authorization` and `Cookie` to no stream. Their values
    /// are marked sensitive. An `Authorization` here takes the place of a token; setting both
    /// is an error of [`build`](Self::build).
    pub fn default_headers(mut self, headers: HeaderMap) -> Self {
        self.default_headers = headers;
        self
    }

    /// Adds a hook that sees each request before it is sent, each attempt anew, and may change
    /// it. The token is not in it yet.
    pub fn on_request(
        mut self,
        hook: impl Fn(&mut reqwest::Request) + Send + Sync + 'static,
    ) -> Self {
        self.on_request.push(Arc::new(hook));
        self
    }

    /// Sets the timeouts.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets when requests are retried.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the size of the budget that retries without a delay from the server are drawn from.
    /// Each token has one of its own.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets the limits of size.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Allows the token to be sent over plain `http` to another machine, where anyone on the
    /// network path can read it. Default `false`.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Builds the transport. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the token, the base URL or the user agent is invalid,
    /// when a token would be sent in clear text, and when the HTTP client refuses its settings.
    pub fn build(self) -> Result<Transport, Error> {
        let authorization = self.token?;
        let mut default_headers = self.default_headers;
        if default_headers.contains_key(AUTHORIZATION)
            && !matches!(authorization, Authorization::Missing)
        {
            let message = "both a token and a default `Authorization` header are set";
            return Err(Error::new(ErrorKind::Configuration, message)
                .with_advice("set one of them: the header would replace the token"));
        }
        // A gateway takes a secret of its own in such a header.
        for value in default_headers.values_mut() {
            value.set_sensitive(true);
        }
        let base = self.base?;
        let pools = Pools::new(
            self.user_agent_suffix.as_deref(),
            self.customize,
            &self.timeouts,
            base.url(),
        )?;
        let may_send_token = self.allow_insecure_http
            || base.url().scheme() == "https"
            || base_url::is_loopback(base.url());
        let transport = Transport {
            shared: Arc::new(Shared {
                base,
                authorization,
                default_headers,
                on_request: self.on_request,
                timeouts: self.timeouts,
                limits: self.limits,
                retry: self.retry,
                accounts: Accounts::new(self.budget),
                may_send_token,
                pools,
            }),
            options: Arc::default(),
        };
        if transport.has_token() {
            transport.check_privacy()?;
        }
        Ok(transport)
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// A variable's value; an empty one is as good as none.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::new(
            ErrorKind::Configuration,
            format!("{name} is not UTF-8"),
        )),
    }
}
