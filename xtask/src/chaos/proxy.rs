//! A proxy on loopback that injects a fault into each request.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::fault::{Fault, Kind, Outage, outage_at};
use super::message::{self, Message};
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
    /// The start of the outages, if there are any.
    outages: Option<Instant>,
    /// The runs whose create was accepted by a complete response.
    accepted: Arc<Mutex<HashSet<u64>>>,
}

/// A list belongs to no run: lists are counted under a run that does not exist.
const LISTS: u64 = 1 << 40;

impl Proxy {
    /// Starts on a free port.
    pub(super) async fn start(server: SocketAddr, seed: u64, outages: bool) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Self {
            addr: listener.local_addr()?,
            server,
            seed,
            seen: Arc::default(),
            outages: outages.then(Instant::now),
            accepted: Arc::default(),
        };
        tokio::spawn(proxy.clone().accept(listener));
        Ok(proxy)
    }

    /// The runs whose create was accepted by a complete response.
    pub(super) fn accepted(&self) -> HashSet<u64> {
        locked(&self.accepted).clone()
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
            let outage = self
                .outages
                .and_then(|start| outage_at(self.seed, start.elapsed()));
            let stays_open = match outage {
                Some(outage) => fail(&mut stream, outage).await?,
                None => {
                    let run = run_of(&request);
                    let fault = run.map_or(Fault::None, |(run, kind)| self.fault(run, kind));
                    let stays_open = self.inject(&mut stream, request, fault).await?;
                    if let Some((run, Kind::Create)) = run
                        && fault.passes_the_response()
                    {
                        locked(&self.accepted).insert(run);
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

    /// The fault of the next request of this kind in a run.
    fn fault(&self, run: u64, kind: Kind) -> Fault {
        let mut seen = locked(&self.seen);
        let count = seen.entry((run, kind)).or_default();
        *count += 1;
        Fault::choose(self.seed, run, kind, *count - 1)
    }

    /// Forwards a request with its fault. Returns whether the connection stays open.
    async fn inject(
        &self,
        stream: &mut TcpStream,
        request: Message,
        fault: Fault,
    ) -> io::Result<bool> {
        let response = match fault {
            Fault::LostRequest => return reset(stream),
            Fault::Refused(status) => html(status, &status.to_string()),
            Fault::Throttled => {
                let headers = "content-type: application/json\r\nretry-after: 1\r\n";
                Message::response(429, headers, r#"{"detail":"Slow down."}"#)
            }
            _ => self.forward(&request).await?,
        };
        match fault {
            Fault::LostResponse => return reset(stream),
            Fault::TruncatedHead => {
                let end = response.head.len() / 2;
                stream.write_all(&response.head[..end]).await?;
                return reset(stream);
            }
            Fault::TruncatedBody => {
                let end = response.head.len() + response.body.len() / 2;
                stream.write_all(&response.bytes()[..end]).await?;
                return Ok(false);
            }
            Fault::Stalled => {
                sleep(STALL).await;
                return Ok(false);
            }
            Fault::Slow => {
                for piece in response.bytes().chunks(16) {
                    stream.write_all(piece).await?;
                    sleep(Duration::from_millis(1)).await;
                }
                return Ok(true);
            }
            Fault::Late(pause) => sleep(pause).await,
            _ => {}
        }
        let response = match fault {
            Fault::Failed(status) => html(status, &status.to_string()),
            _ => response,
        };
        stream.write_all(&response.bytes()).await?;
        Ok(true)
    }

    async fn forward(&self, request: &Message) -> io::Result<Message> {
        let mut server = TcpStream::connect(self.server).await?;
        server.write_all(&request.bytes()).await?;
        let response = message::read(&mut server, &mut Vec::new()).await?;
        response.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// Responds as during an outage. Returns whether the connection stays open.
async fn fail(stream: &mut TcpStream, outage: Outage) -> io::Result<bool> {
    let response = match outage {
        Outage::Reset => return reset(stream),
        Outage::Status(status) => html(status, &status.to_string()),
        Outage::Portal => html(200, "Log in to this network"),
    };
    stream.write_all(&response.bytes()).await?;
    Ok(true)
}

fn html(status: u16, text: &str) -> Message {
    let page = format!("<html><h1>{text}</h1></html>");
    Message::response(status, "content-type: text/html\r\n", page)
}

/// Lets the connection be reset when it is dropped; it does not stay open.
fn reset(stream: &TcpStream) -> io::Result<bool> {
    stream.set_zero_linger()?;
    Ok(false)
}

/// The run that a request belongs to; none of a cancel.
fn run_of(request: &Message) -> Option<(u64, Kind)> {
    let (method, path) = request.request_line();
    if method == "POST" {
        return Some((run_of_body(&request.body)?, Kind::Create));
    }
    let id = path.rsplit('/').next().unwrap_or_default();
    let list = id.starts_with("predictions");
    let run = if list { Some(LISTS) } else { run_of_id(id) };
    Some((run?, Kind::Read))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
