//! One scenario: what the servers do, what is called, and what must come of it.

use std::time::Duration;

use replicate::{Client, ClientBuilder, Error, Timeouts};
use replicate_test_support::{Injector, Reply, Script};
use serde_json::Value;

use crate::names::Trouble;
use crate::operation::{Operation, json_reply, prediction};
use crate::promise::{ALWAYS, Row};

/// What is called instead of the operation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The operation.
    Usual,
    /// A run, from its create to its end.
    Run,
    /// A run of what an upload gave.
    RunWithUpload,
    /// A wait for the prediction's end.
    Wait,
    /// The operation twice, with a pause in which the connection goes stale.
    Twice,
    /// The operation, of whose answer the first mebibyte is read.
    ReadSome,
}

pub(crate) struct Case {
    pub(crate) variant: String,
    /// What the faulted server does, connection by connection.
    pub(crate) scripts: Vec<Script>,
    /// Whether it does the last of it again and again; else it answers rightly after that.
    pub(crate) forever: bool,
    /// What the API answers to a stream's create.
    pub(crate) created: Option<Value>,
    /// What the API answers when a stream asks for its prediction; the last again and again.
    pub(crate) asked: Vec<Reply>,
    pub(crate) outcome: Option<String>,
    pub(crate) act: Act,
    /// How many creates may be sent: one, and one for each that was refused by a whole 429.
    pub(crate) creates: usize,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) setup: fn(ClientBuilder) -> ClientBuilder,
    /// Within what it must have ended.
    pub(crate) limit: Duration,
    pub(crate) check: fn(&Error),
}

/// The deadline of every call, and one second.
const LIMIT: Duration = Duration::from_secs(9);

pub(crate) fn usual_timeouts() -> Timeouts {
    Timeouts::default()
        .with_call(LIMIT - Duration::from_secs(1))
        .with_headers(Duration::from_secs(5))
        .with_body(Duration::from_secs(5))
}

impl Case {
    pub(crate) fn new(variant: impl Into<String>, scripts: impl Into<Vec<Script>>) -> Self {
        Self {
            variant: variant.into(),
            scripts: scripts.into(),
            forever: false,
            created: None,
            asked: Vec::new(),
            outcome: None,
            act: Act::Usual,
            creates: 1,
            trouble: None,
            setup: |builder| builder,
            limit: LIMIT,
            check: |_| (),
        }
    }

    /// The fault once or every time, as the row says. A stream has begun before it is met every
    /// time: one that never begins is a matter of longer waits.
    pub(crate) fn of(row: &Row, operation: Operation, variant: &str, fault: Script) -> Self {
        if row.situation != ALWAYS {
            return Self::new(variant, [fault]);
        }
        let scripts = match operation {
            Operation::Stream => vec![begun_stream(), fault],
            _ => vec![fault],
        };
        Self::new(variant, scripts).forever()
    }

    pub(crate) fn forever(mut self) -> Self {
        self.forever = true;
        self
    }

    pub(crate) fn outcome(mut self, outcome: impl Into<String>) -> Self {
        self.outcome = Some(outcome.into());
        self
    }

    pub(crate) fn act(mut self, act: Act) -> Self {
        self.act = act;
        self
    }

    pub(crate) fn created(mut self, created: Value) -> Self {
        self.created = Some(created);
        self
    }

    pub(crate) fn asked(mut self, answers: impl IntoIterator<Item = Reply>) -> Self {
        self.asked = answers.into_iter().collect();
        self
    }

    pub(crate) fn creates(mut self, creates: usize) -> Self {
        self.creates = creates;
        self
    }

    pub(crate) fn setup(mut self, setup: fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.setup = setup;
        self
    }

    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    pub(crate) fn check(mut self, check: fn(&Error)) -> Self {
        self.check = check;
        self
    }
}

/// A stream's first event and the pause that it asks for, and then a cut.
pub(crate) fn begun_stream() -> Script {
    let begun = "retry: 1\n\nid: 1\nevent: output\ndata: Hello \n\nid: 2\nevent: outp";
    let reply = Reply::new(200)
        .header("content-type", "text/event-stream")
        .header("content-length", "999")
        .raw_body(begun);
    Script::reply(reply)
}

/// A prediction with this status and the usual output, as an answer.
pub(crate) fn asked(status: &str) -> Reply {
    json_reply(
        200,
        &prediction(status, serde_json::json!(["Hello ", "wörld"])),
    )
}

/// How a right answer is broken.
pub(crate) type Break = fn(&mut Injector, &Reply) -> Script;

/// The operation's right answer, broken in each of these ways, at three places each.
pub(crate) fn broken(
    row: &Row,
    operation: Operation,
    ways: &[(&str, Break)],
    injector: &mut Injector,
) -> Vec<Case> {
    let places = if row.situation == ALWAYS { 1 } else { 3 };
    let mut cases = Vec::new();
    for (variant, way) in ways {
        for place in 0..places {
            let fault = way(injector, &operation.reply());
            let variant = format!("{variant}, place {place}");
            cases.push(Case::of(row, operation, &variant, fault));
        }
    }
    cases
}

/// A client that has no pauses where only a server's wishes count.
pub(crate) fn quick(builder: ClientBuilder) -> ClientBuilder {
    let policy = replicate::RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(4));
    builder
        .retry(policy)
        .poll_policy(replicate::PollPolicy::fixed(Duration::from_millis(2)))
        .timeouts(usual_timeouts())
}

/// Whether the client shows nothing of what it must not.
pub(crate) fn shown(client: &Client) -> String {
    format!("{client:?} {client:#?}")
}
