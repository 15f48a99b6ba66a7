//! What each operation of the generated crate puts on the wire, held as text.

use std::fmt::Write as _;
use std::future::Future;

use replicate_api::{Client, Error, Transport};
use replicate_test_support::{Listener, Received, Reply, Script};

use crate::operations::{self, Caller};

/// Headers that say something about the operation; the rest are the transport's.
const HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "api-version",
    "cancel-after",
    "content-type",
    "prefer",
];

fn text(operation: &str, request: &Received) -> String {
    let mut text = format!("{operation}\n  {} {}\n", request.method, request.target);
    for name in HEADERS {
        if let Some(value) = request.header(name) {
            let value = value.split("; boundary=").next().unwrap_or_default();
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let body = match content_type.split_once("boundary=") {
        Some((_, boundary)) => request.text().replace(boundary, "BOUNDARY"),
        None => request.text(),
    };
    for line in body.lines() {
        let _ = writeln!(text, "  | {line}");
    }
    text
}

struct Wire {
    server: Listener,
    client: Client,
    texts: Vec<String>,
}

impl Caller for Wire {
    /// The response does not matter here.
    async fn call<F: Future<Output = Result<(), Error>>>(
        &mut self,
        operation: &'static str,
        call: impl FnOnce(Client) -> F,
    ) {
        let _ = call(self.client.clone()).await;
        let requests = self.server.take();
        let [request] = requests.as_slice() else {
            panic!("{operation} sent {} requests", requests.len());
        };
        self.texts.push(text(operation, request));
    }
}

#[tokio::test]
async fn every_operation_sends_what_the_description_says() {
    let reply = Reply::json(200, r#"{"id":"x","status":"starting"}"#);
    let server = Listener::always(Script::reply_to_all(reply)).unwrap();
    let transport = Transport::builder().token("r8_test").base_url(server.url());
    let client = Client::from_transport(transport.build().unwrap());
    let texts = Vec::new();
    let mut wire = Wire {
        server,
        client,
        texts,
    };
    operations::call_all(&mut wire).await;
    wire.texts.sort();
    insta::assert_snapshot!(wire.texts.join("\n"));
}
