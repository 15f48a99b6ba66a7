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

#[derive(Debug)]
struct Log {
    requests: watch::Sender<Vec<Received>>,
    connections: watch::Sender<usize>,
    closed: watch::Sender<usize>,
    bytes: Mutex<Vec<u8>>,
}

impl Listener {
    /// Listens on a free port.
    ///
    /// # Errors
    ///
    /// Those of binding a port.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> io::Result<Self> {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), scripts)
    }

    /// Listens at an address, such as one from [`Listener::refused`].
    ///
    /// # Errors
    ///
    /// Those of binding a port.
    pub fn start_at(
        addr: SocketAddr,
        scripts: impl IntoIterator<Item = Script>,
    ) -> io::Result<Self> {
        let socket = StdListener::bind(addr)?;
        let addr = socket.local_addr()?;
        socket.set_nonblocking(true)?;
        let socket = TcpListener::from_std(socket)?;
        let log = Arc::new(Log {
            requests: watch::Sender::new(Vec::new()),
            connections: watch::Sender::new(0),
            closed: watch::Sender::new(0),
            bytes: Mutex::new(Vec::new()),
        });
        let scripts = scripts.into_iter().collect();
        let task = tokio::spawn(accept(socket, scripts, Arc::clone(&log)));
        Ok(Self { addr, log, task })
    }

    /// An address where nothing listens.
    ///
    /// # Errors
    ///
    /// Those of binding a port.
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
        self.log
            .bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until this many connections were accepted.
    pub async fn wait_for_connections(&self, count: usize) {
        // The sender lives in `self.log`, so that this cannot fail.
        let _ = self
            .log
            .connections
            .subscribe()
            .wait_for(|connections| *connections >= count)
            .await;
    }

    /// Waits until this many requests were read.
    pub async fn wait_for_requests(&self, count: usize) {
        // The sender lives in `self.log`, so that this cannot fail.
        let _ = self
            .log
            .requests
            .subscribe()
            .wait_for(|all| all.len() >= count)
            .await;
    }

    /// Waits until this many connections have ended.
    pub async fn wait_for_closed(&self, count: usize) {
        let _ = self
            .log
            .closed
            .subscribe()
            .wait_for(|closed| *closed >= count)
            .await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(socket: TcpListener, scripts: Vec<Script>, log: Arc<Log>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut scripts = scripts.into_iter();
    for number in 0.. {
        let Ok((stream, _)) = socket.accept().await else {
            return;
        };
        log.connections.send_modify(|count| *count += 1);
        let script = scripts
            .next()
            .unwrap_or_else(|| Script::new().read_request().reset());
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
    log.bytes
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend(&reader.all);
    drop(reader);
    log.closed.send_modify(|closed| *closed += 1);
}
