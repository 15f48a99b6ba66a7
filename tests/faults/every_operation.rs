//! Every operation of the API under every kind of fault: no error and no trace shows the token,
//! no other host gets it, and what creates something is sent once.

use std::future::Future;
use std::time::Duration;

use replicate_api::{Client, RetryPolicy, Timeouts, Transport, operations as api};
use replicate_test_support::{Injector, Listener, Reply, Script};
use serde_json::json;

use crate::leak_detector::{self, TOKEN};
use crate::operations::{self, Caller};

/// A fault that every attempt of every operation meets.
struct Fault {
    name: &'static str,
    script: Script,
    /// Whether it is certain that a create under it has created nothing.
    refused: bool,
    /// Whether it ends only with a timeout.
    silent: bool,
}

struct FaultRunner<'a> {
    fault: &'a Fault,
    operations: usize,
    failures: usize,
}

/// More than any policy here allows.
const ATTEMPTS: usize = 12;

fn client(listener: &Listener, silent: bool) -> Client {
    let moment = Duration::from_millis(1);
    let (policy, patience) = match silent {
        // Every call waits for the timeout, so once is enough.
        true => (RetryPolicy::never(), Duration::from_millis(150)),
        false => (RetryPolicy::default(), Duration::from_secs(5)),
    };
    let policy = policy.with_backoff(moment, moment);
    let timeouts = Timeouts::default()
        .with_headers(patience)
        .with_body(patience)
        .with_idle(patience)
        .with_call(Duration::from_millis(1500));
    let transport = Transport::builder()
        .token(TOKEN)
        .base_url(listener.url())
        .http(|http| http.connection_verbose(true))
        .retry_policy(policy)
        .timeouts(timeouts);
    Client::from_transport(transport.build().unwrap())
}

impl Caller for FaultRunner<'_> {
    async fn call<F: Future<Output = Result<(), replicate_api::Error>>>(
        &mut self,
        operation: &'static str,
        call: impl FnOnce(Client) -> F,
    ) {
        let fault = self.fault;
        let scripts = std::iter::repeat_n(fault.script.clone(), ATTEMPTS);
        let listener = Listener::start(scripts).unwrap();
        let ended = call(client(&listener, fault.silent)).await;
        self.operations += 1;
        if let Err(error) = ended {
            self.failures += 1;
            let text = leak_detector::text_of(&error.into());
            let what = format!("{operation} under {}: {text}", fault.name);
            assert!(!leak_detector::shows(&text), "{what}");
        }
        // A call that timed out may have ended before its connection was accepted.
        let accepted = listener.wait_for_connections(1);
        let accepted = tokio::time::timeout(Duration::from_secs(10), accepted).await;
        assert!(accepted.is_ok(), "{operation} under {}", fault.name);
        let sent = listener.received().len().max(listener.connections());
        let idempotent = api::ALL
            .iter()
            .any(|known| known.id.replace('.', "_") == operation && known.idempotent);
        if !idempotent && !fault.refused {
            assert_eq!(sent, 1, "{operation} under {}", fault.name);
        }
        // A create that gets a 429 stays in the queue until its timeout, not for a number of attempts.
        let queued = fault.refused && !idempotent;
        assert!(
            sent > 0 && (sent < ATTEMPTS || queued),
            "{operation}: {sent} requests"
        );
    }
}

fn complete(reply: Reply) -> Script {
    Script::reply(reply.header("connection", "close"))
}

fn problem(status: u16) -> Script {
    let body = json!({
        "title": TOKEN, "detail": format!("not with {TOKEN}"), "status": status,
        "invalid_fields": [{ "field": TOKEN, "type": TOKEN, "description": TOKEN }],
        TOKEN: TOKEN,
    });
    complete(Reply::json(status, body.to_string()).header("x-request-id", TOKEN))
}

/// What servers may do, each of which repeats the token where it can.
fn faults(third_party: &str) -> Vec<Fault> {
    let mut injector = Injector::new(37);
    let reply = Reply::json(200, format!("{{\"id\":\"x\",\"status\":\"{TOKEN}\"}}"));
    let fault = |name, script| Fault {
        name,
        script,
        refused: false,
        silent: false,
    };
    let silent = |name, script| Fault {
        silent: true,
        ..fault(name, script)
    };
    let read = || Script::new().read_request();
    let json = |text: String| complete(Reply::json(200, text));
    let with =
        |status, name, value: &str| complete(Reply::new(status).header(name, value).body(TOKEN));
    let chunked = Reply::new(200).header("transfer-encoding", "chunked");
    let slow_down = format!("{{\"detail\":\"{TOKEN} resets in ~0.001s.\"}}");
    let other_types = format!(
        "{{\"id\":[\"{TOKEN}\"],\"results\":\"{TOKEN}\",\"{TOKEN}\":1,\"key\":[\"{TOKEN}\"]}}"
    );
    vec![
        fault("a reset before any byte", read().reset()),
        fault("a reset inside the headers", injector.reset_in_head(&reply)),
        fault("a reset inside the body", injector.reset_in_body(&reply)),
        fault("a truncated body", injector.cut_in_body(&reply)),
        fault("chunks without an end", injector.unfinished_chunks(&reply)),
        silent("silence inside the body", injector.stall_in_body(&reply)),
        silent("silence", read().hold()),
        fault("no HTTP", read().write(format!("{TOKEN}\r\n\r\n"))),
        fault(
            "an invalid chunk",
            Script::reply(chunked.raw_body(format!("{TOKEN}\r\n"))),
        ),
        fault("invalid gzip", with(200, "content-encoding", "gzip")),
        fault("500", problem(500)),
        fault("503 with a page", with(503, "content-type", "text/html")),
        Fault {
            refused: true,
            ..fault("429", complete(Reply::json(429, slow_down)))
        },
        fault("401", problem(401)),
        fault("402", problem(402)),
        fault("404", problem(404)),
        fault("409", problem(409)),
        fault("422", problem(422)),
        fault("a redirect", with(307, "location", third_party)),
        fault(
            "JSON that is cut off",
            json(format!("{{\"id\":\"{TOKEN}\",\"next\":\"{TOKEN}")),
        ),
        fault("a body of another kind", json(format!("[\"{TOKEN}\",5]"))),
        fault("fields of another kind", json(other_types)),
        fault("text", with(200, "content-type", &format!("text/{TOKEN}"))),
    ]
}

pub(crate) async fn no_fault_shows_the_token_or_creates_twice() {
    let third_party = Listener::start([]).unwrap();
    let faults = faults(&third_party.url());
    let running = faults.iter().map(|fault| async move {
        let mut runner = FaultRunner {
            fault,
            operations: 0,
            failures: 0,
        };
        operations::call_all(&mut runner).await;
        runner
    });
    let mut calls = 0;
    for runner in futures::future::join_all(running).await {
        let name = runner.fault.name;
        calls += runner.operations;
        assert!(
            runner.failures > runner.operations / 2,
            "{name} is hardly a fault"
        );
    }
    let (lines, found) = leak_detector::traced();
    assert!(lines > calls, "{lines} lines of {calls} calls");
    assert!(found.is_empty(), "{found:?}");
    // Only the two operations that are streamed follow redirects, in three attempts each.
    let redirected = third_party.connections();
    assert!((1..=6).contains(&redirected), "{redirected} connections");
    assert!(!leak_detector::shows(&String::from_utf8_lossy(
        &third_party.bytes()
    )));
}
