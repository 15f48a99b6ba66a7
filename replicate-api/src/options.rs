use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;
use crate::setters::setters;
use crate::token::Token;
use crate::transport::{AttemptObserver, SendGate};

/// Timeouts of connections and requests.
///
/// ```
/// use std::time::Duration;
/// use replicate_api::Timeouts;
///
/// let timeouts = Timeouts::default().with_call(Duration::from_secs(90));
/// assert_eq!(timeouts.connect, Duration::from_secs(10));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until a connection is established: name lookup, TCP, TLS, proxy. Default 10 s.
    pub connect: Duration,
    /// Until the first part of a request's body is taken, while the request waits for its turn
    /// on a connection that many requests share. The time to connect is included. Default 30 s.
    pub queue: Duration,
    /// From the last byte of the request until the response headers. What `Prefer: wait` asks
    /// for is added. Default 30 s.
    pub headers: Duration,
    /// From the response headers until the last byte, unless the body is streamed. Default
    /// 60 s.
    pub body: Duration,
    /// The longest silence in a streamed body. Default 60 s.
    pub idle: Duration,
    /// A whole call, with every attempt and the waits between them; for a streamed body, until
    /// it begins. [`RequestOptions::timeout`] replaces it. Default 10 minutes.
    pub call: Duration,
    /// The same for a call that uploads a stream. Default 1 hour.
    pub upload: Duration,
    /// Maximum idle time of a connection that is reused for a request that creates or changes
    /// something. If the server had just closed it, the outcome would be unknown. Default
    /// 300 ms.
    pub create_idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            queue: Duration::from_secs(30),
            headers: Duration::from_secs(30),
            body: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            call: Duration::from_secs(10 * 60),
            upload: Duration::from_secs(60 * 60),
            create_idle: Duration::from_millis(300),
        }
    }
}

impl Timeouts {
    setters! {
        with_connect connect: Duration;
        with_queue queue: Duration;
        with_headers headers: Duration;
        with_body body: Duration;
        with_idle idle: Duration;
        with_call call: Duration;
        with_upload upload: Duration;
        with_create_idle create_idle: Duration;
    }
}

/// Limits of size.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The body of a response that is not streamed, in bytes after decompression. Default
    /// 64 MiB.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * 1024 * 1024,
        }
    }
}

impl Limits {
    setters! {
        with_body body: usize;
    }
}

/// Options of single requests. See [`Transport::with_options`](crate::Transport::with_options).
///
/// ```
/// use std::time::Duration;
/// use replicate_api::{RequestOptions, RetryPolicy};
///
/// let options = RequestOptions::new()
///     .with_timeout(Duration::from_secs(20))
///     .with_retry_policy(RetryPolicy::never());
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct RequestOptions {
    /// The timeout of a whole call, with every attempt and the waits between them, and with
    /// the reading of a streamed body.
    pub timeout: Option<Duration>,
    /// Deadline for all calls together.
    pub deadline: Option<std::time::Instant>,
    /// Retry policy.
    pub retry_policy: Option<RetryPolicy>,
    /// Cancels calls: see [`with_cancellation_token`](Self::with_cancellation_token).
    pub cancellation_token: Option<CancellationToken>,
    /// Headers for requests to the API. They replace others of the same name.
    pub headers: HeaderMap,
    /// The token, in the place of the transport's.
    pub token: Option<Token>,
    /// Why a header that was set is invalid.
    invalid: Option<String>,
    pub(crate) gate: Option<SendGate>,
    pub(crate) observer: Option<Arc<dyn AttemptObserver>>,
}

impl RequestOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        with_timeout timeout: Duration;
        with_deadline deadline: std::time::Instant;
        with_retry_policy retry_policy: RetryPolicy;
        with_token token: Token;
    }

    /// Counts [`timeout`](Self::timeout) from now on, over all calls together.
    ///
    /// ```
    /// use std::time::Duration;
    /// use replicate_api::RequestOptions;
    ///
    /// let options = RequestOptions::new().with_timeout(Duration::from_secs(20)).begun_now();
    /// assert!(options.deadline.is_some());
    /// ```
    #[must_use]
    pub fn begun_now(mut self) -> Self {
        if let Some(timeout) = self.timeout {
            self.deadline = Some(after(Instant::now(), timeout).into_std());
        }
        self
    }

    /// Cancels calls with this token.
    ///
    /// A call that has not been sent is not sent: not during name lookup, connect or TLS, nor
    /// between two attempts. A read ends at once. A request that may create something
    /// and may have been sent is waited for, since its outcome matters.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// # let transport = client.transport();
    /// use replicate_api::{CancellationToken, RequestOptions};
    ///
    /// let token = CancellationToken::new();
    /// let options = RequestOptions::new().with_cancellation_token(token.clone());
    /// let transport = transport.with_options(options);
    /// token.cancel();
    /// # let client = replicate_api::Client::from_transport(transport);
    /// # assert_eq!(client.account_get().send().await.unwrap_err().kind(), replicate_api::ErrorKind::Canceled);
    /// # });
    /// ```
    #[must_use]
    pub fn with_cancellation_token(mut self, token: CancellationToken) -> Self {
        self.cancellation_token = Some(token);
        self
    }

    /// Adds to [`headers`](Self::headers). An invalid name or value is the error of the call.
    #[must_use]
    pub fn with_header<N, V>(mut self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N, Error: fmt::Display>,
        HeaderValue: TryFrom<V, Error: fmt::Display>,
    {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            (Err(error), _) => self.invalid = Some(error.to_string()),
            (Ok(name), Err(error)) => self.invalid = Some(format!("{error} of `{name}`")),
        }
        self
    }

    /// Passes requests through this gate: see [`SendGate`].
    #[must_use]
    pub fn with_send_gate(mut self, gate: SendGate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Has each attempt of a request that creates something observed: see [`AttemptObserver`].
    #[must_use]
    pub fn with_attempt_observer(mut self, observer: Arc<dyn AttemptObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// These options, with those of `upper` over them.
    #[must_use]
    pub fn merged(mut self, upper: Self) -> Self {
        self.timeout = upper.timeout.or(self.timeout);
        self.deadline = upper.deadline.or(self.deadline);
        self.retry_policy = upper.retry_policy.or(self.retry_policy);
        self.cancellation_token = upper.cancellation_token.or(self.cancellation_token);
        self.token = upper.token.or(self.token);
        self.invalid = upper.invalid.or(self.invalid);
        self.gate = upper.gate.or(self.gate);
        self.observer = upper.observer.or(self.observer);
        for name in upper.headers.keys() {
            self.headers.remove(name);
        }
        self.headers.extend(upper.headers);
        self
    }

    /// Whether no option is set.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            timeout: None,
            deadline: None,
            retry_policy: None,
            cancellation_token: None,
            headers,
            token: None,
            invalid: None,
            gate: None,
            observer: None,
        } = self
        else {
            return false;
        };
        headers.is_empty()
    }

    /// The error of an option that is invalid.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.invalid {
            Some(why) => Err(Error::new(ErrorKind::InvalidRequest, why.clone())),
            None => Ok(()),
        }
    }

    /// Whether the caller has limited the time of the call.
    pub(crate) fn limits_time(&self) -> bool {
        self.timeout.is_some() || self.deadline.is_some()
    }
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("retry_policy", &self.retry_policy)
            .field("headers", &Names(&self.headers))
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// The names of headers: a value may be a token.
pub(crate) struct Names<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// The setters of [`RequestOptions`], for builders of both crates.
///
/// Without arguments, for a generated builder with a field `transport`: the setters begin with
/// `with_`, since a parameter of an operation may have any other name. `field` and `methods` are
/// for builders with a field `options`.
#[doc(hidden)]
#[macro_export]
macro_rules! request_options {
    () => {
        /// Adds options; options that they do not set stay unchanged.
        pub fn with_options(mut self, options: $crate::RequestOptions) -> Self {
            self.transport = self.transport.with_options(options);
            self
        }

        $crate::request_options!(
            methods with_options: with_retry_policy with_header with_token with_timeout
        );
    };
    (field $options:ident) => {
        /// Adds options; options that they do not set stay unchanged.
        pub fn $options(mut self, options: $crate::RequestOptions) -> Self {
            self.options = self.options.merged(options);
            self
        }
    };
    (methods $options:ident: $retry_policy:ident $header:ident $token:ident $($timeout:ident)?) => {
        $(
            /// Limits the time of the whole call, with every attempt and the waits between them.
            pub fn $timeout(self, timeout: ::std::time::Duration) -> Self {
                self.$options($crate::RequestOptions::new().with_timeout(timeout))
            }
        )?

        /// Replaces the retry policy.
        pub fn $retry_policy(self, policy: $crate::RetryPolicy) -> Self {
            self.$options($crate::RequestOptions::new().with_retry_policy(policy))
        }

        /// Sets a header of the requests to the API. An invalid name or value is the error of the
        /// call.
        pub fn $header<N, V>(self, name: N, value: V) -> Self
        where
            $crate::header::HeaderName: ::std::convert::TryFrom<N, Error: ::std::fmt::Display>,
            $crate::header::HeaderValue: ::std::convert::TryFrom<V, Error: ::std::fmt::Display>,
        {
            self.$options($crate::RequestOptions::new().with_header(name, value))
        }

        /// Sends this token in the place of the client's.
        pub fn $token(self, token: $crate::Token) -> Self {
            self.$options($crate::RequestOptions::new().with_token(token))
        }
    };
}
#[allow(unused_imports, reason = "a description may have no operations")]
pub(crate) use request_options;

/// A duration to the nearest millisecond, as messages show it; one that this would make zero stays
/// as it is.
#[doc(hidden)]
pub fn rounded(duration: Duration) -> Duration {
    let millis = (duration.subsec_nanos() + 500_000) / 1_000_000;
    let whole = Duration::from_secs(duration.as_secs());
    let rounded = whole.saturating_add(Duration::from_millis(millis.into()));
    rounded.max(duration.min(Duration::from_millis(1)))
}

/// `time` plus `wait`; beyond the clock's range, effectively never.
pub(crate) fn after(time: Instant, wait: Duration) -> Instant {
    time.checked_add(wait)
        .or_else(|| time.checked_add(Duration::from_secs(1 << 32)))
        .unwrap_or(time)
}
