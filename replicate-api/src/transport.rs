//! The transport: sends every request.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};
use reqwest::{Method, Url};
use tokio::time::Instant;

use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind, Secrets};
use crate::options::{Limits, RequestOptions, Timeouts, after};
use crate::request::Request;
use crate::response::BufferedResponse;
use crate::retry::RetryPolicy;
use crate::token::Token;

mod accounts;
mod attempt;
mod attempt_observer;
mod authorization;
mod body;
mod body_tracker;
mod builder;
mod call;
mod download;
mod multipart;
mod pools;
mod prefer;
mod proxy;
mod span;
mod streaming;

pub use attempt_observer::AttemptObserver;
pub use body_tracker::SendGate;
pub use builder::TransportBuilder;
pub(crate) use call::TransportRequest;
pub use download::Download;
pub(crate) use multipart::MultipartFactory;
pub use streaming::StreamingResponse;

use accounts::Accounts;
use authorization::Authorization;
use call::{Call, ResponseBody};
use pools::Pools;

/// A hook that sees each request before it is sent.
type OnRequest = Arc<dyn Fn(&mut reqwest::Request) + Send + Sync>;

/// Sends requests to the API: base URL, token, timeouts, retries, limits and connections.
///
/// Everything that a [`Client`](crate::Client) sends goes through one of these. A clone is
/// cheap and shares all of it.
///
/// ```
/// use std::time::Duration;
/// use replicate_api::{Client, Timeouts, Transport};
///
/// let transport = Transport::builder()
///     .from_env()?
///     .user_agent_suffix("photo-booth/2.1")
///     .timeouts(Timeouts::default().with_connect(Duration::from_secs(3)))
///     .build()?;
/// let client = Client::from_transport(transport);
/// # Ok::<(), replicate_api::Error>(())
/// ```
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
    options: Arc<RequestOptions>,
}

struct Shared {
    base: BaseUrl,
    authorization: Authorization,
    default_headers: HeaderMap,
    on_request: Vec<OnRequest>,
    timeouts: Timeouts,
    limits: Limits,
    retry: RetryPolicy,
    accounts: Accounts,
    /// Whether no one else can read a token on its way to the base URL, or that is allowed.
    may_send_token: bool,
    pools: Pools,
}

impl Transport {
    /// Returns a builder with default settings.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::new()
    }

    /// The API's URL, without a slash at the end.
    pub fn base_url(&self) -> &Url {
        self.shared.base.url()
    }

    /// The timeouts.
    pub fn timeouts(&self) -> &Timeouts {
        &self.shared.timeouts
    }

    /// Whether a token, or a supplier of tokens, is set.
    pub fn has_token(&self) -> bool {
        self.options.token.is_some() || !matches!(self.shared.authorization, Authorization::Missing)
    }

    /// A request to any route of the API, past the generated operations. `path` is as in the
    /// API's documentation, such as `/account`; its parts must be percent-encoded, and a query
    /// may follow.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// # let transport = client.transport();
    /// use replicate_api::Method;
    ///
    /// let account: serde_json::Value =
    ///     transport.request(Method::GET, "/account").send().await?.json()?;
    /// # });
    /// ```
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.clone(), method, path)
    }

    /// A download, or a stream of events, from a URL that the API has returned. The token is
    /// sent only to the API's own routes, and to no stream.
    pub fn fetch(&self, url: Url) -> Download {
        Download::new(self.clone(), url)
    }

    /// A transport whose requests use `options`; options that they do not set stay unchanged.
    /// Connections are shared.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        let options = match options.is_empty() {
            true => Arc::clone(&self.options),
            false => Arc::new(RequestOptions::clone(&self.options).merged(options)),
        };
        Self {
            shared: Arc::clone(&self.shared),
            options,
        }
    }

    /// A transport that sends another token, for another account. Connections are shared; rate
    /// limits and the retry budget are kept for each token.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// # let transport = client.transport();
    /// use replicate_api::Token;
    ///
    /// let tenant = transport.with_token(Token::new("r8_of_a_tenant")?);
    /// # });
    /// ```
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.with_options(RequestOptions::new().with_token(token))
    }

    /// The token that is sent, for errors that repeat what a server sent. One from a supplier is
    /// known to the responses only.
    #[doc(hidden)]
    pub fn secrets(&self) -> Secrets {
        self.fixed_token()
            .cloned()
            .map(Secrets::from)
            .unwrap_or_default()
    }

    /// The token that is sent, unless a supplier returns it.
    fn fixed_token(&self) -> Option<&Token> {
        match (&self.options.token, &self.shared.authorization) {
            (Some(token), _) | (None, Authorization::Token(token)) => Some(token),
            (None, _) => None,
        }
    }

    /// The token from the supplier, if that is what requests send.
    ///
    /// # Errors
    ///
    /// The errors of the supplier.
    pub async fn supplied_token(&self) -> Result<Option<Token>, Error> {
        match (&self.options.token, &self.shared.authorization) {
            (None, authorization @ Authorization::Supplier(_)) => {
                let deadline = after(Instant::now(), self.shared.timeouts.call);
                authorization.token(deadline).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A key for what belongs to the account of the token that is sent: a hash, of which
    /// nothing can be learned about the token. It is valid for this process only. All tokens of a
    /// supplier have the key of no token: see [`supplied_token`](Self::supplied_token).
    pub fn token_key(&self) -> u64 {
        Token::key(self.fixed_token())
    }

    /// The options of this transport's requests.
    pub fn options(&self) -> &RequestOptions {
        &self.options
    }

    /// Sends a request and reads the body of its response.
    pub(crate) fn send(
        self,
        request: TransportRequest,
    ) -> impl Future<Output = Result<BufferedResponse, Error>> + Send + use<> {
        let call = self.call(request, false);
        async {
            match call.await? {
                ResponseBody::Buffered(buffered) => Ok(buffered),
                ResponseBody::Streaming(_) => {
                    let message = "the response was not read";
                    Err(Error::new(ErrorKind::Other, message))
                }
            }
        }
    }

    /// Sends a request and returns when the body of its response begins.
    pub(crate) fn open(
        self,
        request: TransportRequest,
    ) -> impl Future<Output = Result<StreamingResponse, Error>> + Send + use<> {
        let call = self.call(request, true);
        async {
            Ok(match call.await? {
                ResponseBody::Buffered(buffered) => StreamingResponse::from_buffered(buffered),
                ResponseBody::Streaming(streaming) => *streaming,
            })
        }
    }

    /// Boxed: the futures of ten thousand calls in flight are moved around a lot.
    fn call(
        self,
        request: TransportRequest,
        streamed: bool,
    ) -> BoxFuture<'static, Result<ResponseBody, Error>> {
        Box::pin(Box::new(Call::new(self, request, streamed)).run())
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.shared.base
    }

    /// A client that builds requests.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.shared.pools.first
    }

    /// The retry policy.
    pub fn retry_policy(&self) -> &RetryPolicy {
        self.options
            .retry_policy
            .as_ref()
            .unwrap_or(&self.shared.retry)
    }

    /// Adds what every request to the API carries, and lets the hooks see it. The token is
    /// last: hooks do not see it, and whether it is sent depends on the URL that they leave.
    async fn prepare(
        &self,
        request: &mut reqwest::Request,
        deadline: Instant,
    ) -> Result<Option<Token>, Error> {
        let shared = &*self.shared;
        self.add_headers(request);
        for hook in &shared.on_request {
            hook(request);
        }
        if let Some(value) = request.headers_mut().get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        self.authorize(request, deadline).await
    }

    /// Adds the token, where the request may carry it, and returns it.
    async fn authorize(
        &self,
        request: &mut reqwest::Request,
        deadline: Instant,
    ) -> Result<Option<Token>, Error> {
        let shared = &*self.shared;
        if !authorization::should_authorize(&shared.base, request) {
            return Ok(None);
        }
        self.check_privacy()?;
        let token = match (&self.options.token, &shared.authorization) {
            (Some(token), _) => token.clone(),
            (None, authorization) => {
                if let Some(own) = request.headers().get(AUTHORIZATION) {
                    return Ok(Some(Token::from_header(own)));
                }
                authorization.token(deadline).await?
            }
        };
        request
            .headers_mut()
            .insert(AUTHORIZATION, token.header().clone());
        Ok(Some(token))
    }

    /// Replaces a token that its supplier returned a while ago, and returns the new one.
    async fn renew(
        &self,
        request: &mut reqwest::Request,
        earlier: &Token,
        deadline: Instant,
    ) -> Result<Option<Token>, Error> {
        let supplied = matches!(self.shared.authorization, Authorization::Supplier(_))
            && request.headers().get(AUTHORIZATION) == Some(earlier.header())
            && self.options.token.is_none();
        if !supplied {
            return Ok(None);
        }
        let token = self.shared.authorization.token(deadline).await?;
        request
            .headers_mut()
            .insert(AUTHORIZATION, token.header().clone());
        Ok(Some(token))
    }

    fn add_headers(&self, request: &mut reqwest::Request) {
        let (usual, own) = (&self.shared.default_headers, &self.options.headers);
        if (usual.is_empty() && own.is_empty()) || !self.shared.base.contains(request.url()) {
            return;
        }
        // Stream URLs are capabilities: send no other credentials to them.
        let private = !authorization::should_authorize(&self.shared.base, request);
        let headers = request.headers_mut();
        for name in own.keys() {
            headers.remove(name);
        }
        let missing: Vec<_> = usual
            .keys()
            .filter(|name| !headers.contains_key(*name) && !own.contains_key(*name))
            .collect();
        let usual = usual.iter().filter(|(name, _)| missing.contains(name));
        let wanted = |name: &HeaderName| !private || (*name != AUTHORIZATION && *name != COOKIE);
        for (name, value) in usual.chain(own).filter(|(name, _)| wanted(name)) {
            headers.append(name, value.clone());
        }
    }

    /// Refuses to send a token in clear text to another machine.
    fn check_privacy(&self) -> Result<(), Error> {
        match self.shared.may_send_token {
            true => Ok(()),
            false => Err(authorization::insecure(self.base_url())),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.base_url().as_str())
            .field("authorization", &self.shared.authorization)
            .field("timeouts", &self.shared.timeouts)
            .field("limits", &self.shared.limits)
            .field("retry", self.retry_policy())
            .finish_non_exhaustive()
    }
}
