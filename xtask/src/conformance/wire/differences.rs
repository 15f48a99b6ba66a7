//! What the official Node client sends otherwise than ours, and why.

/// A difference that is meant.
pub(super) struct Expected {
    /// The calls that it is seen in; any if there are none.
    pub(super) calls: &'static [&'static str],
    /// What differs, such as `header accept`.
    pub(super) part: &'static str,
    /// What the Node client sends; anything if it is empty.
    theirs: &'static str,
    /// What ours sends; anything if it is empty.
    ours: &'static str,
    pub(super) reason: &'static str,
}

const NOTHING: &str = "nothing";

pub(super) const EXPECTED: [Expected; 11] = [
    Expected {
        calls: &[],
        part: "header user-agent",
        theirs: "",
        ours: "",
        reason: "each names itself",
    },
    Expected {
        calls: &[],
        part: "header accept",
        theirs: "*/*",
        ours: "application/json",
        reason: "ours reads JSON, and says so; Node's `fetch` says nothing of it",
    },
    Expected {
        calls: &[],
        part: "header accept-encoding",
        theirs: "gzip, deflate",
        ours: "gzip",
        reason: "what each can unpack",
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
        reason: "Node names the type of a body also where it sends none",
    },
    Expected {
        calls: &["models_search"],
        part: "body",
        theirs: r#""red \"bicycle\" ☃""#,
        ours: r#"red "bicycle" ☃"#,
        reason: "Node sends the words as a JSON text, quotes and all, where text/plain is said: a \
                 defect of its own",
    },
    Expected {
        calls: &["create_with_file", "files_create"],
        part: "body",
        theirs: "",
        ours: "",
        reason: "Node names the part `metadata` as a file, `blob`, and sends an empty one where \
                 none was given",
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
        reason: "ours reads what kind of model it is, once, so that a run is exactly one create; \
                 Node's caller says it by the route",
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
        reason: "ours asks for the stream's address; Node relies on one that comes unasked",
    },
];

impl Expected {
    fn means(&self, call: &str, part: &str, theirs: Option<&str>, ours: Option<&str>) -> bool {
        let fits = |wanted: &str, is: Option<&str>| {
            wanted.is_empty() || is.map_or(wanted == NOTHING, |is| is == wanted)
        };
        self.part == part
            && (self.calls.is_empty() || self.calls.contains(&call))
            && fits(self.theirs, theirs)
            && fits(self.ours, ours)
    }

    /// The calls that it is seen in, in words.
    pub(super) fn where_seen(&self) -> String {
        if self.calls.is_empty() {
            return "any call".to_owned();
        }
        self.calls.join(", ")
    }
}

/// The place in the list of a difference that is meant.
pub(super) fn listed(
    call: &str,
    part: &str,
    theirs: Option<&str>,
    ours: Option<&str>,
) -> Option<usize> {
    EXPECTED
        .iter()
        .position(|expected| expected.means(call, part, theirs, ours))
}
