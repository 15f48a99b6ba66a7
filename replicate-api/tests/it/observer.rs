//! What observes a create knows of each attempt before it is sent, and of each that had no
//! effect.

use std::io;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use replicate_api::{AttemptObserver, ErrorKind, RequestOptions, Transport};
use replicate_test_support::{Listener, Script};

use crate::{
    PREDICTION, assert_contains, create, json_reply, listener, rate_limited, read, transport,
};

/// Notes each call with the number of requests that had arrived by then.
struct Notes {
    listener: Listener,
    calls: Mutex<Vec<(&'static str, usize)>>,
    fails: bool,
}

impl Notes {
    fn new<const N: usize>(scripts: [Script; N], fails: bool) -> Arc<Self> {
        Arc::new(Self {
            listener: listener(scripts),
            calls: Mutex::default(),
            fails,
        })
    }

    /// A transport to the listener, with this observer.
    fn transport(self: &Arc<Self>) -> Transport {
        let options = RequestOptions::new().with_attempt_observer(Arc::clone(self) as _);
        transport(&self.listener).with_options(options)
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
    let notes = Notes::new([rate_limited("0"), json_reply(201, PREDICTION)], false);
    create(&notes.transport()).await.unwrap();
    let expected = [("before", 0), ("not processed", 1), ("before", 1)];
    assert_eq!(notes.calls(), expected);
}

#[tokio::test]
async fn nothing_is_sent_if_the_observer_fails() {
    let notes = Notes::new([], true);
    let error = create(&notes.transport()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert_contains(error, &["the disk is full; nothing was sent"]);
    assert_eq!(notes.calls(), [("before", 0)]);
    assert_eq!(notes.listener.connections(), 0);
}

#[tokio::test]
async fn reads_are_not_observed() {
    let notes = Notes::new([json_reply(200, PREDICTION)], false);
    read(&notes.transport()).await.unwrap();
    assert!(notes.calls().is_empty());
}
