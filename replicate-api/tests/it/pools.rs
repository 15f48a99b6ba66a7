//! Creates use no connection that the server may have closed.

use std::time::Duration;

use replicate_api::{Method, Timeouts, Transport};
use replicate_test_support::{Listener, Reply, Script};
use tokio::runtime::Runtime;

use crate::{PREDICTION, builder, create, json_reply, listener, read};

/// A transport to a server that sends the same response to every request of a connection.
fn keep_alive(create_idle: Duration) -> (Listener, Transport) {
    let script = Script::reply_to_all(Reply::json(200, PREDICTION));
    let listener = Listener::always(script).unwrap();
    let timeouts = Timeouts::default().with_create_idle(create_idle);
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    (listener, transport)
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn read_on_a_stale_connection_is_retried_on_another() {
    let stale = json_reply(200, "{}").read_request().reset();
    let listener = listener([stale, json_reply(200, "{}")]);
    let transport = builder(&listener).build().unwrap();
    read(&transport).await.unwrap();
    read(&transport).await.unwrap();
    let connections: Vec<_> = listener.received().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn creates_in_a_row_share_a_connection_unless_it_was_idle_for_long() {
    // A nanosecond is less than the time between two calls.
    for (idle, connections) in [(LONG, 1), (Duration::from_nanos(1), 2)] {
        let (listener, transport) = keep_alive(idle);
        create(&transport).await.unwrap();
        create(&transport).await.unwrap();
        assert_eq!(listener.connections(), connections, "{idle:?}");
    }
}

#[tokio::test]
async fn create_does_not_take_the_idle_connection_of_a_read() {
    let (listener, transport) = keep_alive(LONG);
    read(&transport).await.unwrap();
    create(&transport).await.unwrap();
    assert_eq!(listener.connections(), 2);
}

#[tokio::test]
async fn read_uses_the_connection_of_a_create_right_after_it() {
    for (idle, connections) in [(LONG, 1), (Duration::ZERO, 2)] {
        let (listener, transport) = keep_alive(idle);
        create(&transport).await.unwrap();
        read(&transport).await.unwrap();
        assert_eq!(listener.connections(), connections, "{idle:?}");
    }
}

#[tokio::test]
async fn streamed_create_uses_no_stale_connection() {
    let (listener, transport) = keep_alive(LONG);
    let get = transport.request(Method::GET, "/files/f/download");
    let response = get.send_streamed().await.unwrap();
    response.bytes(100).await.unwrap();
    let post = transport.request(Method::POST, "/predictions").body("{}");
    post.send_streamed().await.unwrap();
    assert_eq!(listener.connections(), 2);
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn one_client_works_in_many_runtimes_that_come_and_go() {
    let serving = Runtime::new().unwrap();
    let (_listener, transport) = serving.block_on(async { keep_alive(LONG) });
    let rounds = || {
        for _ in 0..25 {
            runtime().block_on(async {
                create(&transport).await.unwrap();
                read(&transport).await.unwrap();
            });
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(rounds))));
}

#[test]
fn connection_of_a_runtime_that_is_not_driven_holds_back_no_other() {
    let serving = Runtime::new().unwrap();
    let (listener, transport) = serving.block_on(async { keep_alive(LONG) });
    let (idle, other) = (runtime(), runtime());
    idle.block_on(create(&transport)).unwrap();
    let begun = std::time::Instant::now();
    other.block_on(create(&transport)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(listener.connections(), 2);
}
