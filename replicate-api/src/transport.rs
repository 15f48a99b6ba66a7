//! The one place where a request leaves the program.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};
use reqwest::{Method, Url};
use tokio::time::Instant;

use crate::base_url::{self, BaseUrl};
use crate::error::{Error, ErrorKind};
use crate::options::{Limits, RequestOptions, Tap, Timeouts};
use crate::request::Request;
use crate::response::BufferedResponse;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::token::Token;

mod attempt;
mod authorization;
mod body;
mod body_tracker;
mod builder;
mod call;
mod download;
mod multipart;
mod pools;
mod prefer;
mod request;
mod span;
mod streaming;

pub use builder::TransportBuilder;
pub use download::Download;
pub(crate) use multipart::MultipartFactory;
pub(crate) use request::TransportRequest;
pub use streaming::StreamingResponse;

use authorization::Authorization;
use call::{Call, ResponseBody};
use pools::Pools;

/// A hook that sees each request before it is sent.
type OnRequest = Arc<dyn Fn(&mut reqwest::Request) + Send + Sync>;

/// The way to the API: base address, token, timeouts, retries, limits and connections.
///
/// Everything that a [`Client`](crate::Client) sends goes through one of these. A clone is
/// cheap and shares all of it.
///
/// ```no_run
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
    options: RequestOptions,
}

struct Shared {
    base: BaseUrl,
    authorization: Authorization,
    default_headers: HeaderMap,
    on_request: Vec<OnRequest>,
    timeouts: Timeouts,
    limits: Limits,
    retry: RetryPolicy,
    budget: RetryBudget,
    allow_insecure_http: bool,
    pools: Pools,
}

impl Transport {
    /// Sets up a transport.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::new()
    }

    /// The API's address. Its path ends in `/v1`.
    pub fn base_url(&self) -> &Url {
        self.shared.base.url()
    }

    /// How long things may take.
    pub fn timeouts(&self) -> &Timeouts {
        &self.shared.timeouts
    }

    /// Whether a token, or a way to get one, is set.
    pub fn has_token(&self) -> bool {
        !matches!(self.shared.authorization, Authorization::Missing)
    }

    /// A request to any route of the API, past the generated operations. `path` is as in the
    /// API's documentation, such as `/account`; its parts must be percent-encoded, and a query
    /// may follow.
    ///
    /// ```no_run
    /// # async fn example(transport: replicate_api::Transport) -> Result<(), replicate_api::Error> {
    /// use replicate_api::Method;
    ///
    /// let account: serde_json::Value =
    ///     transport.request(Method::GET, "/account").send().await?.json()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.clone(), method, path)
    }

    /// A download, or a stream of events, from any address that the API has given. The token
    /// goes along only where the address is one of the API's own routes and no stream.
    pub fn fetch(&self, url: Url) -> Download {
        Download::new(self.clone(), url)
    }

    /// A transport whose calls use `options`; what they leave open stays as it is here.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            options: self.options.clone().merged(options),
        }
    }

    /// What is different for the calls of this transport.
    pub fn options(&self) -> &RequestOptions {
        &self.options
    }

    /// A transport that keeps the body of the last answer, and where it is kept.
    ///
    /// ```no_run
    /// # async fn example(transport: replicate_api::Transport) -> Result<(), replicate_api::Error> {
    /// let (transport, tap) = transport.tapped();
    /// transport.request(replicate_api::Method::GET, "/account").send().await?;
    /// let body = tap.take();
    /// # Ok(())
    /// # }
    /// ```
    pub fn tapped(&self) -> (Self, Tap) {
        let tap = Tap::default();
        let transport = self.with_options(RequestOptions::new().with_tap(tap.clone()));
        (transport, tap)
    }

    /// Sends a request whose answer is read whole.
    pub(crate) async fn send(
        &self,
        mut request: TransportRequest,
    ) -> Result<BufferedResponse, Error> {
        request.kind.streamed = false;
        match self.call(request).await? {
            ResponseBody::Buffered(answer) => Ok(answer),
            ResponseBody::Streaming(_, context) => {
                Err(context.describe(Error::new(ErrorKind::Other, "the answer was not read")))
            }
        }
    }

    /// Sends a request whose answer is handed over as it comes.
    pub(crate) async fn open(
        &self,
        mut request: TransportRequest,
    ) -> Result<StreamingResponse, Error> {
        request.kind.streamed = true;
        match self.call(request).await? {
            ResponseBody::Buffered(buffered) => Ok(StreamingResponse::from_buffered(buffered)),
            ResponseBody::Streaming(response, context) => {
                Ok(StreamingResponse::new(response, context))
            }
        }
    }

    async fn call(&self, outgoing: TransportRequest) -> Result<ResponseBody, Error> {
        let TransportRequest {
            request,
            kind,
            form,
        } = outgoing;
        // Boxed: the futures of ten thousand calls in flight are moved around a lot.
        Box::pin(Call::new(self, &request, kind, form).run(request)).await
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.shared.base
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        self.shared.pools.reads()
    }

    /// When requests are sent again.
    pub fn retry_policy(&self) -> &RetryPolicy {
        self.options.retry.as_ref().unwrap_or(&self.shared.retry)
    }

    /// Adds what every request to the API carries, and lets the hooks see it. The token is
    /// last: hooks do not see it, and it goes by the address that they leave.
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
        if !authorization::should_authorize(&shared.base, request) {
            return Ok(None);
        }
        self.check_privacy(request.url())?;
        if let Some(own) = request.headers().get(AUTHORIZATION) {
            return Ok(Some(Token::from_header(own)));
        }
        let token = shared.authorization.token(deadline).await?;
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
        // The address of a stream is a secret of its own, and is told no other.
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
        let told = |name: &HeaderName| !private || (*name != AUTHORIZATION && *name != COOKIE);
        for (name, value) in usual.chain(own).filter(|(name, _)| told(name)) {
            headers.append(name, value.clone());
        }
    }

    /// Refuses to send a token where everybody on the way can read it.
    fn check_privacy(&self, url: &Url) -> Result<(), Error> {
        if self.shared.allow_insecure_http || url.scheme() == "https" || base_url::is_loopback(url)
        {
            return Ok(());
        }
        Err(authorization::insecure(url))
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
            .field("budget", &self.shared.budget)
            .finish_non_exhaustive()
    }
}
