//! What is promised of each operation under each fault.

use replicate::ErrorKind::{
    self, Aborted, Authentication, Connect, Decode, Expired, InvalidRequest, NotFound,
    OutcomeUnknown, PaymentRequired, RateLimited, Redirect, Server, Timeout, TooLarge,
};

use crate::operation::Operation;

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With the right result, as if nothing had been wrong.
    Result,
    /// With this error.
    Error(ErrorKind),
    /// The fault cannot meet this operation, for this reason.
    None(&'static str),
}

/// A fault in one situation, and what is promised of each operation under it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) fault: u8,
    pub(crate) name: &'static str,
    pub(crate) situation: &'static str,
    endings: [Ending; 7],
}

impl Row {
    pub(crate) fn ending(&self, operation: Operation) -> Ending {
        self.endings[operation as usize]
    }
}

pub(crate) const ONCE: &str = "once";
pub(crate) const ALWAYS: &str = "every time";

const RESULT: Ending = Ending::Result;
const UNKNOWN: Ending = Ending::Error(OutcomeUnknown);

const NO_JSON: Ending = Ending::None("what it gets is no JSON");
const NO_BODY: Ending = Ending::None("it sends no body");
const NO_EVENTS: Ending = Ending::None("it reads no events");
const NO_LIST: Ending = Ending::None("it reads no list");
const NO_STATUS: Ending = Ending::None("what it gets has no status");
const NO_POLL: Ending = Ending::None("it asks after nothing");
const NO_OUTPUT: Ending = Ending::None("it reads no output");

const fn error(kind: ErrorKind) -> Ending {
    Ending::Error(kind)
}

const fn row(fault: u8, name: &'static str, situation: &'static str, endings: [Ending; 7]) -> Row {
    Row {
        fault,
        name,
        situation,
        endings,
    }
}

/// Three reads (get, list, cancel) that end alike, between what the others do.
const fn cells(
    create: Ending,
    read: Ending,
    upload: Ending,
    stream: Ending,
    download: Ending,
) -> [Ending; 7] {
    [create, read, read, read, upload, stream, download]
}

/// Read, cancelled, polled and downloaded again; created never.
const MENDED: [Ending; 7] = cells(UNKNOWN, RESULT, UNKNOWN, RESULT, RESULT);

const fn all(ending: Ending) -> [Ending; 7] {
    [ending; 7]
}

const fn never_mended(read: ErrorKind) -> [Ending; 7] {
    cells(UNKNOWN, error(read), UNKNOWN, RESULT, error(read))
}

/// Answers that are not what they should be; a stream and a download have their own say.
const fn unreadable(read: ErrorKind, stream: Ending, download: Ending) -> [Ending; 7] {
    cells(UNKNOWN, error(read), UNKNOWN, stream, download)
}

/// Refused, where the prediction itself can still be read.
const fn refused(kind: ErrorKind) -> [Ending; 7] {
    cells(error(kind), error(kind), error(kind), RESULT, error(kind))
}

const fn events_only() -> [Ending; 7] {
    cells(NO_EVENTS, NO_EVENTS, NO_EVENTS, RESULT, NO_EVENTS)
}

/// The faults, in the order of their numbers.
pub(crate) const ROWS: &[Row] = &[
    row(1, "connection refused", ONCE, all(RESULT)),
    row(
        1,
        "connection refused",
        ALWAYS,
        cells(
            error(Connect),
            error(Connect),
            error(Connect),
            RESULT,
            error(Connect),
        ),
    ),
    row(2, "name not found", ONCE, all(RESULT)),
    row(
        2,
        "name not found",
        ALWAYS,
        cells(
            error(Connect),
            error(Connect),
            error(Connect),
            RESULT,
            error(Connect),
        ),
    ),
    row(3, "reset inside the headers", ONCE, MENDED),
    row(3, "reset inside the headers", ALWAYS, never_mended(Connect)),
    row(4, "reset or cut inside the body", ONCE, MENDED),
    row(
        4,
        "reset or cut inside the body",
        ALWAYS,
        never_mended(Connect),
    ),
    row(5, "chunked body without its end", ONCE, MENDED),
    row(
        5,
        "chunked body without its end",
        ALWAYS,
        never_mended(Connect),
    ),
    row(
        6,
        "one byte at a time, past the deadline",
        ALWAYS,
        cells(UNKNOWN, error(Timeout), UNKNOWN, RESULT, RESULT),
    ),
    row(6, "silence inside the body", ONCE, MENDED),
    row(7, "429 with seconds, a date or a hint", ONCE, all(RESULT)),
    row(
        7,
        "429 with seconds, a date or a hint",
        ALWAYS,
        cells(
            error(RateLimited),
            error(RateLimited),
            error(RateLimited),
            RESULT,
            error(RateLimited),
        ),
    ),
    row(
        7,
        "429 with a wait past the deadline",
        ONCE,
        cells(
            error(RateLimited),
            error(RateLimited),
            error(RateLimited),
            RESULT,
            error(RateLimited),
        ),
    ),
    row(8, "500 to 530 with HTML", ONCE, MENDED),
    row(8, "500 to 530 with HTML", ALWAYS, never_mended(Server)),
    row(
        9,
        "malformed JSON in a 200",
        "with its id",
        cells(
            error(Decode),
            error(Decode),
            error(Decode),
            NO_EVENTS,
            NO_JSON,
        ),
    ),
    row(
        9,
        "malformed JSON in a 200",
        "without an id",
        unreadable(Decode, RESULT, NO_JSON),
    ),
    row(
        10,
        "wrong content type",
        ONCE,
        unreadable(Decode, RESULT, RESULT),
    ),
    row(
        10,
        "wrong content type",
        "on a reconnect",
        cells(NO_EVENTS, NO_EVENTS, NO_EVENTS, RESULT, NO_EVENTS),
    ),
    row(
        11,
        "endless body",
        ONCE,
        unreadable(TooLarge, error(TooLarge), RESULT),
    ),
    row(
        12,
        "gzip bomb",
        ONCE,
        unreadable(TooLarge, error(TooLarge), RESULT),
    ),
    row(
        13,
        "redirect to another host",
        ONCE,
        cells(UNKNOWN, error(Redirect), UNKNOWN, RESULT, RESULT),
    ),
    row(14, "stream dropped inside an event", ONCE, events_only()),
    row(15, "UTF-8 split", ONCE, all(RESULT)),
    row(
        15,
        "UTF-8 invalid",
        ONCE,
        cells(error(Decode), error(Decode), error(Decode), RESULT, RESULT),
    ),
    row(16, "line ends and byte-order mark", ONCE, events_only()),
    row(17, "only comments", ONCE, events_only()),
    row(18, "odd id and retry fields", ONCE, events_only()),
    row(19, "stream without done", ONCE, events_only()),
    row(19, "stream without done", ALWAYS, events_only()),
    row(
        20,
        "unknown status",
        ONCE,
        cells(RESULT, RESULT, NO_STATUS, RESULT, NO_STATUS),
    ),
    row(
        20,
        "aborted",
        ONCE,
        cells(error(Aborted), RESULT, NO_STATUS, error(Aborted), NO_STATUS),
    ),
    row(
        21,
        "unknown fields",
        ONCE,
        cells(RESULT, RESULT, RESULT, RESULT, NO_JSON),
    ),
    row(
        22,
        "fields null or missing",
        ONCE,
        cells(RESULT, RESULT, RESULT, RESULT, NO_JSON),
    ),
    row(22, "no stream address", ONCE, events_only()),
    row(
        22,
        "optional fields of a wrong type",
        ONCE,
        cells(RESULT, RESULT, RESULT, RESULT, NO_JSON),
    ),
    row(
        22,
        "id, status or output of a wrong type",
        ONCE,
        [
            error(Decode),
            error(Decode),
            error(Decode),
            error(Decode),
            UNKNOWN,
            error(Decode),
            NO_JSON,
        ],
    ),
    row(
        23,
        "next at itself, or in a cycle",
        ONCE,
        [NO_LIST, NO_LIST, RESULT, NO_LIST, NO_LIST, NO_LIST, NO_LIST],
    ),
    row(24, "addresses on another host", ONCE, all(RESULT)),
    row(
        25,
        "404 while polling",
        ONCE,
        [
            RESULT,
            error(NotFound),
            NO_POLL,
            NO_POLL,
            NO_POLL,
            RESULT,
            NO_POLL,
        ],
    ),
    row(26, "skewed clock", ONCE, all(RESULT)),
    row(
        27,
        "output deleted",
        ONCE,
        [
            NO_OUTPUT,
            RESULT,
            NO_OUTPUT,
            NO_OUTPUT,
            NO_OUTPUT,
            NO_OUTPUT,
            error(Expired),
        ],
    ),
    row(
        28,
        "request cut at half",
        ONCE,
        cells(UNKNOWN, NO_BODY, UNKNOWN, NO_BODY, NO_BODY),
    ),
    row(29, "stale pooled connection", ONCE, all(RESULT)),
    row(30, "401", ONCE, refused(Authentication)),
    row(
        30,
        "401 or 403 in the middle of a wait",
        ONCE,
        [RESULT, RESULT, NO_POLL, NO_POLL, NO_POLL, RESULT, NO_POLL],
    ),
    row(30, "402", ONCE, refused(PaymentRequired)),
    row(30, "422", ONCE, refused(InvalidRequest)),
];

/// The rows of one fault.
pub(crate) fn rows(fault: u8) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.fault == fault)
}
