//! Expected differences between the requests of the official Node client and ours, with reasons.

use std::fmt;

use Value::{Any, NotSent, Sent};

/// A difference between the requests of two clients.
pub(super) struct Difference {
    /// `requests` for the list of requests, or a part of one request such as `header prefer`.
    pub(super) part: String,
    /// The value of the Node client, if it sent one.
    pub(super) theirs: Option<String>,
    /// The value of our client, if it sent one.
    pub(super) ours: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<String>| match value {
            Some(value) => format!("`{value}`"),
            None => "nothing".to_owned(),
        };
        let Self { part, theirs, ours } = self;
        write!(f, "{part}: Node {}, ours {}", text(theirs), text(ours))
    }
}

/// An expected difference.
pub(super) struct Expected {
    /// The calls that it occurs in; empty for any call.
    pub(super) calls: &'static [&'static str],
    /// The part that differs, such as `header accept`.
    pub(super) part: &'static str,
    /// The value of the Node client.
    theirs: Value,
    /// The value of our client.
    ours: Value,
    pub(super) reason: &'static str,
}

/// The expected value of a part.
enum Value {
    Any,
    NotSent,
    Sent(&'static str),
}

impl Value {
    fn matches(&self, value: Option<&str>) -> bool {
        match self {
            Any => true,
            NotSent => value.is_none(),
            Sent(expected) => value == Some(expected),
        }
    }
}

pub(super) const EXPECTED: [Expected; 11] = [
    Expected {
        calls: &[],
        part: "header user-agent",
        theirs: Any,
        ours: Any,
        reason: "each has a name of its own",
    },
    Expected {
        calls: &[],
        part: "header accept",
        theirs: Sent("*/*"),
        ours: Sent("application/json"),
        reason: "ours accepts only JSON; Node's `fetch` accepts anything",
    },
    Expected {
        calls: &[],
        part: "header accept-encoding",
        theirs: Sent("gzip, deflate"),
        ours: Sent("gzip"),
        reason: "each lists the encodings that it supports",
    },
    Expected {
        calls: &[],
        part: "header accept-language",
        theirs: Sent("*"),
        ours: NotSent,
        reason: "Node's `fetch` adds it, as a browser would",
    },
    Expected {
        calls: &[],
        part: "header sec-fetch-mode",
        theirs: Sent("cors"),
        ours: NotSent,
        reason: "Node's `fetch` adds it, as a browser would",
    },
    Expected {
        calls: &[],
        part: "header content-type",
        theirs: Sent("application/json"),
        ours: NotSent,
        reason: "Node sends the content type without a body too",
    },
    Expected {
        calls: &["models_search"],
        part: "body",
        theirs: Sent(r#""red \"bicycle\" ☃""#),
        ours: Sent(r#"red "bicycle" ☃"#),
        reason: "Node sends the words as JSON with quotes under the type text/plain: a defect of its \
                 own",
    },
    Expected {
        calls: &["create_with_file", "files_create"],
        part: "body",
        theirs: Any,
        ours: Any,
        reason: "Node names the part `metadata` as a file, `blob`, and sends an empty one if \
                 there is none",
    },
    Expected {
        calls: &[
            "create_by_model",
            "run_model",
            "run_polling",
            "run_wait_10",
            "run_webhook",
        ],
        part: "requests",
        theirs: Sent("POST /v1/models/acme/app/predictions"),
        ours: Sent("GET /v1/models/acme/app; POST /v1/models/acme/app/predictions"),
        reason: "ours reads the model once, to choose the route, so that a run is exactly one create; \
                 with Node the caller chooses the route",
    },
    Expected {
        calls: &["stream"],
        part: "requests",
        theirs: Sent("POST /v1/models/acme/app/predictions; GET /streams/stream"),
        ours: Sent(
            "GET /v1/models/acme/app; POST /v1/models/acme/app/predictions; \
               GET /streams/stream; GET /v1/predictions/p1",
        ),
        reason: "ours reads the model first, and at the end the prediction, whose output it \
                 compares with the stream",
    },
    Expected {
        calls: &["stream"],
        part: "body",
        theirs: Sent(
            r#"{"input":{"list":[1,"two",null],"number":1.5,"prompt":"Once upon a time","text":"Ünïcode ☃"}}"#,
        ),
        ours: Sent(
            r#"{"input":{"list":[1,"two",null],"number":1.5,"prompt":"Once upon a time","text":"Ünïcode ☃"},"stream":true}"#,
        ),
        reason: "ours requests a stream URL; Node relies on getting one without a request",
    },
];

impl Expected {
    pub(super) fn matches(&self, call: &str, difference: &Difference) -> bool {
        self.part == difference.part
            && (self.calls.is_empty() || self.calls.contains(&call))
            && self.theirs.matches(difference.theirs.as_deref())
            && self.ours.matches(difference.ours.as_deref())
    }

    /// The calls that it occurs in, as text.
    pub(super) fn where_seen(&self) -> String {
        match self.calls {
            [] => "any call".to_owned(),
            calls => calls.join(", "),
        }
    }
}
