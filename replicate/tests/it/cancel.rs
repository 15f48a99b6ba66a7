//! Cancellation: by token, on drop, before anything is created, and by the server's deadline.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, ErrorKind, Run};
use replicate_emulator::Fault;
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::json;

use crate::programs::count;
use crate::support::*;

/// A script that opens the first gate when its request has arrived, and sends its response when
/// the second is open.
fn held(response: Reply) -> (Script, Gate, Gate) {
    let (arrived, respond) = (Gate::new(), Gate::new());
    let script = Script::new().read_request().open(&arrived);
    (script.wait_for(&respond).write(response), arrived, respond)
}

/// A script that opens the gate when its request has arrived, and never responds.
fn silent() -> (Script, Gate) {
    let arrived = Gate::new();
    (Script::new().read_request().open(&arrived).hold(), arrived)
}

/// Cancels the run's token once the gate is open, and returns how the run ended.
async fn canceled_at(gate: &Gate, run: Run) -> replicate::Result<replicate::Output> {
    let token = CancellationToken::new();
    let run = run.cancellation_token(token.clone());
    let canceling = async {
        gate.wait().await;
        token.cancel();
    };
    futures::join!(run.into_future(), canceling).0
}

/// Drops the run once the gate is open.
async fn dropped_at(gate: &Gate, run: Run) {
    let mut running = run.into_future();
    tokio::select! {
        _ = &mut running => panic!("it waits"),
        () = gate.wait() => {}
    }
}

#[tokio::test]
async fn a_token_canceled_before_the_call_creates_nothing() {
    let (listener, client) = serve([]);
    let token = CancellationToken::new();
    token.cancel();
    let run = client.run(VERSION).cancellation_token(token);
    let error = run.await.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert!(error.prediction().is_none());
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_token_canceled_while_polling_cancels_at_the_server() {
    let (emulator, client) = emulator().await;
    let (begun, opens) = processing();
    let error = canceled_at(&begun, slow(&client).on_progress(opens)).await;
    let error = error.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert!(error.prediction().is_some());
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
}

#[tokio::test]
async fn a_create_in_flight_is_canceled_as_soon_as_it_has_an_id() {
    let undecodable = json!({ "id": "p1", "status": 5 });
    for created in [prediction("starting"), undecodable] {
        for dropped in [false, true] {
            let (create, arrived, respond) = held(json_reply(201, &created));
            let (listener, client) = serve([create, state("canceled")]);
            let run = client.run(VERSION);
            if dropped {
                dropped_at(&arrived, run.cancel_on_drop()).await;
                respond.open();
            } else {
                let responding = async {
                    arrived.wait().await;
                    respond.open();
                };
                let (ended, ()) = futures::join!(canceled_at(&arrived, run), responding);
                let error = ended.unwrap_err();
                assert_error(&error, ErrorKind::Canceled, "");
                assert_eq!(error.prediction().unwrap().id, "p1");
            }
            listener.wait_for_requests(2).await;
            let requests = listener.request_lines();
            assert_eq!(requests, [CREATE, CANCEL], "{created} {dropped}");
        }
    }
}

#[tokio::test]
async fn a_canceled_run_returns_within_two_seconds_when_the_server_does_not_respond() {
    let (create, arrived) = silent();
    let (_listener, client) = serve([create, reply(200, &json!({ "results": [] }))]);
    let began = Instant::now();
    let error = canceled_at(&arrived, client.run(VERSION)).await;
    let error = error.unwrap_err();
    assert_error(&error, ErrorKind::OutcomeUnknown, "");
    assert!(error.sent_at().is_some());
    let found = client.predictions().reconcile(&error).await.unwrap();
    assert!(found.matching.is_empty(), "it can still be looked for");
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_prediction_that_has_succeeded_before_its_cancel_is_a_success() {
    let (poll, arrived) = silent();
    let (listener, client) = serve([created("starting"), poll, state("succeeded")]);
    canceled_at(&arrived, client.run(VERSION)).await.unwrap();
    assert_eq!(listener.request_lines()[2], CANCEL);
}

#[tokio::test]
async fn a_canceled_run_returns_once_the_server_says_canceled() {
    let (poll, arrived) = silent();
    let states = ["processing", "processing", "canceled"].map(state);
    let scripts = [created("processing"), poll].into_iter().chain(states);
    let (listener, client) = serve(scripts);
    let error = canceled_at(&arrived, client.run(VERSION)).await;
    let error = error.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert_eq!(error.prediction().unwrap().status.to_string(), "canceled");
    let requests = listener.request_lines();
    assert_eq!(requests, [CREATE, GET, CANCEL, GET, GET]);
}

#[tokio::test]
async fn a_cancel_that_failed_has_the_kind_of_its_failure() {
    for (cancel, kind) in [
        (reply(403, &json!({})), ErrorKind::Authentication),
        (reply(402, &json!({})), ErrorKind::PaymentRequired),
        (silent().0, ErrorKind::Timeout),
    ] {
        let (poll, arrived) = silent();
        let (_listener, client) = serve([created("processing"), poll, cancel]);
        let began = Instant::now();
        let error = canceled_at(&arrived, client.run(VERSION)).await;
        let error = error.unwrap_err();
        assert_error(&error, kind, "may still be running");
        assert_eq!(error.prediction_id(), Some("p1"));
        assert!(began.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn dropping_a_run_cancels_only_where_it_was_asked_for_and_shutdown_waits_for_it() {
    for (cancels, status) in [(true, "canceled"), (false, "processing")] {
        let (emulator, client) = emulator().await;
        let slowly = Fault::latency(Duration::from_millis(300));
        let slowly = slowly.on("predictions.cancel");
        emulator.inject_fault(slowly).unwrap();
        let (begun, opens) = processing();
        let mut run = slow(&client).on_progress(opens);
        if cancels {
            run = run.cancel_on_drop();
        }
        dropped_at(&begun, run).await;
        client.shutdown().await;
        assert_eq!(emulator.predictions()[0].status.to_string(), status);
    }
}

#[tokio::test]
async fn a_finished_run_cancels_nothing_when_it_is_dropped() {
    let (emulator, client) = emulator().await;
    text_run(&client, "a").cancel_on_drop().await.unwrap();
    client.shutdown().await;
    assert_eq!(count(&emulator, "predictions.cancel"), 0);
}

#[tokio::test]
async fn the_servers_deadline_ends_a_run_as_canceled() {
    let (emulator, client) = emulator().await;
    let (begun, opens) = processing();
    let run = slow(&client).cancel_after(Duration::from_secs(5));
    let skipping = async {
        begun.wait().await;
        emulator.advance(Duration::from_secs(6));
    };
    let (ended, ()) = futures::join!(run.on_progress(opens).into_future(), skipping);
    assert_error(&ended.unwrap_err(), ErrorKind::Canceled, "");
}

#[tokio::test]
async fn a_wait_takes_an_id_and_can_be_canceled_too() {
    let (emulator, client) = emulator().await;
    let created = slow(&client).start().await.unwrap();
    let token = CancellationToken::new();
    token.cancel();
    let wait = client.wait(created.id()).cancellation_token(token);
    assert_error(&wait.await.unwrap_err(), ErrorKind::Canceled, "");
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
    let error = client.wait(created.id()).await.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
}

#[tokio::test]
async fn a_run_that_is_canceled_or_dropped_between_its_attempts_creates_nothing() {
    for dropped in [true, false] {
        let busy = Reply::new(429).header("retry-after", "1").body("");
        let (listener, client) = serve([Script::reply(busy), created("starting")]);
        let arrived = Gate::new();
        let arriving = async {
            listener.wait_for_requests(1).await;
            arrived.open();
        };
        let run = client.run(VERSION);
        if dropped {
            futures::join!(dropped_at(&arrived, run.cancel_on_drop()), arriving);
        } else {
            let (ended, ()) = futures::join!(canceled_at(&arrived, run), arriving);
            let says = "before a prediction was created";
            assert_error(&ended.unwrap_err(), ErrorKind::Canceled, says);
        }
        // The next create waits behind those that were there before.
        client.predictions().create(VERSION).await.unwrap();
        assert_eq!(listener.received().len(), 2);
    }
}

#[tokio::test]
async fn a_run_that_is_canceled_before_its_second_route_creates_nothing() {
    let model = json!({ "latest_version": { "id": "v1" } });
    // By the time of this response the run is canceled, so that no other route is tried.
    let (none, arrived, respond) = held(json_reply(404, &json!({})));
    let (listener, client) = serve([reply(200, &model), none]);
    let responding = async {
        arrived.wait().await;
        tokio::task::yield_now().await;
        respond.open();
    };
    let run = canceled_at(&arrived, client.run("acme/app"));
    let (ended, ()) = futures::join!(run, responding);
    assert_error(&ended.unwrap_err(), ErrorKind::Canceled, "");
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
        let (emulator, client) = emulator().await;
        let stream = client.stream("emulator/text").cancel_on_drop();
        let stream = stream.input(json!({ "prompt": "a", "delay": 60 }));
        let stream = stream.await.unwrap();
        (emulator, client, stream)
    });
    drop(stream);
    runtime.block_on(client.shutdown());
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
}

/// Cancels or drops a run once the gate is open.
async fn interrupt(client: &Client, at: &Gate, dropped: bool) {
    let run = client.run(VERSION).cancel_on_drop();
    match dropped {
        true => dropped_at(at, run).await,
        false => {
            let error = canceled_at(at, run).await.unwrap_err();
            assert_error(&error, ErrorKind::Canceled, "");
        }
    }
}

#[tokio::test]
async fn a_run_that_is_canceled_or_dropped_while_its_token_is_supplied_sends_nothing() {
    for dropped in [true, false] {
        let listener = Listener::start([created("starting")]).unwrap();
        let (asked, given) = (Gate::new(), Gate::new());
        let (asks, gives) = (asked.clone(), given.clone());
        let supplier = move || {
            let (asks, gives) = (asks.clone(), gives.clone());
            async move {
                asks.open();
                gives.wait().await;
                replicate::Token::new("r8_supplied_token")
            }
        };
        let builder = Client::builder().token_supplier(supplier);
        let client = builder.base_url(listener.url()).build().unwrap();
        interrupt(&client, &asked, dropped).await;
        given.open();
        client.shutdown().await;
        assert_eq!(listener.connections(), 0, "{dropped}");
    }
}

#[tokio::test]
async fn a_run_that_is_canceled_or_dropped_while_it_connects_sends_nothing() {
    for dropped in [true, false] {
        let (asked, resolved) = (Gate::new(), Gate::new());
        let nothing = reply(200, &json!({}));
        let listener = Listener::start([nothing.clone(), nothing]).unwrap();
        let resolver = std::sync::Arc::new(SlowResolver {
            asked: asked.clone(),
            resolved: resolved.clone(),
            addr: listener.address(),
        });
        let client = builder(&format!("http://api.invalid:{}", listener.address().port()))
            .allow_insecure_http(true)
            .http(move |http| http.dns_resolver(resolver.clone()).no_proxy())
            .build()
            .unwrap();
        interrupt(&client, &asked, dropped).await;
        resolved.open();
        client.shutdown().await;
        // The connection may yet be made, since others could use it.
        client.account().get().await.unwrap();
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
        let (create, arrived, respond) = held(json_reply(201, &prediction("starting")));
        let (poll, polled) = silent();
        let canceled = state("canceled");
        let (scripts, at) = match during_create {
            true => (vec![create, canceled], arrived),
            false => {
                respond.open();
                (vec![create, poll, canceled], polled)
            }
        };
        let expected = scripts.len();
        let listener = Listener::start(scripts).unwrap();
        // The tenant is set only inside the tenant's task.
        let builder =
            Client::builder().token_supplier(|| async { replicate::Token::new(TENANT.get()) });
        let client = builder.base_url(listener.url()).build().unwrap();
        let run = client.run(VERSION).cancel_on_drop();
        TENANT.scope("r8_of_the_tenant", dropped_at(&at, run)).await;
        respond.open();
        client.shutdown().await;
        let received = listener.received();
        assert_eq!(received.len(), expected, "{during_create}");
        for request in received {
            let token = Some("Bearer r8_of_the_tenant");
            assert_eq!(request.header("authorization"), token);
        }
    }
}
