//! Creates use no connection that the server may have closed.

use std::time::Duration;

use replicate_api::Timeouts;
use replicate_test_support::{Listener, Reply, Script};
use tokio::runtime::Runtime;

use crate::{PREDICTION, builder, create, listener, read};

fn created() -> Reply {
    Reply::json(201, PREDICTION)
}

fn account() -> Reply {
    Reply::json(200, "{}")
}

#[tokio::test]
async fn read_on_a_stale_connection_is_retried_on_another() {
    let stale = Script::reply(account()).read_request().reset();
    let listener = listener([stale, Script::reply(account())]);
    let transport = builder(&listener).build().unwrap();
    read(&transport).await.unwrap();
    read(&transport).await.unwrap();
    let connections: Vec<_> = listener.received().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn create_uses_no_connection_that_was_idle_for_long() {
    let listener = listener([Script::reply(created()).hold(), Script::reply(created())]);
    // Shorter than the time between two calls.
    let idle = Duration::from_nanos(1);
    let timeouts = Timeouts::default().with_create_idle(idle);
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    create(&transport).await.unwrap();
    create(&transport).await.unwrap();
    assert_eq!(listener.connections(), 2);
}

#[tokio::test]
async fn creates_in_a_row_share_a_connection() {
    let script = Script::reply(created()).read_request().write(created());
    let listener = listener([script]);
    let timeouts = Timeouts::default().with_create_idle(Duration::from_secs(60));
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    create(&transport).await.unwrap();
    create(&transport).await.unwrap();
    assert_eq!(listener.connections(), 1);
}

#[tokio::test]
async fn create_does_not_take_the_idle_connection_of_a_read() {
    let listener = listener([Script::reply(account()).hold(), Script::reply(created())]);
    let transport = builder(&listener).build().unwrap();
    read(&transport).await.unwrap();
    create(&transport).await.unwrap();
    assert_eq!(listener.connections(), 2);
}

#[tokio::test]
async fn read_right_after_a_create_uses_its_connection() {
    let script = Script::reply(created()).read_request().write(account());
    let listener = listener([script]);
    let timeouts = Timeouts::default().with_create_idle(Duration::from_secs(60));
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    create(&transport).await.unwrap();
    read(&transport).await.unwrap();
    assert_eq!(listener.connections(), 1);
}

#[tokio::test]
async fn read_some_time_after_a_create_has_a_connection_of_its_own() {
    let listener = listener([Script::reply(created()).hold(), Script::reply(account())]);
    let timeouts = Timeouts::default().with_create_idle(Duration::ZERO);
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    create(&transport).await.unwrap();
    read(&transport).await.unwrap();
    assert_eq!(listener.connections(), 2);
}

#[tokio::test]
async fn streamed_create_uses_no_stale_connection() {
    let listener = listener([Script::reply(account()).hold(), Script::reply(created())]);
    let transport = builder(&listener).build().unwrap();
    let get = |path| transport.request(replicate_api::Method::GET, path);
    get("/files/f/download")
        .send_streamed()
        .await
        .unwrap()
        .bytes(10)
        .await
        .unwrap();
    let post = transport
        .request(replicate_api::Method::POST, "/predictions")
        .body("{}");
    post.send_streamed().await.unwrap();
    assert_eq!(listener.connections(), 2);
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// A server on a runtime with a thread of its own.
fn server(scripts: impl IntoIterator<Item = Script>) -> (Runtime, Listener) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let serving = builder.worker_threads(1).enable_all().build().unwrap();
    let listener = serving.block_on(async { Listener::start(scripts).unwrap() });
    (serving, listener)
}

#[test]
fn one_client_works_in_many_runtimes_that_come_and_go() {
    let both = Script::reply(created()).read_request().write(account());
    let (_serving, listener) = server(std::iter::repeat_n(both, 1000));
    let transport = builder(&listener).build().unwrap();
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
    let scripts = [Script::reply(created()).hold(), Script::reply(created())];
    let (_serving, listener) = server(scripts);
    let timeouts = Timeouts::default().with_create_idle(Duration::from_secs(60));
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    let (idle, other) = (runtime(), runtime());
    idle.block_on(create(&transport)).unwrap();
    let begun = std::time::Instant::now();
    other.block_on(create(&transport)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(listener.connections(), 2);
}
