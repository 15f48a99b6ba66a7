//! Expected differences between the requests of the official Node client and ours, with reasons.

/// An expected difference.
pub(super) struct Expected {
    /// The calls that it occurs in; empty for any call.
    pub(super) calls: &'static [&'static str],
    /// The part that differs, such as `header accept`.
    pub(super) part: &'static str,
    /// The value of the Node client; empty for any value.
    theirs: &'static str,
    /// The value of our client; empty for any value.
    ours: &'static str,
    pub(super) reason: &'static str,
}

/// The value of a part that was not sent.
pub(super) const NOTHING: &str = "nothing";

pub(super) const EXPECTED: [Expected; 11] = [
    Expected {
        calls: &[],
        part: "header user-agent",
        theirs: "",
        ours: "",
        reason: "each has a name of its own",
    },
    Expected {
        calls: &[],
        part: "header accept",
        theirs: "*/*",
        ours: "application/json",
        reason: "ours accepts only JSON; Node's `fetch` accepts anything",
    },
    Expected {
        calls: &[],
        part: "header accept-encoding",
        theirs: "gzip, deflate",
        ours: "gzip",
        reason: "each lists the encodings that it supports",
    },
    Expected {
        calls: &[],
        part: "header accept-language",
        theirs: "*",
        ours: NOTHING,
        reason: "Node's `fetch` adds it, as a browser would",
    },
    Expected {
        calls: &[],
        part: "header sec-fetch-mode",
        theirs: "cors",
        ours: NOTHING,
        reason: "Node's `fetch` adds it, as a browser would",
    },
    Expected {
        calls: &[],
        part: "header content-type",
        theirs: "application/json",
        ours: NOTHING,
        reason: "Node sends the content type without a body too",
    },
    Expected {
        calls: &["models_search"],
        part: "body",
        theirs: r#""red \"bicycle\" ☃""#,
        ours: r#"red "bicycle" ☃"#,
        reason: "Node sends the words as JSON with quotes under the type text/plain: a defect of its \
                 own",
    },
    Expected {
        calls: &["create_with_file", "files_create"],
        part: "body",
        theirs: "",
        ours: "",
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
        theirs: "POST /v1/models/acme/app/predictions",
        ours: "GET /v1/models/acme/app; POST /v1/models/acme/app/predictions",
        reason: "ours reads the model once, to choose the route, so that a run is exactly one create; \
                 with Node the caller chooses the route",
    },
    Expected {
        calls: &["stream"],
        part: "requests",
        theirs: "POST /v1/models/acme/app/predictions; GET /streams/stream",
        ours: "GET /v1/models/acme/app; POST /v1/models/acme/app/predictions; \
               GET /streams/stream; GET /v1/predictions/p1",
        reason: "ours reads the model first, and at the end the prediction, whose output it \
                 compares with the stream",
    },
    Expected {
        calls: &["stream"],
        part: "body",
        theirs: r#"{"input":{"list":[1,"two",null],"number":1.5,"prompt":"Once upon a time","text":"Ünïcode ☃"}}"#,
        ours: r#"{"input":{"list":[1,"two",null],"number":1.5,"prompt":"Once upon a time","text":"Ünïcode ☃"},"stream":true}"#,
        reason: "ours requests a stream URL; Node relies on getting one without a request",
    },
];

impl Expected {
    pub(super) fn matches(&self, call: &str, part: &str, theirs: &str, ours: &str) -> bool {
        let fits = |wanted: &str, is: &str| wanted.is_empty() || is == wanted;
        self.part == part
            && (self.calls.is_empty() || self.calls.contains(&call))
            && fits(self.theirs, theirs)
            && fits(self.ours, ours)
    }

    /// The calls that it occurs in, as text.
    pub(super) fn where_seen(&self) -> String {
        match self.calls {
            [] => "any call".to_owned(),
            calls => calls.join(", "),
        }
    }
}
