//! A server of fixed responses, on bare hyper, that is nobody's client code. It prints its URL.
//!
//! What it returns is in the path, so that it keeps nothing:
//!
//! - `GET …/predictions/small`, `large`: a prediction of 2 KiB, of 200 KiB
//! - `GET …/models/OWNER/NAME`, `POST …/predictions`, by the name of the model or version: `now`
//!   has succeeded, `held-MS` succeeds after this time and has the moment as its output, as has
//!   `poll-MS`, whose create returns at once,
//!   `stream-EVENTS-BYTES-CHUNK` can be streamed
//! - `GET …/predictions`: a page; below `/pages-N` there are N of them
//! - `POST …/files`: reads the body; `GET /bytes/N`: so many bytes
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use replicate_bench::PAGE;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

static URL: OnceLock<String> = OnceLock::new();

type Body = BoxBody<Bytes, Infallible>;

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let listener = socket.listen(16 * 1024)?;
    let url = URL.get_or_init(|| format!("http://{}", listener.local_addr().expect("an address")));
    println!("{url}");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let mut server = auto::Builder::new(TokioExecutor::new());
            server.http2().max_concurrent_streams(100_000);
            let service =
                service_fn(|request| async { Ok::<_, Infallible>(respond(request).await) });
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let json = match (&parts.method, &segments[..]) {
        (&Method::GET, ["stream", what]) => return events(what),
        (&Method::GET, ["bytes", number]) => return bytes(number.parse().unwrap_or_default()),
        (&Method::GET, [.., "predictions", id]) => prediction_body(id),
        (&Method::GET, [prefix, .., "predictions"]) => {
            let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
            let query = parts.uri.query();
            let page = number(query.and_then(|query| query.strip_prefix("cursor=")));
            let pages = number(prefix.strip_prefix("pages-"));
            page_of(prefix, page.unwrap_or(0), pages.unwrap_or(1))
        }
        (&Method::GET, [.., "models", owner, name]) => model(owner, name),
        (&Method::POST, [.., "files"]) => file(drain(body).await),
        (&Method::POST, [.., "predictions"]) => {
            let body = body.collect().await.map(|body| body.to_bytes());
            let version = match segments[..] {
                [.., "models", _, name, "predictions"] => name.to_owned(),
                _ => {
                    let body: Value =
                        serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
                    body["version"].as_str().unwrap_or_default().to_owned()
                }
            };
            create(version.rsplit(['/', ':']).next().unwrap_or_default()).await
        }
        _ => {
            let mut response = response(Full::new(path.into()).boxed(), "text/plain");
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
    };
    let mut response = response(Full::new(json).boxed(), "application/json");
    if parts.method == Method::POST {
        *response.status_mut() = StatusCode::CREATED;
    }
    response
}

fn response(body: Body, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(body);
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert("content-type", kind);
    response
}

async fn create(version: &str) -> Bytes {
    let created = |id: &str| prediction(id, "starting", Value::Null, 0);
    let body = match version.split_once('-') {
        Some(("held", time)) => {
            tokio::time::sleep(Duration::from_millis(time.parse().unwrap_or_default())).await;
            prediction("held", "succeeded", now().to_string().into(), 0)
        }
        Some(("poll", time)) => {
            let until = now() + 1000 * time.parse::<u128>().unwrap_or_default();
            created(&format!("poll-{until}"))
        }
        Some(("stream", _)) => {
            let mut body = created(version);
            body["urls"]["stream"] = format!("{}/stream/{version}", url()).into();
            body
        }
        _ => return prediction_body("small"),
    };
    body.to_string().into()
}

/// Microseconds since 1970.
fn now() -> u128 {
    let elapsed = SystemTime::UNIX_EPOCH.elapsed();
    elapsed.unwrap_or_default().as_micros()
}

fn url() -> &'static str {
    URL.get().map_or("", String::as_str)
}

fn prediction(id: &str, status: &str, output: Value, filler: usize) -> Value {
    json!({
        "id": id,
        "model": "acme/now",
        "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
        "input": { "prompt": "an astronaut riding a horse", "steps": 4, "seed": 1 },
        "logs": "step 1 of 4, loss 0.1234\n".repeat(filler),
        "output": output,
        "data_removed": false,
        "error": null,
        "source": "api",
        "status": status,
        "created_at": "2026-01-31T12:00:00.123Z",
        "started_at": "2026-01-31T12:00:01.123456Z",
        "completed_at": "2026-01-31T12:00:02.5Z",
        "metrics": { "predict_time": 1.376544, "total_time": 2.376877 },
        "urls": {
            "get": format!("{}/v1/predictions/{id}", url()),
            "cancel": format!("{}/v1/predictions/{id}/cancel", url()),
            "web": format!("https://replicate.com/p/{id}"),
        },
    })
}

fn prediction_body(id: &str) -> Bytes {
    static SMALL: OnceLock<Bytes> = OnceLock::new();
    static LARGE: OnceLock<Bytes> = OnceLock::new();
    static STREAMED: OnceLock<(String, Bytes)> = OnceLock::new();
    let done = |output, filler| prediction(id, "succeeded", output, filler).to_string();
    let files = || json!(["https://replicate.delivery/xezq/abcdefghij/out-0.webp"]);
    match id.split_once('-') {
        Some(("poll", until)) => match until.parse::<u128>() {
            Ok(time) if time > now() => prediction(id, "processing", Value::Null, 0).to_string(),
            _ => done(until.into(), 0),
        }
        .into(),
        Some(("stream", _)) => {
            // One stream a run of the benchmark: its text is made once.
            let make = || {
                let (events, size, _) = numbers(id);
                let text = Value::from("x".repeat(events * size));
                (id.to_owned(), done(text, 0).into())
            };
            match STREAMED.get_or_init(make) {
                (known, body) if known == id => body.clone(),
                _ => make().1,
            }
        }
        _ if id == "large" => LARGE.get_or_init(|| done(files(), 7800).into()).clone(),
        _ => SMALL.get_or_init(|| done(files(), 48).into()).clone(),
    }
}

fn model(owner: &str, name: &str) -> Bytes {
    let model = json!({
        "owner": owner, "name": name, "url": format!("https://replicate.com/{owner}/{name}"),
        "description": null, "visibility": "public", "is_official": true, "run_count": 1,
        "latest_version": null, "default_example": null,
    });
    model.to_string().into()
}

fn page_of(prefix: &str, page: u64, pages: u64) -> Bytes {
    static ITEMS: OnceLock<String> = OnceLock::new();
    let items = ITEMS.get_or_init(|| {
        let item =
            |number| prediction(&format!("p{number}"), "succeeded", Value::Null, 0).to_string();
        (0..PAGE).map(item).collect::<Vec<_>>().join(",")
    });
    let next = match page + 1 < pages {
        true => format!("\"{}/{prefix}/predictions?cursor={}\"", url(), page + 1),
        false => "null".to_owned(),
    };
    format!("{{\"previous\":null,\"next\":{next},\"results\":[{items}]}}").into()
}

fn file(size: u64) -> Bytes {
    let file = json!({
        "id": "f1", "name": "file", "content_type": "application/octet-stream", "size": size,
        "etag": "e", "checksums": { "sha256": "0" }, "metadata": {},
        "created_at": "2026-01-31T12:00:00.123Z", "expires_at": "2026-02-01T12:00:00.123Z",
        "urls": { "get": format!("{}/v1/files/f1", url()) },
    });
    file.to_string().into()
}

async fn drain(mut body: Incoming) -> u64 {
    let mut size = 0;
    while let Some(Ok(frame)) = body.frame().await {
        size += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    size
}

/// The numbers of `stream-EVENTS-BYTES-CHUNK`.
fn numbers(what: &str) -> (usize, usize, usize) {
    let numbers = what.split('-').skip(1);
    let mut numbers = numbers.map(|number| number.parse().unwrap_or(1));
    let mut next = || numbers.next().unwrap_or(1);
    (next(), next(), next())
}

fn streamed(chunks: impl Stream<Item = Bytes> + Send + Sync + 'static) -> Body {
    BodyExt::boxed(StreamBody::new(chunks.map(|chunk| Ok(Frame::data(chunk)))))
}

/// Events with so many bytes of text each, sent in chunks of this size.
fn events(what: &str) -> Response<Body> {
    let (events, size, chunk) = numbers(what);
    let text = "x".repeat(size);
    let mut number = 0;
    let mut rest = BytesMut::new();
    let chunks = std::iter::from_fn(move || {
        while rest.len() < chunk && number <= events {
            let event = match number == events {
                true => "event: done\ndata: {}\n\n".to_owned(),
                false => format!("event: output\nid: {number}:0\ndata: {text}\n\n"),
            };
            number += 1;
            rest.extend_from_slice(event.as_bytes());
        }
        let length = chunk.min(rest.len());
        (length > 0).then(|| rest.split_to(length).freeze())
    });
    response(streamed(stream::iter(chunks)), "text/event-stream")
}

fn bytes(number: u64) -> Response<Body> {
    static CHUNK: [u8; 64 * 1024] = [b'x'; 64 * 1024];
    let mut left = number;
    let chunks = std::iter::from_fn(move || {
        let length = left.min(CHUNK.len() as u64);
        left -= length;
        (length > 0).then(|| Bytes::from_static(&CHUNK[..usize::try_from(length).unwrap_or(0)]))
    });
    let body = streamed(stream::iter(chunks));
    let mut response = response(body, "application/octet-stream");
    response
        .headers_mut()
        .insert("content-length", number.into());
    response
}
