use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::received::{Reader, Received};
use crate::script::{Ended, Script};

/// A server on this machine that does what its scripts say, byte for byte: the first
/// connection follows the first script, and so on. A connection past the last script has its
/// request read, recorded, and reset.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use replicate_test_support::{Listener, Reply, Script};
///
/// let listener = Listener::start([Script::reply(Reply::json(200, "{}"))])?;
/// let url = listener.url();
/// assert_eq!(listener.received().len(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    addr: SocketAddr,
    log: Arc<Log>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Log {
    requests: watch::Sender<Vec<Received>>,
    connections: watch::Sender<usize>,
    closed: watch::Sender<usize>,
    bytes: Mutex<Vec<u8>>,
}

impl Listener {
    /// Listens on a free port.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> io::Result<Self> {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), scripts)
    }

    /// Listens at an address, such as one from [`Listener::refused`].
    pub fn start_at(
        addr: SocketAddr,
        scripts: impl IntoIterator<Item = Script>,
    ) -> io::Result<Self> {
        let rest = Script::new().read_request().reset();
        Self::listen(addr, scripts.into_iter().collect(), rest)
    }

    /// Listens on a free port; every connection follows this script.
    pub fn always(script: Script) -> io::Result<Self> {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::listen(addr, Vec::new(), script)
    }

    fn listen(addr: SocketAddr, scripts: Vec<Script>, rest: Script) -> io::Result<Self> {
        let socket = StdListener::bind(addr)?;
        let addr = socket.local_addr()?;
        socket.set_nonblocking(true)?;
        let socket = TcpListener::from_std(socket)?;
        let log = Arc::<Log>::default();
        let task = tokio::spawn(accept(socket, scripts, rest, Arc::clone(&log)));
        Ok(Self { addr, log, task })
    }

    /// An address where nothing listens.
    pub fn refused() -> io::Result<SocketAddr> {
        StdListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
    }

    /// The socket address.
    pub fn address(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The requests so far, in the order in which they were read.
    pub fn received(&self) -> Vec<Received> {
        self.log.requests.borrow().clone()
    }

    /// Removes and returns the requests so far.
    pub fn take(&self) -> Vec<Received> {
        self.log.requests.send_replace(Vec::new())
    }

    /// The method and target of each request so far, such as `GET /v1/account`.
    pub fn request_lines(&self) -> Vec<String> {
        let requests = self.log.requests.borrow();
        let line = |request: &Received| format!("{} {}", request.method, request.target);
        requests.iter().map(line).collect()
    }

    /// Number of connections accepted so far.
    pub fn connections(&self) -> usize {
        *self.log.connections.borrow()
    }

    /// Every byte that came in on connections that have ended.
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = self.log.bytes.lock();
        bytes.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until this many connections were accepted.
    pub async fn wait_for_connections(&self, count: usize) {
        wait_for(&self.log.connections, |connections| *connections >= count).await;
    }

    /// Waits until this many requests were read.
    pub async fn wait_for_requests(&self, count: usize) {
        wait_for(&self.log.requests, |requests| requests.len() >= count).await;
    }

    /// Waits until this many connections have ended.
    pub async fn wait_for_closed(&self, count: usize) {
        wait_for(&self.log.closed, |closed| *closed >= count).await;
    }
}

async fn wait_for<T>(value: &watch::Sender<T>, is_reached: impl FnMut(&T) -> bool) {
    // The sender is alive, so that this cannot fail.
    let _ = value.subscribe().wait_for(is_reached).await;
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(socket: TcpListener, scripts: Vec<Script>, rest: Script, log: Arc<Log>) {
    let mut connections = tokio::task::JoinSet::new();
    let scripts = scripts.into_iter().chain(std::iter::repeat(rest));
    for (number, script) in scripts.enumerate() {
        let Ok((stream, _)) = socket.accept().await else {
            return;
        };
        log.connections.send_modify(|count| *count += 1);
        connections.spawn(serve(stream, number, script, Arc::clone(&log)));
    }
}

async fn serve(stream: TcpStream, number: usize, script: Script, log: Arc<Log>) {
    let _ = stream.set_nodelay(true);
    let mut reader = Reader::new(stream, number);
    let record = |request| log.requests.send_modify(|all| all.push(request));
    // A client that closes the connection early ends the script.
    if let Ok(Ended::Held) = script.play(&mut reader, record).await {
        std::future::pending::<()>().await;
    }
    let bytes = log.bytes.lock();
    bytes
        .unwrap_or_else(PoisonError::into_inner)
        .extend(&reader.all);
    drop(reader);
    log.closed.send_modify(|closed| *closed += 1);
}
