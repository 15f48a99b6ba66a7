//! Connections: for each runtime, pools by how stale a connection may be and how long it may be
//! silent.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder, Url, redirect, retry};
use tokio::runtime::{self, Handle};

use crate::base_url::is_loopback;
use crate::error::{Error, ErrorKind, innermost};
use crate::options::Timeouts;

pub(super) type Customize = Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// Which connections a request uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    Reads,
    /// Connections that were used a moment ago, or are new. Reads that follow a create use
    /// them too.
    Creates,
    /// Connections that may be in use for long, but not be silent for long.
    Streams,
}

/// Maximum number of runtimes that keep their connections.
const MAX_RUNTIMES: usize = 16;

pub(super) struct Pools {
    config: ClientConfig,
    /// Builds requests, and sends the reads of the first runtime: certificates take long to
    /// load.
    pub(super) first: Client,
    /// The most recently used last. A connection is driven by a task of the runtime that it
    /// was opened in; another runtime must not wait for that task.
    runtimes: Mutex<Vec<(runtime::Id, Arc<Clients>)>>,
}

/// The clients of one runtime.
#[derive(Default)]
pub(super) struct Clients {
    /// By pool, for hosts in general and for loopback. Certificates are loaded for each:
    /// not before it is needed.
    clients: [[OnceLock<Client>; 2]; 3],
    last_create: Mutex<Option<Instant>>,
}

struct ClientConfig {
    user_agent: HeaderValue,
    customize: Option<Customize>,
    timeouts: Timeouts,
    base_is_loopback: bool,
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
            base_is_loopback: is_loopback(base),
            plain: base.scheme() == "http",
        };
        let first = config.client(Pool::Reads, config.base_is_loopback)?;
        Ok(Self {
            config,
            first,
            runtimes: Mutex::default(),
        })
    }

    /// Whether the clients may have timeouts that are not the transport's.
    pub(super) fn are_customized(&self) -> bool {
        self.config.customize.is_some()
    }

    /// The clients of the present runtime.
    pub(super) fn clients(&self) -> Result<Arc<Clients>, Error> {
        let id = Handle::try_current().map_err(|_| no_runtime())?.id();
        let mut runtimes = self.runtimes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = runtimes.iter().position(|(known, _)| *known == id) {
            // Most programs have one runtime, which is the last already.
            let last = runtimes.len() - 1;
            runtimes[at..=last].rotate_left(1);
            return Ok(Arc::clone(&runtimes[last].1));
        }
        let clients = Clients::default();
        if runtimes.is_empty() {
            let base = usize::from(self.config.base_is_loopback);
            clients.clients[Pool::Reads as usize][base].get_or_init(|| self.first.clone());
        }
        let clients = Arc::new(clients);
        if runtimes.len() >= MAX_RUNTIMES {
            runtimes.remove(0);
        }
        runtimes.push((id, Arc::clone(&clients)));
        Ok(clients)
    }

    /// The client for a request to `url`.
    pub(super) fn get<'a>(
        &self,
        clients: &'a Clients,
        pool: Pool,
        url: &Url,
    ) -> Result<&'a Client, Error> {
        let loopback = is_loopback(url);
        let cell = &clients.clients[pool as usize][usize::from(loopback)];
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.config.client(pool, loopback)?;
        Ok(cell.get_or_init(|| client))
    }

    /// Which pool a read uses: the connection that a create has just used, if there is one.
    /// A read right after a create, as the first poll is, needs no new one.
    pub(super) fn for_read(&self, clients: &Clients) -> Pool {
        let last = *clients.last_create();
        match last {
            Some(last) if last.elapsed() < self.config.timeouts.create_idle => Pool::Creates,
            _ => Pool::Reads,
        }
    }
}

impl Clients {
    /// Notes that a create got its response.
    pub(super) fn created(&self) {
        *self.last_create() = Some(Instant::now());
    }

    fn last_create(&self) -> MutexGuard<'_, Option<Instant>> {
        let last_create = self.last_create.lock();
        last_create.unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientConfig {
    fn client(&self, pool: Pool, loopback: bool) -> Result<Client, Error> {
        let mut builder = Client::builder().user_agent(self.user_agent.clone());
        builder = http2_keep_alive(builder, &self.timeouts);
        if loopback {
            // The token must not leave this machine in clear text.
            builder = builder.no_proxy();
        }
        if self.plain && self.base_is_loopback && pool != Pool::Streams {
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
        if pool == Pool::Streams {
            builder = builder.read_timeout(self.timeouts.idle);
        } else if self.customize.is_some() {
            // A read timeout of the customized client would end a create that is held back.
            builder = builder.read_timeout(NEVER);
        }
        if pool == Pool::Creates {
            builder = builder.pool_idle_timeout(self.timeouts.create_idle.min(A_DAY));
        }
        builder.build().map_err(|error| {
            let error = error.without_url();
            let why = innermost(&error);
            let message = format!("could not set up the HTTP client: {why}");
            let failure = Error::new(ErrorKind::Configuration, message).with_source(error);
            match why.contains("certificate") {
                true => failure.with_advice(CERTIFICATES),
                false => failure,
            }
        })
    }
}

/// Advice if no server certificate can be verified.
pub(super) const CERTIFICATES: &str = "root certificates may be missing: install the package \
     `ca-certificates`, or set SSL_CERT_FILE to a file with them";

fn no_runtime() -> Error {
    Error::new(ErrorKind::Configuration, "no tokio runtime is running here").with_advice(
        "call this inside a tokio runtime, such as an async fn main with #[tokio::main]",
    )
}

const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Longer than any request takes, and less than what overflows a clock.
pub(super) const NEVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Detects that a connection that many requests share is dead before one of them times out: the
/// next attempt would use it again.
fn http2_keep_alive(builder: ClientBuilder, timeouts: &Timeouts) -> ClientBuilder {
    let quarter = (timeouts.headers / 4).clamp(Duration::from_millis(1), A_DAY);
    builder
        .http2_keep_alive_interval(quarter)
        .http2_keep_alive_timeout(quarter)
}

/// Skips the system's certificates, which take longer to load than most responses to arrive,
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
        let message = format!("invalid user agent suffix {suffix:?}");
        Error::new(ErrorKind::Configuration, message).with_advice("give one such as \"my-app/1.0\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools() -> Pools {
        let base = Url::parse("http://127.0.0.1:1/v1").unwrap();
        Pools::new(None, None, &Timeouts::default(), &base).unwrap()
    }

    fn runtime() -> runtime::Runtime {
        runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn each_runtime_has_its_own_connections_and_sixteen_are_kept() {
        let pools = pools();
        let runtimes: Vec<_> = (0..17).map(|_| runtime()).collect();
        let clients = |at: usize| {
            let _entered = runtimes[at].enter();
            pools.clients().unwrap()
        };
        let (first, second) = (clients(0), clients(1));
        assert!(!Arc::ptr_eq(&first, &second));
        for at in 2..16 {
            clients(at);
        }
        assert!(Arc::ptr_eq(&first, &clients(0)), "it is among the sixteen");
        clients(16);
        assert!(Arc::ptr_eq(&first, &clients(0)), "it was used recently");
        let again = clients(1);
        assert!(!Arc::ptr_eq(&second, &again), "used least recently");
    }

    #[test]
    fn without_a_runtime_there_is_an_error_instead_of_a_panic() {
        let error = pools().clients().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    }

    #[test]
    fn user_agent_names_the_client_then_the_application() {
        let version = env!("CARGO_PKG_VERSION");
        let client = format!("replicate-rust/{version}");
        assert_eq!(user_agent(None).unwrap(), client);
        let agent = user_agent(Some(" app/1 ")).unwrap();
        assert_eq!(agent, format!("{client} app/1"));
        let error = user_agent(Some("a\nb")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}
