//! Cancellation: by token, on drop, before anything is created, and by the server's deadline.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, ErrorKind};
use replicate_emulator::Emulator;
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::json;

use crate::support::processing;

const VERSION: &str = "acme/app:1a2b3c4d";
const CANCEL: &str = "POST /v1/predictions/p1/cancel";

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

fn created() -> Reply {
    Reply::json(201, json!({ "id": "p1", "status": "starting" }).to_string())
}

fn state(status: &str) -> Reply {
    Reply::json(200, json!({ "id": "p1", "status": status }).to_string())
}

/// A server that holds the create's response until the second gate is open, and then takes a
/// cancel. The first gate opens when the create has arrived.
fn held(created: Reply) -> (Listener, Gate, Gate) {
    let (sent, respond) = (Gate::new(), Gate::new());
    let create = Script::new().read_request().open(&sent).wait_for(&respond);
    let cancel = Script::reply(state("canceled"));
    let listener = Listener::start([create.write(created), cancel]).unwrap();
    (listener, sent, respond)
}

/// Cancels the token once the gate is open.
async fn cancel_at(gate: &Gate, token: &CancellationToken) {
    gate.wait().await;
    token.cancel();
}

#[tokio::test]
async fn a_token_canceled_before_the_call_creates_nothing() {
    let listener = Listener::start([]).unwrap();
    let token = CancellationToken::new();
    token.cancel();
    let error = client(&listener.url())
        .run(VERSION)
        .cancellation_token(token)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert!(error.prediction().is_none());
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_token_canceled_while_polling_cancels_at_the_server() {
    let emulator = Emulator::start().await.unwrap();
    let token = CancellationToken::new();
    let cancel = token.clone();
    let error = client(emulator.url())
        .run("emulator/slow")
        .input(json!({ "seconds": 60 }))
        .on_progress(move |progress| {
            let snapshot = progress.snapshot();
            if snapshot.is_some_and(|it| it.status.as_str() == "processing") {
                cancel.cancel();
            }
        })
        .cancellation_token(token)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert!(error.prediction().is_some());
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
}

#[tokio::test]
async fn a_token_canceled_during_the_create_cancels_as_soon_as_there_is_an_id() {
    let (listener, sent, respond) = held(created());
    let token = CancellationToken::new();
    let client = client(&listener.url());
    let run = client.run(VERSION).cancellation_token(token.clone());
    let canceling = async {
        cancel_at(&sent, &token).await;
        respond.open();
    };
    let (ended, ()) = futures::join!(run.into_future(), canceling);
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(error.prediction().unwrap().id, "p1");
    assert_eq!(listener.request_lines()[1..], [CANCEL]);
}

#[tokio::test]
async fn a_canceled_run_returns_within_two_seconds_when_the_server_does_not_respond() {
    let sent = Gate::new();
    let listed = Script::reply(Reply::json(200, r#"{"results":[]}"#));
    let silent = Script::new().read_request().open(&sent).hold();
    let listener = Listener::start([silent, listed]).unwrap();
    let token = CancellationToken::new();
    let began = Instant::now();
    let client = client(&listener.url());
    let run = client.run(VERSION).cancellation_token(token.clone());
    let (ended, ()) = futures::join!(run.into_future(), cancel_at(&sent, &token));
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.sent_at().is_some());
    let found = client.predictions().reconcile(&error).await.unwrap();
    assert!(
        found.matching.is_empty(),
        "it can be looked for all the same"
    );
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_prediction_that_has_succeeded_before_its_cancel_is_a_success() {
    let asked = Gate::new();
    let listener = Listener::start([
        Script::reply(created()),
        Script::new().read_request().open(&asked).hold(),
        Script::reply(state("succeeded")),
    ])
    .unwrap();
    let token = CancellationToken::new();
    let client = client(&listener.url());
    let run = client.run(VERSION).cancellation_token(token.clone());
    let (ended, ()) = futures::join!(run.into_future(), cancel_at(&asked, &token));
    ended.unwrap();
    assert_eq!(listener.request_lines()[2], CANCEL);
}

#[tokio::test]
async fn dropping_a_run_cancels_only_where_it_was_asked_for() {
    for (asked, status) in [(true, "canceled"), (false, "processing")] {
        let emulator = Emulator::start().await.unwrap();
        let client = client(emulator.url());
        let (begun, opens) = processing();
        let run = client.run("emulator/slow").input(json!({ "seconds": 60 }));
        let run = if asked { run.cancel_on_drop() } else { run };
        let run = tokio::spawn(run.on_progress(opens).into_future());
        begun.wait().await;
        run.abort();
        assert!(run.await.unwrap_err().is_cancelled());
        client.shutdown().await;
        assert_eq!(emulator.predictions()[0].status.to_string(), status);
    }
}

#[tokio::test]
async fn dropping_a_run_during_its_create_cancels_what_the_create_made() {
    let (listener, sent, respond) = held(created());
    let run = client(&listener.url()).run(VERSION).cancel_on_drop();
    let run = tokio::spawn(run.into_future());
    sent.wait().await;
    run.abort();
    run.await.unwrap_err();
    respond.open();
    listener.wait_for_requests(2).await;
    assert_eq!(listener.request_lines()[1], CANCEL);
}

#[tokio::test]
async fn a_create_that_cannot_be_decoded_but_shows_an_id_is_canceled_too() {
    for dropped in [false, true] {
        let undecodable = Reply::json(201, r#"{"id": "p1", "status": 5}"#);
        let (listener, sent, respond) = held(undecodable);
        let token = CancellationToken::new();
        let run = client(&listener.url()).run(VERSION);
        let run = match dropped {
            true => run.cancel_on_drop(),
            false => run.cancellation_token(token.clone()),
        };
        let run = tokio::spawn(run.into_future());
        sent.wait().await;
        if dropped {
            run.abort();
            run.await.unwrap_err();
            respond.open();
        } else {
            token.cancel();
            respond.open();
            let error = run.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
            assert_eq!(error.prediction_id(), Some("p1"));
        }
        listener.wait_for_requests(2).await;
        assert_eq!(listener.request_lines()[1], CANCEL);
    }
}

#[tokio::test]
async fn a_finished_run_cancels_nothing_when_it_is_dropped() {
    let emulator = Emulator::start().await.unwrap();
    client(emulator.url())
        .run("emulator/text")
        .input(json!({ "prompt": "a" }))
        .cancel_on_drop()
        .await
        .unwrap();
    let get = client(emulator.url()).account().get().await;
    assert!(get.is_ok());
    let operations: Vec<_> = emulator
        .requests()
        .iter()
        .filter_map(|r| r.operation)
        .collect();
    assert!(!operations.contains(&"predictions.cancel"));
}

#[tokio::test]
async fn the_servers_deadline_ends_a_run_as_canceled() {
    let emulator = Emulator::start().await.unwrap();
    let (begun, opens) = processing();
    let run = client(emulator.url())
        .run("emulator/slow")
        .input(json!({ "seconds": 600 }))
        .on_progress(opens)
        .cancel_after(Duration::from_secs(5));
    let skipping = async {
        begun.wait().await;
        emulator.advance(Duration::from_secs(6));
    };
    let (ended, ()) = futures::join!(run.into_future(), skipping);
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
}

#[tokio::test]
async fn a_wait_takes_an_id_and_can_be_canceled_too() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let created = replicate
        .predictions()
        .create("emulator/slow")
        .input(json!({ "seconds": 60 }))
        .await
        .unwrap();
    let token = CancellationToken::new();
    token.cancel();
    let error = replicate
        .wait(created.id.as_str())
        .cancellation_token(token)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
    let error = replicate.wait(&created.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
}

/// A server that is too busy for the first create, and would take a second.
fn busy() -> Listener {
    let busy = Reply::new(429).header("retry-after", "1").body("");
    Listener::start([Script::reply(busy), Script::reply(created())]).unwrap()
}

/// Sends another create, which waits behind those that were there before.
async fn assert_next_create_is_second(client: &Client, listener: &Listener) {
    let create = client.predictions().create(VERSION);
    create.await.unwrap();
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn a_run_that_is_canceled_between_its_attempts_creates_nothing() {
    let listener = busy();
    let client = client(&listener.url());
    let token = CancellationToken::new();
    let run = client.run(VERSION).cancellation_token(token.clone());
    let cancelling = async {
        listener.wait_for_requests(1).await;
        token.cancel();
    };
    let (ended, ()) = futures::join!(run.into_future(), cancelling);
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
    assert!(
        error
            .to_string()
            .contains("before a prediction was created"),
        "{error}"
    );
    assert_next_create_is_second(&client, &listener).await;
}

#[tokio::test]
async fn a_run_that_is_dropped_between_its_attempts_creates_nothing() {
    let listener = busy();
    let client = client(&listener.url());
    let run = client.run(VERSION).cancel_on_drop();
    let mut running = run.into_future();
    tokio::select! {
        _ = &mut running => panic!("it waits"),
        () = listener.wait_for_requests(1) => {}
    }
    drop(running);
    assert_next_create_is_second(&client, &listener).await;
}

#[tokio::test]
async fn a_run_that_is_canceled_before_its_second_route_creates_nothing() {
    let (sent, respond) = (Gate::new(), Gate::new());
    let model = r#"{"latest_version": {"id": "v1"}}"#;
    let model = Script::reply(Reply::json(200, model).header("connection", "close"));
    let none = Reply::json(404, "{}").header("connection", "close");
    // By then the run is canceled, so that no other route is tried.
    let none = Script::new()
        .read_request()
        .open(&sent)
        .wait_for(&respond)
        .write(none);
    let listener = Listener::start([model, none]).unwrap();
    let token = CancellationToken::new();
    let run = client(&listener.url())
        .run("acme/app")
        .cancellation_token(token.clone());
    let cancelling = async {
        sent.wait().await;
        token.cancel();
        tokio::task::yield_now().await;
        respond.open();
    };
    let (ended, ()) = futures::join!(run.into_future(), cancelling);
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::Canceled);
    assert_eq!(listener.received().len(), 2);
}

#[test]
fn what_is_dropped_outside_of_its_runtime_is_canceled_there() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (emulator, client, stream) = runtime.block_on(async {
        let emulator = Emulator::start().await.unwrap();
        let client = client(emulator.url());
        let stream = client
            .stream("emulator/text")
            .input(json!({ "prompt": "a", "delay": 60 }))
            .cancel_on_drop()
            .await
            .unwrap();
        (emulator, client, stream)
    });
    drop(stream);
    runtime.block_on(client.shutdown());
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
}

/// A client whose token supplier opens the first gate, and waits for the second.
fn supplied(url: &str, asked: &Gate, given: &Gate) -> Client {
    let (asked, given) = (asked.clone(), given.clone());
    Client::builder()
        .token_supplier(move || {
            let (asked, given) = (asked.clone(), given.clone());
            async move {
                asked.open();
                given.wait().await;
                replicate::Token::new("r8_supplied_token")
            }
        })
        .base_url(url)
        .build()
        .unwrap()
}

/// Drops or cancels a run once the gate is open.
async fn interrupt(client: &Client, at: &Gate, dropped: bool) {
    let token = CancellationToken::new();
    let run = client.run(VERSION).cancel_on_drop();
    let run = tokio::spawn(run.cancellation_token(token.clone()).into_future());
    at.wait().await;
    if dropped {
        run.abort();
        run.await.unwrap_err();
    } else {
        token.cancel();
        let error = run.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
    }
}

#[tokio::test]
async fn a_run_that_is_canceled_or_dropped_while_its_token_is_supplied_sends_nothing() {
    for dropped in [true, false] {
        let listener = Listener::start([Script::reply(created())]).unwrap();
        let (asked, given) = (Gate::new(), Gate::new());
        let replicate = supplied(&listener.url(), &asked, &given);
        interrupt(&replicate, &asked, dropped).await;
        given.open();
        replicate.shutdown().await;
        assert_eq!(listener.connections(), 0, "{dropped}");
    }
}

#[tokio::test]
async fn a_run_that_is_canceled_or_dropped_while_it_connects_sends_nothing() {
    for dropped in [true, false] {
        let (asked, resolved) = (Gate::new(), Gate::new());
        let nothing = Script::reply(Reply::json(200, "{}"));
        let listener = Listener::start([nothing.clone(), nothing]).unwrap();
        let resolver = SlowResolver {
            asked: asked.clone(),
            resolved: resolved.clone(),
            addr: listener.address(),
        };
        let resolver = std::sync::Arc::new(resolver);
        let replicate = Client::builder()
            .token("r8_test")
            .base_url(format!("http://api.invalid:{}", listener.address().port()))
            .allow_insecure_http(true)
            .http(move |http| http.dns_resolver(resolver.clone()).no_proxy())
            .build()
            .unwrap();
        interrupt(&replicate, &asked, dropped).await;
        resolved.open();
        replicate.shutdown().await;
        // The connection may yet be made, since others could use it.
        replicate.account().get().await.unwrap();
        assert_eq!(listener.request_lines(), ["GET /v1/account"], "{dropped}");
    }
}

#[derive(Debug)]
struct SlowResolver {
    asked: Gate,
    resolved: Gate,
    addr: std::net::SocketAddr,
}

impl reqwest::dns::Resolve for SlowResolver {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let (asked, resolved, addr) = (self.asked.clone(), self.resolved.clone(), self.addr);
        Box::pin(async move {
            asked.open();
            resolved.wait().await;
            Ok(Box::new(std::iter::once(addr)) as reqwest::dns::Addrs)
        })
    }
}

tokio::task_local! {
    static TENANT: &'static str;
}

#[tokio::test]
async fn the_cancel_after_a_drop_has_the_token_of_the_create_and_asks_no_supplier() {
    for during_create in [true, false] {
        let (sent, respond) = (Gate::new(), Gate::new());
        let create = Script::new().read_request().open(&sent).wait_for(&respond);
        let poll = Script::new().read_request().hold();
        let mut scripts = vec![create.write(created())];
        if !during_create {
            respond.open();
            scripts.push(poll);
        }
        scripts.push(Script::reply(state("canceled")));
        let expected = scripts.len();
        let listener = Listener::start(scripts).unwrap();
        let replicate = Client::builder()
            // The tenant is set only inside the tenant's task.
            .token_supplier(|| async { replicate::Token::new(TENANT.get()) })
            .base_url(listener.url())
            .build()
            .unwrap();
        let run = replicate.run(VERSION).cancel_on_drop();
        let run = TENANT.scope("r8_of_the_tenant", run.into_future());
        let mut run = Box::pin(run);
        let until = if during_create { 1 } else { 2 };
        tokio::select! {
            _ = &mut run => panic!("it waits"),
            () = listener.wait_for_requests(until) => {}
        }
        drop(run);
        respond.open();
        replicate.shutdown().await;
        let received = listener.received();
        assert_eq!(received.len(), expected, "{during_create}");
        for request in received {
            let token = Some("Bearer r8_of_the_tenant");
            assert_eq!(request.header("authorization"), token);
        }
    }
}
