//! A server of one model that counts the requests that reach it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};

use super::message::{self, Message};

/// The length of the queue of connections that are not accepted yet.
const BACKLOG: u32 = 16 * 1024;

/// Predictions on a page.
const PAGE: usize = 100;

/// The server, and what has reached it.
#[derive(Clone)]
pub(super) struct Server {
    addr: SocketAddr,
    counts: Arc<Mutex<Counts>>,
    created: watch::Sender<usize>,
    completion: Completion,
}

/// When a prediction succeeds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Completion {
    /// At its second read, once this many predictions exist.
    SecondRead { created: usize },
    /// One to five seconds after its create, derived from its run.
    Seconds,
}

#[derive(Default)]
struct Counts {
    /// Creates by run.
    creates: HashMap<u64, u32>,
    /// The time of each prediction's create, and the number of its reads.
    predictions: HashMap<String, (Instant, u32)>,
    /// The id, run and time of each prediction, in the order of their creates.
    made: Vec<(String, u64, DateTime<Utc>)>,
}

impl Server {
    /// Starts on a free port.
    pub(super) async fn start(completion: Completion) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?.into_std()?;
        listener.set_nonblocking(false)?;
        let server = Self {
            addr: listener.local_addr()?,
            counts: Arc::default(),
            created: watch::Sender::new(0),
            completion,
        };
        // Accepts on a thread of its own, so that thousands of connections need not wait for those
        // that are served.
        let (sender, accepted) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            while !sender.is_closed() {
                let Ok((stream, _)) = listener.accept() else {
                    // Too many open files: wait until some connections are closed.
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                let _ = sender.send(stream);
            }
        });
        tokio::spawn(server.clone().accept(accepted));
        Ok(server)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the number of creates of each run.
    pub(super) fn creates(&self) -> HashMap<u64, u32> {
        self.counts().creates.clone()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn accept(self, mut accepted: mpsc::UnboundedReceiver<std::net::TcpStream>) {
        while let Some(stream) = accepted.recv().await {
            tokio::spawn(self.clone().serve(stream));
        }
    }

    async fn serve(self, stream: std::net::TcpStream) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream)?;
        stream.set_nodelay(true)?;
        let mut buffered = Vec::new();
        while let Some(request) = message::read(&mut stream, &mut buffered).await? {
            let response = self.respond(&request).await;
            stream.write_all(&response.bytes()).await?;
        }
        Ok(())
    }

    async fn respond(&self, request: &Message) -> Message {
        let (method, path) = request.request_line();
        if method == "POST" && !path.ends_with("/cancel") {
            return self.create(request);
        }
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(query) = id.strip_prefix("predictions") {
            return self.list(query);
        }
        let Some(run) = run_of_id(&id) else {
            return json_response(404, &json!({ "detail": "no such prediction" }));
        };
        let done = match self.completion {
            Completion::SecondRead { created } => {
                let mut count = self.created.subscribe();
                // The sender lives in `self`, so that this cannot fail.
                let _ = count.wait_for(|count| *count >= created).await;
                self.read(&id).1 > 1
            }
            Completion::Seconds => self.read(&id).0 >= Duration::from_millis(1000 + run % 4000),
        };
        json_response(200, &prediction(&id, run, done))
    }

    /// Counts a read of the prediction; returns the time since its create, and its reads.
    fn read(&self, id: &str) -> (Duration, u32) {
        let mut counts = self.counts();
        let Some((created, reads)) = counts.predictions.get_mut(id) else {
            return (Duration::ZERO, 0);
        };
        *reads += 1;
        (created.elapsed(), *reads)
    }

    /// A page of predictions, newest first. The cursor is the number of predictions after it.
    fn list(&self, query: &str) -> Message {
        let counts = self.counts();
        let cursor = query.strip_prefix("?cursor=").map(str::parse);
        let end = match cursor {
            Some(Ok(end)) if end <= counts.made.len() => end,
            Some(_) => return json_response(400, &json!({ "detail": "no such cursor" })),
            None => counts.made.len(),
        };
        let start = end.saturating_sub(PAGE);
        let results: Vec<Value> = counts.made[start..end]
            .iter()
            .rev()
            .map(|(id, run, at)| {
                let mut listed = prediction(id, *run, false);
                listed["created_at"] = at.to_rfc3339().into();
                listed
            })
            .collect();
        let next =
            (start > 0).then(|| format!("https://api.invalid/v1/predictions?cursor={start}"));
        json_response(200, &json!({ "results": results, "next": next }))
    }

    fn create(&self, request: &Message) -> Message {
        let Some(run) = run_of_body(&request.body) else {
            return json_response(422, &json!({ "detail": "the input has no run" }));
        };
        let mut counts = self.counts();
        let count = counts.creates.entry(run).or_default();
        *count += 1;
        let id = format!("r{run}n{count}");
        counts.made.push((id.clone(), run, Utc::now()));
        counts.predictions.insert(id.clone(), (Instant::now(), 0));
        drop(counts);
        self.created.send_modify(|created| *created += 1);
        json_response(201, &prediction(&id, run, false))
    }
}

fn json_response(status: u16, body: &Value) -> Message {
    let headers = "content-type: application/json\r\n";
    Message::response(status, headers, body.to_string())
}

fn prediction(id: &str, run: u64, is_done: bool) -> Value {
    let output = is_done.then(|| format!("done-{run}"));
    json!({
        "id": id, "model": "acme/app", "version": "v1", "input": { "run": run },
        "status": if is_done { "succeeded" } else { "starting" },
        "output": output, "logs": "", "error": null,
        "created_at": "2026-01-01T00:00:00.000Z",
        "urls": {
            "get": format!("https://api.invalid/v1/predictions/{id}"),
            "cancel": format!("https://api.invalid/v1/predictions/{id}/cancel"),
        },
    })
}

/// Returns the run that sent this create.
pub(super) fn run_of_body(body: &[u8]) -> Option<u64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["input"]["run"].as_u64()
}

/// Returns the run of a prediction's id.
pub(super) fn run_of_id(id: &str) -> Option<u64> {
    id.strip_prefix('r')?.split_once('n')?.0.parse().ok()
}
