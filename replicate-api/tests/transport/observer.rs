//! What observes a create knows of each attempt before it is sent, and of each that had no
//! effect.

use std::io;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use replicate_api::{AttemptObserver, ErrorKind, RequestOptions};
use replicate_test_support::{Listener, Reply, Script};

use crate::{PREDICTION, create, listener, read, transport};

/// Notes each call with the number of requests that had arrived by then.
struct Notes {
    listener: Arc<Listener>,
    calls: Mutex<Vec<(&'static str, usize)>>,
    fails: bool,
}

impl Notes {
    fn new(listener: &Arc<Listener>) -> Self {
        Self {
            listener: Arc::clone(listener),
            calls: Mutex::default(),
            fails: false,
        }
    }

    fn note(&self, call: &'static str) {
        let arrived = self.listener.received().len();
        self.calls.lock().unwrap().push((call, arrived));
    }

    fn calls(&self) -> Vec<(&'static str, usize)> {
        self.calls.lock().unwrap().clone()
    }
}

impl AttemptObserver for Notes {
    fn before_send(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            self.note("before");
            match self.fails {
                true => Err(io::Error::other("the disk is full")),
                false => Ok(()),
            }
        })
    }

    fn not_processed(&self) {
        self.note("not processed");
    }
}

#[tokio::test]
async fn each_attempt_is_observed_before_it_is_sent_and_after_it_was_rejected() {
    let limited = Reply::json(429, "{}").header("Retry-After", "0");
    let scripts = [
        Script::reply(limited),
        Script::reply(Reply::json(201, PREDICTION)),
    ];
    let listener = Arc::new(listener(scripts));
    let notes = Arc::new(Notes::new(&listener));
    let options = RequestOptions::new().with_attempt_observer(notes.clone());
    let transport = transport(&listener).with_options(options);
    create(&transport).await.unwrap();
    let expected = [("before", 0), ("not processed", 1), ("before", 1)];
    assert_eq!(notes.calls(), expected);
}

#[tokio::test]
async fn nothing_is_sent_if_the_observer_fails() {
    let listener = Arc::new(listener([]));
    let notes = Arc::new(Notes {
        fails: true,
        ..Notes::new(&listener)
    });
    let options = RequestOptions::new().with_attempt_observer(notes.clone());
    let error = create(&transport(&listener).with_options(options)).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    let message = error.to_string();
    assert!(
        message.contains("the disk is full; nothing was sent"),
        "{message}"
    );
    assert_eq!(notes.calls(), [("before", 0)]);
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn reads_are_not_observed() {
    let listener = Arc::new(listener([Script::reply(Reply::json(200, PREDICTION))]));
    let notes = Arc::new(Notes::new(&listener));
    let options = RequestOptions::new().with_attempt_observer(notes.clone());
    read(&transport(&listener).with_options(options))
        .await
        .unwrap();
    assert!(notes.calls().is_empty());
}
