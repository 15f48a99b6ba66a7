//! Connections: three pools, by how stale one may be and how long it may be silent.

use std::env;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder, Url, redirect, retry};

use crate::base_url::is_loopback;
use crate::error::{Error, ErrorKind};
use crate::options::Timeouts;

pub(super) type Customize = Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// Which connections a request goes out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    Reads,
    /// Connections that were used a moment ago, or are new. Reads refresh them too.
    Creates,
    /// Connections that may be in use for long, but not be silent for long.
    Streams,
}

pub(super) struct Pools {
    config: ClientConfig,
    reads: Client,
    // Certificates are loaded for each pool: not before it is needed.
    creates: OnceLock<Client>,
    streams: OnceLock<Client>,
    last_create: Mutex<Option<Instant>>,
}

struct ClientConfig {
    user_agent: HeaderValue,
    customize: Option<Customize>,
    timeouts: Timeouts,
    without_system_proxies: bool,
    plain: bool,
}

impl Pools {
    pub(super) fn new(
        suffix: Option<&str>,
        customize: Option<Customize>,
        timeouts: &Timeouts,
        base: &Url,
    ) -> Result<Self, Error> {
        let config = ClientConfig {
            user_agent: user_agent(suffix)?,
            customize,
            timeouts: timeouts.clone(),
            without_system_proxies: is_plain_loopback(base) && !proxy_variables_stay_here(),
            plain: base.scheme() == "http",
        };
        let reads = config.client(Pool::Reads)?;
        Ok(Self {
            config,
            reads,
            creates: OnceLock::new(),
            streams: OnceLock::new(),
            last_create: Mutex::new(None),
        })
    }

    pub(super) fn reads(&self) -> &Client {
        &self.reads
    }

    /// Where a read goes: on a connection that a create has just left, if there is one. What
    /// follows a create at once, as the first look at a prediction does, needs no new one.
    pub(super) fn for_read(&self) -> Pool {
        let last = *self.last_create();
        match last {
            Some(last) if last.elapsed() < self.config.timeouts.create_idle => Pool::Creates,
            _ => Pool::Reads,
        }
    }

    /// Notes that a create was answered.
    pub(super) fn created(&self) {
        *self.last_create() = Some(Instant::now());
    }

    fn last_create(&self) -> MutexGuard<'_, Option<Instant>> {
        self.last_create
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, pool: Pool) -> Result<&Client, Error> {
        let cell = match pool {
            Pool::Reads => return Ok(&self.reads),
            Pool::Creates => &self.creates,
            Pool::Streams => &self.streams,
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.config.client(pool)?;
        Ok(cell.get_or_init(|| client))
    }
}

impl ClientConfig {
    fn client(&self, pool: Pool) -> Result<Client, Error> {
        let mut builder = Client::builder().user_agent(self.user_agent.clone());
        builder = http2_keep_alive(builder, &self.timeouts);
        if self.without_system_proxies {
            builder = builder.no_proxy();
        }
        if self.plain && pool != Pool::Streams {
            builder = without_certificates(builder);
        }
        if let Some(customize) = &self.customize {
            builder = customize(builder);
        }
        builder = builder
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            // It logs every byte, the token's among them.
            .connection_verbose(false)
            .referer(false)
            .connect_timeout(self.timeouts.connect);
        builder = match pool {
            Pool::Reads => builder,
            Pool::Creates => builder.pool_idle_timeout(self.timeouts.create_idle.min(A_DAY)),
            Pool::Streams => builder.read_timeout(self.timeouts.idle),
        };
        builder.build().map_err(|error| {
            let message = "the HTTP client cannot be built with these settings";
            Error::new(ErrorKind::Configuration, message).with_source(error.without_url())
        })
    }
}

/// Longer than any connection lives, and less than what overflows a clock.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Has a connection that many requests share found dead before one of them is given up for want
/// of an answer: the next attempt would go out on it again.
fn http2_keep_alive(builder: ClientBuilder, timeouts: &Timeouts) -> ClientBuilder {
    let quarter = (timeouts.headers / 4).clamp(Duration::from_millis(1), A_DAY);
    builder
        .http2_keep_alive_interval(quarter)
        .http2_keep_alive_timeout(quarter)
}

/// Leaves out the system's certificates, which take longer to load than most answers to come,
/// where nothing is encrypted. Streams may still lead to other hosts.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn without_certificates(builder: ClientBuilder) -> ClientBuilder {
    builder.tls_certs_only([])
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn without_certificates(builder: ClientBuilder) -> ClientBuilder {
    builder
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let mut text = concat!("replicate-rust/", env!("CARGO_PKG_VERSION")).to_owned();
    if let Some(suffix) = suffix.map(str::trim).filter(|suffix| !suffix.is_empty()) {
        text.push(' ');
        text.push_str(suffix);
    }
    HeaderValue::try_from(&text).map_err(|_| {
        let message = format!("the user agent suffix fits no header: {suffix:?}");
        Error::new(ErrorKind::Configuration, message).with_advice("give one such as \"my-app/1.0\"")
    })
}

fn is_plain_loopback(base: &Url) -> bool {
    base.scheme() == "http" && is_loopback(base)
}

/// Whether a proxy that the environment names for `http` is on this machine too: the token, in
/// the clear, must not be sent to another.
fn proxy_variables_stay_here() -> bool {
    let mut proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .filter_map(|name| env::var(name).ok())
        .filter(|value| !value.trim().is_empty())
        .peekable();
    proxies.peek().is_some() && proxies.all(|value| names_loopback(&value))
}

fn names_loopback(proxy: &str) -> bool {
    let proxy = proxy.trim();
    let url = if proxy.contains("://") {
        Url::parse(proxy)
    } else {
        Url::parse(&format!("http://{proxy}"))
    };
    // Schemes that are not known to the parser keep their host as they spell it.
    url.is_ok_and(|url| is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_the_client_then_the_application() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            user_agent(None).unwrap(),
            format!("replicate-rust/{version}")
        );
        assert_eq!(
            user_agent(Some(" app/1 ")).unwrap(),
            format!("replicate-rust/{version} app/1")
        );
        assert_eq!(
            user_agent(Some("a\nb")).unwrap_err().kind(),
            ErrorKind::Configuration
        );
    }

    #[test]
    fn a_proxy_is_told_to_be_here_in_every_spelling() {
        assert!(names_loopback("http://127.0.0.1:3128"));
        assert!(names_loopback("localhost:3128"));
        assert!(names_loopback("http://user:secret@localhost"));
        assert!(!names_loopback("proxy.example:3128"));
        assert!(!names_loopback("http://10.1.2.3:3128"));
    }
}
