//! A proxy on loopback that injects a fault into each request.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::fault::{Fault, Kind};
use super::message::{self, Message};
use super::outage::{Outage, Schedule};
use super::server::{run_of_body, run_of_id};

/// Longer than any client waits.
const STALL: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(super) struct Proxy {
    addr: SocketAddr,
    server: SocketAddr,
    seed: u64,
    /// Number of requests of each kind that each run has sent.
    seen: Arc<Mutex<HashMap<(u64, Kind), u32>>>,
    /// When the server is unreachable.
    outages: Option<Schedule>,
    /// The runs whose create was accepted by a complete response.
    accepted: Arc<Mutex<HashSet<u64>>>,
}

/// A list belongs to no run: lists are counted under a run that does not exist.
const LISTS: u64 = 1 << 40;

impl Proxy {
    /// Starts on a free port, with outages where a schedule is given.
    pub(super) async fn start(
        server: SocketAddr,
        seed: u64,
        outages: Option<Schedule>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Self {
            addr: listener.local_addr()?,
            server,
            seed,
            seen: Arc::default(),
            outages,
            accepted: Arc::default(),
        };
        tokio::spawn(proxy.clone().accept(listener));
        Ok(proxy)
    }

    /// The runs whose create was accepted by a complete response.
    pub(super) fn accepted(&self) -> HashSet<u64> {
        let accepted = self.accepted.lock();
        accepted.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    async fn accept(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(self.clone().serve(stream));
        }
    }

    async fn serve(self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffered = Vec::new();
        while let Some(request) = message::read(&mut stream, &mut buffered).await? {
            let outage = self.outages.as_ref().and_then(Schedule::now);
            let stays_open = match outage {
                Some(outage) => self.fail(&mut stream, outage).await?,
                None => {
                    let fault = self.fault(&request);
                    let run = created_run(&request);
                    let stays_open = self.inject(&mut stream, request, fault).await?;
                    if let Some(run) = run.filter(|_| fault.passes_the_response()) {
                        let accepted = self.accepted.lock();
                        accepted.unwrap_or_else(PoisonError::into_inner).insert(run);
                    }
                    stays_open
                }
            };
            if !stays_open {
                break;
            }
        }
        Ok(())
    }

    /// Responds as during an outage. Returns whether the connection stays open.
    async fn fail(&self, stream: &mut TcpStream, outage: Outage) -> io::Result<bool> {
        let (status, page) = match outage {
            Outage::Reset => {
                stream.set_zero_linger()?;
                return Ok(false);
            }
            Outage::Status(status) => (status, format!("<html><h1>{status}</h1></html>")),
            Outage::Portal => (
                200,
                "<html><h1>Log in to this network</h1></html>".to_owned(),
            ),
        };
        let response = Message::response(status, "content-type: text/html\r\n", page);
        stream.write_all(&response.bytes()).await?;
        Ok(true)
    }

    fn fault(&self, request: &Message) -> Fault {
        let (method, path) = request.request_line();
        let id = path.rsplit('/').next().unwrap_or_default();
        let (run, kind) = match method.as_str() {
            "POST" => (run_of_body(&request.body), Kind::Create),
            _ if id.starts_with("predictions") => (Some(LISTS), Kind::Read),
            _ => (run_of_id(id), Kind::Read),
        };
        let Some(run) = run else {
            return Fault::None;
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry((run, kind)).or_default();
        let nth = *count;
        *count += 1;
        Fault::choose(self.seed, run, kind, nth)
    }

    /// Forwards a request with its fault. Returns whether the connection stays open.
    async fn inject(
        &self,
        stream: &mut TcpStream,
        request: Message,
        fault: Fault,
    ) -> io::Result<bool> {
        let response = match fault.reaches_the_server() {
            true => Some(self.forward(&request).await?),
            false => None,
        };
        match (fault, response) {
            (Fault::Late(pause), Some(response)) => {
                sleep(pause).await;
                stream.write_all(&response.bytes()).await?;
            }
            (Fault::Slow, Some(response)) => {
                for piece in response.bytes().chunks(16) {
                    stream.write_all(piece).await?;
                    sleep(Duration::from_millis(1)).await;
                }
            }
            (Fault::TruncatedHead, Some(response)) => {
                stream
                    .write_all(&response.head[..response.head.len() / 2])
                    .await?;
                stream.set_zero_linger()?;
                return Ok(false);
            }
            (Fault::TruncatedBody, Some(response)) => {
                let end = response.head.len() + response.body.len() / 2;
                stream.write_all(&response.bytes()[..end]).await?;
                return Ok(false);
            }
            (Fault::Stalled, _) => {
                sleep(STALL).await;
                return Ok(false);
            }
            (Fault::LostRequest | Fault::LostResponse, _) => {
                stream.set_zero_linger()?;
                return Ok(false);
            }
            (Fault::Refused(status) | Fault::Failed(status), _) => {
                let page = format!("<html><h1>{status}</h1></html>");
                let response = Message::response(status, "content-type: text/html\r\n", page);
                stream.write_all(&response.bytes()).await?;
            }
            (Fault::Throttled, _) => {
                let headers = "content-type: application/json\r\nretry-after: 1\r\n";
                let response = Message::response(429, headers, r#"{"detail":"Slow down."}"#);
                stream.write_all(&response.bytes()).await?;
            }
            (_, Some(response)) => stream.write_all(&response.bytes()).await?,
            (_, None) => return Ok(false),
        }
        Ok(true)
    }

    async fn forward(&self, request: &Message) -> io::Result<Message> {
        let mut server = TcpStream::connect(self.server).await?;
        server.write_all(&request.bytes()).await?;
        let response = message::read(&mut server, &mut Vec::new()).await?;
        response.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// The run of a request that creates a prediction.
fn created_run(request: &Message) -> Option<u64> {
    let (method, path) = request.request_line();
    (method == "POST" && !path.ends_with("/cancel"))
        .then(|| run_of_body(&request.body))
        .flatten()
}
