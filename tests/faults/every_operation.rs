//! Every operation of the API under every kind of fault: no error and no trace shows the token,
//! no other host gets it, and what creates something is sent once.

use std::future::Future;
use std::time::Duration;

use replicate_api::{Client, RetryPolicy, Timeouts, Transport, operations as api};
use replicate_test_support::{Injector, Listener, Reply, Script};
use serde_json::json;

#[path = "../requests/operations.rs"]
mod operations;

use operations::Caller;

use crate::witness::{self, TOKEN};

/// A fault, played to every attempt of every operation.
struct Fault {
    name: &'static str,
    script: Script,
    /// Whether a create under it has certainly made nothing.
    refused: bool,
}

struct Sufferer<'a> {
    fault: &'a Fault,
    operations: usize,
    failures: usize,
}

/// More than any policy here sends.
const ATTEMPTS: usize = 12;

fn client(listener: &Listener) -> Client {
    let moment = Duration::from_millis(1);
    let policy = RetryPolicy::default().with_backoff(moment, moment);
    let patience = Duration::from_millis(150);
    let timeouts = Timeouts::default()
        .with_headers(patience)
        .with_body(patience)
        .with_idle(patience)
        .with_call(10 * patience);
    let transport = Transport::builder()
        .token(TOKEN)
        .base_url(listener.url())
        .retry(policy)
        .timeouts(timeouts);
    Client::from_transport(transport.build().unwrap())
}

impl Caller for Sufferer<'_> {
    async fn call<F: Future<Output = Result<(), replicate_api::Error>>>(
        &mut self,
        operation: &'static str,
        call: impl FnOnce(Client) -> F,
    ) {
        let fault = self.fault;
        let scripts = std::iter::repeat_n(fault.script.clone(), ATTEMPTS);
        let listener = Listener::start(scripts).unwrap();
        let ended = call(client(&listener)).await;
        self.operations += 1;
        if let Err(error) = ended {
            self.failures += 1;
            let told = witness::told(&error.into());
            let what = format!("{operation} under {}: {told}", fault.name);
            assert!(!witness::shows(&told), "{what}");
        }
        let sent = listener.received().len().max(listener.connections());
        let idempotent = api::ALL
            .iter()
            .any(|known| known.id.replace('.', "_") == operation && known.idempotent);
        if !idempotent && !fault.refused {
            assert_eq!(sent, 1, "{operation} under {}", fault.name);
        }
        // A create that is refused waits in the queue for its timeout, not for a number of attempts.
        let queued = fault.refused && !idempotent;
        assert!(
            sent > 0 && (sent < ATTEMPTS || queued),
            "{operation}: {sent} requests"
        );
    }
}

fn whole(reply: Reply) -> Script {
    Script::reply(reply.header("connection", "close"))
}

fn problem(status: u16) -> Script {
    let body = json!({
        "title": TOKEN, "detail": format!("not with {TOKEN}"), "status": status,
        "invalid_fields": [{ "field": TOKEN, "type": TOKEN, "description": TOKEN }],
        TOKEN: TOKEN,
    });
    whole(Reply::json(status, body.to_string()).header("x-request-id", TOKEN))
}

/// What servers may do, each of which repeats the token where it can.
fn faults(elsewhere: &str) -> Vec<Fault> {
    let mut injector = Injector::new(37);
    let answer = Reply::json(200, format!("{{\"id\":\"x\",\"status\":\"{TOKEN}\"}}"));
    let fault = |name, script| Fault {
        name,
        script,
        refused: false,
    };
    let refused = |name, script| Fault {
        refused: true,
        ..fault(name, script)
    };
    let json = |text: String| whole(Reply::json(200, text));
    let slow_down = Reply::json(
        429,
        format!("{{\"detail\":\"{TOKEN} resets in ~0.001s.\"}}"),
    );
    vec![
        fault(
            "a reset before any byte",
            Script::new().read_request().reset(),
        ),
        fault(
            "a reset inside the headers",
            injector.reset_in_head(&answer),
        ),
        fault("a reset inside the body", injector.reset_in_body(&answer)),
        fault("a cut inside the body", injector.cut_in_body(&answer)),
        fault("chunks without an end", injector.unfinished_chunks(&answer)),
        fault("silence inside the body", injector.stall_in_body(&answer)),
        fault("silence", Script::new().read_request().hold()),
        fault(
            "no HTTP",
            Script::new()
                .read_request()
                .write(format!("{TOKEN}\r\n\r\n")),
        ),
        fault("500", problem(500)),
        fault(
            "503 with a page",
            whole(
                Reply::new(503)
                    .header("content-type", "text/html")
                    .body(TOKEN),
            ),
        ),
        refused("429", whole(slow_down)),
        fault("401", problem(401)),
        fault("402", problem(402)),
        fault("404", problem(404)),
        fault("409", problem(409)),
        fault("422", problem(422)),
        fault(
            "a redirect",
            whole(Reply::new(307).header("location", elsewhere)),
        ),
        fault(
            "a body that is cut off",
            json(format!("{{\"id\":\"{TOKEN}\",\"next\":\"{TOKEN}")),
        ),
        fault("a body of another kind", json(format!("[\"{TOKEN}\",5]"))),
        fault(
            "fields of another kind",
            json(format!(
                "{{\"id\":[\"{TOKEN}\"],\"results\":\"{TOKEN}\",\"{TOKEN}\":1,\"key\":[\"{TOKEN}\"]}}"
            )),
        ),
        fault(
            "text",
            whole(
                Reply::new(200)
                    .header("content-type", &format!("text/{TOKEN}"))
                    .body(TOKEN),
            ),
        ),
    ]
}

#[tokio::test]
async fn no_fault_makes_any_operation_show_the_token_or_create_twice() {
    witness::watch();
    let elsewhere = Listener::start([]).unwrap();
    let faults = faults(&elsewhere.url());
    let suffering = faults.iter().map(|fault| async move {
        let mut sufferer = Sufferer {
            fault,
            operations: 0,
            failures: 0,
        };
        operations::call_all(&mut sufferer).await;
        sufferer
    });
    let mut calls = 0;
    for sufferer in futures::future::join_all(suffering).await {
        let name = sufferer.fault.name;
        calls += sufferer.operations;
        assert!(
            sufferer.failures > sufferer.operations / 2,
            "{name} is hardly a fault"
        );
    }
    let (lines, found) = witness::traced();
    assert!(lines > calls, "{lines} lines of {calls} calls");
    assert!(found.is_empty(), "{found:?}");
    // Only the two operations that are streamed follow redirects, in three attempts each.
    let redirected = elsewhere.connections();
    assert!((1..=6).contains(&redirected), "{redirected} connections");
    assert!(!witness::shows(&String::from_utf8_lossy(
        &elsewhere.bytes()
    )));
}
