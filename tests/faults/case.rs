//! One case: what the servers do, what is called, and what is expected.

use std::time::Duration;

use replicate::{ClientBuilder, Error, Timeouts};
use replicate_test_support::{Injector, Reply, Script};
use serde_json::Value;

use crate::dns::DnsFault;
use crate::expectations::Setup;
use crate::operation::{Operation, json_reply, prediction};

/// What is called instead of the operation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// The operation.
    Usual,
    /// A run, from its create to its end.
    Run,
    /// A run with a file that is uploaded first.
    RunWithUpload,
    /// A wait for the prediction's end.
    Wait,
    /// The operation twice: after the first time the connection is stale.
    Twice,
    /// The operation, of whose response the first mebibyte is read.
    ReadSome,
}

pub(crate) struct Case {
    pub(crate) variant: String,
    /// What the faulted server does, connection by connection.
    pub(crate) scripts: Vec<Script>,
    /// Whether it repeats the last of them; otherwise it responds correctly after that.
    pub(crate) always: bool,
    /// What the API returns for a stream's create.
    pub(crate) created: Option<Value>,
    /// The API's responses to the polls of a stream; the last is repeated.
    pub(crate) polled: Vec<Reply>,
    pub(crate) outcome: Option<String>,
    pub(crate) action: Action,
    /// How many creates may be sent: one, and one for each that gets a complete 429.
    pub(crate) creates: usize,
    pub(crate) dns_fault: Option<DnsFault>,
    pub(crate) setup: fn(ClientBuilder) -> ClientBuilder,
    /// Whether the servers speak HTTP/2.
    pub(crate) http2: bool,
    /// Within what time it must have ended.
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
            always: false,
            created: None,
            polled: Vec::new(),
            outcome: None,
            action: Action::Usual,
            creates: 1,
            dns_fault: None,
            setup: |builder| builder,
            http2: false,
            limit: LIMIT,
            check: |_| (),
        }
    }

    /// The faulted server sends this response once.
    pub(crate) fn reply(variant: impl Into<String>, reply: Reply) -> Self {
        Self::new(variant, [Script::reply(reply)])
    }

    /// The fault once or every time, as the row says. A stream meets it every time only after it
    /// has begun: one that never begins takes longer.
    pub(crate) fn of(setup: &Setup<'_>, variant: &str, fault: Script) -> Self {
        Self::after(begun_stream(), setup, variant, fault)
    }

    /// The same, where a stream begins as `begun` says.
    pub(crate) fn after(begun: Script, setup: &Setup<'_>, variant: &str, fault: Script) -> Self {
        match (setup.is_always(), setup.operation) {
            (false, _) => Self::new(variant, [fault]),
            (true, Operation::Stream) => Self::new(variant, [begun, fault]).always(),
            (true, _) => Self::new(variant, [fault]).always(),
        }
    }

    pub(crate) fn always(mut self) -> Self {
        self.always = true;
        self
    }

    pub(crate) fn outcome(mut self, outcome: impl Into<String>) -> Self {
        self.outcome = Some(outcome.into());
        self
    }

    pub(crate) fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    pub(crate) fn created(mut self, created: Value) -> Self {
        self.created = Some(created);
        self
    }

    pub(crate) fn polled(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.polled = replies.into_iter().collect();
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

    pub(crate) fn check(mut self, check: fn(&Error)) -> Self {
        self.check = check;
        self
    }
}

/// A stream's reconnection time and first event; the second is truncated.
pub(crate) fn begun_stream() -> Script {
    Script::reply(begun_reply())
}

pub(crate) fn begun_reply() -> Reply {
    let begun = "retry: 1\n\nid: 1\nevent: output\ndata: Hello \n\nid: 2\nevent: outp";
    Reply::new(200)
        .header("content-type", "text/event-stream")
        .header("content-length", "999")
        .raw_body(begun)
}

/// A response with a prediction of this status and the usual output.
pub(crate) fn prediction_reply(status: &str) -> Reply {
    let output = serde_json::json!(["Hello ", "wörld"]);
    json_reply(200, &prediction(status, output))
}

/// How a correct response is broken.
pub(crate) type Break = fn(&mut Injector, &Reply) -> Script;

/// The operation's correct response, broken in each of these ways, at three places each.
pub(crate) fn broken(setup: &mut Setup<'_>, ways: &[(&str, Break)]) -> Vec<Case> {
    let places = if setup.is_always() { 1 } else { 3 };
    let mut cases = Vec::new();
    for (variant, way) in ways {
        for place in 0..places {
            let fault = way(setup.injector, &setup.operation.reply());
            let variant = format!("{variant}, place {place}");
            cases.push(Case::of(setup, &variant, fault));
        }
    }
    cases
}

/// A client that waits only where a server asks for it.
pub(crate) fn quick(builder: ClientBuilder) -> ClientBuilder {
    let policy = replicate::RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(4));
    builder
        .retry_policy(policy)
        .poll_policy(replicate::PollPolicy::fixed(Duration::from_millis(2)))
        .timeouts(usual_timeouts())
}
