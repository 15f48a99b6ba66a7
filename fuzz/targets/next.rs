//! Any text as a page's `next`: the list ends, and only its cursor is used, at the API itself.
#![no_main]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{LazyLock, Mutex};

use futures::StreamExt as _;
use libfuzzer_sys::fuzz_target;
use replicate::{Client, RetryPolicy};
use tokio::runtime::Runtime;

/// The `next` of the first page.
static NEXT: Mutex<String> = Mutex::new(String::new());
/// The requests since.
static REQUESTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

static FIXTURE: LazyLock<(Client, Runtime)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client = Client::builder()
        .token("r8_fuzz")
        .base_url(format!("http://{}", serve()))
        .retry_policy(RetryPolicy::never())
        .build()
        .expect("a client");
    (client, runtime)
});

fn serve() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let addr = listener.local_addr().expect("a bound listener");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut out = stream.try_clone().expect("the other half");
                let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
                while let Some(first) = lines.next() {
                    lines.by_ref().find(String::is_empty);
                    let body = page(&first);
                    REQUESTED.lock().expect("no panic").push(first);
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        body.len()
                    );
                    if out.write_all(format!("{head}{body}").as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    addr
}

fn page(request: &str) -> String {
    if request.contains("cursor=") {
        return r#"{"results":[],"next":null}"#.to_owned();
    }
    let next = NEXT.lock().expect("no panic").clone();
    serde_json::json!({ "results": [], "next": next }).to_string()
}

fuzz_target!(|next: &str| {
    let (client, runtime) = &*FIXTURE;
    *NEXT.lock().expect("no panic") = next.to_owned();
    REQUESTED.lock().expect("no panic").clear();
    let pages = client.predictions().list().pages();
    let pages: Vec<_> = runtime.block_on(pages.collect());
    let asked = REQUESTED.lock().expect("no panic").clone();
    assert!(!pages.is_empty() && pages.len() <= 2, "{next:?}");
    assert_eq!(asked[0], "GET /v1/predictions HTTP/1.1");
    for second in &asked[1..] {
        assert!(
            second.starts_with("GET /v1/predictions?cursor="),
            "{second}"
        );
    }
    assert!(asked.len() <= 2, "{asked:?}");
});
