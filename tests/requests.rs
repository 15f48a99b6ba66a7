//! What each operation of the generated crate puts on the wire, held as text.

use std::fmt::Write as _;
use std::future::Future;

use replicate_api::{Client, Error, Transport};
use replicate_test_support::recorder::{FixedResponse, Recorded, Recorder};

#[path = "requests/operations.rs"]
mod operations;

use operations::Caller;

/// Headers that say something about the operation; the rest are the transport's.
const HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "api-version",
    "cancel-after",
    "content-type",
    "prefer",
];

fn text(operation: &str, request: &Recorded) -> String {
    let mut text = format!("{operation}\n  {} {}\n", request.method, request.target);
    for name in HEADERS {
        if let Some(value) = request.header(name) {
            let value = value.split("; boundary=").next().unwrap_or_default();
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    let body = String::from_utf8_lossy(&request.body);
    let boundary = request
        .header("content-type")
        .and_then(|kind| kind.split_once("boundary="));
    let body = boundary.map_or(body.to_string(), |(_, own)| body.replace(own, "BOUNDARY"));
    for line in body.lines() {
        let _ = writeln!(text, "  | {line}");
    }
    text
}

struct Wire {
    server: Recorder,
    client: Client,
    seen: Vec<(String, String)>,
}

impl Wire {
    fn new() -> Self {
        let server = Recorder::start(FixedResponse::json(
            200,
            "{\"id\":\"x\",\"status\":\"starting\"}",
        ));
        let transport = Transport::builder().token("r8_test").base_url(server.url());
        let client = Client::from_transport(transport.build().unwrap());
        Self {
            server,
            client,
            seen: Vec::new(),
        }
    }
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
        self.seen
            .push((operation.to_owned(), text(operation, request)));
    }
}

#[tokio::test]
async fn every_operation_sends_what_the_description_says() {
    let mut wire = Wire::new();
    operations::call_all(&mut wire).await;
    wire.seen.sort();
    let texts: Vec<String> = wire.seen.into_iter().map(|(_, text)| text).collect();
    insta::assert_snapshot!(texts.join("\n"));
}
