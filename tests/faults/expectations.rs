//! What is expected of each operation under each fault.

use replicate::ErrorKind::{
    self, Aborted, Authentication, Connect, Decode, Expired, InvalidRequest, NotFound,
    OutcomeUnknown, PaymentRequired, RateLimited, Redirect, Server, Timeout, TooLarge,
};
use replicate_test_support::Injector;

use crate::case::Case;
use crate::operation::Operation;
use crate::{connection, contents, http2, responses};

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With the correct result, as without the fault.
    Result,
    /// With this error.
    Error(ErrorKind),
    /// The fault cannot meet this operation, for this reason.
    None(&'static str),
}

/// The cases of a row for one operation.
pub(crate) type Cases = fn(&mut Setup<'_>) -> Vec<Case>;

/// What the cases of a row are made from.
pub(crate) struct Setup<'a> {
    pub(crate) row: &'static Row,
    pub(crate) operation: Operation,
    pub(crate) injector: &'a mut Injector,
    /// The URL of a third-party host.
    pub(crate) third_party: &'a str,
}

impl Setup<'_> {
    pub(crate) fn is_always(&self) -> bool {
        self.row.situation == ALWAYS
    }
}

/// A fault in one situation, and what is expected of each operation under it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: u8,
    pub(crate) name: &'static str,
    pub(crate) situation: &'static str,
    endings: [Ending; 7],
    pub(crate) cases: Cases,
    /// The same fault over HTTP/2, where it differs on the wire.
    pub(crate) http2: Option<Cases>,
}

impl Row {
    pub(crate) fn ending(&self, operation: Operation) -> Ending {
        self.endings[operation as usize]
    }

    const fn over_http2(mut self, cases: Cases) -> Self {
        self.http2 = Some(cases);
        self
    }
}

pub(crate) const ONCE: &str = "once";
pub(crate) const ALWAYS: &str = "every time";

const RESULT: Ending = Ending::Result;
const UNKNOWN: Ending = Ending::Error(OutcomeUnknown);

const NO_JSON: Ending = Ending::None("the response is not JSON");
const NO_BODY: Ending = Ending::None("the request has no body");
const NO_EVENTS: Ending = Ending::None("no events are read");
const NO_LIST: Ending = Ending::None("no list is read");
const NO_STATUS: Ending = Ending::None("the response has no status");
const NO_POLL: Ending = Ending::None("nothing is polled");
const NO_OUTPUT: Ending = Ending::None("no output is read");

const fn error(kind: ErrorKind) -> Ending {
    Ending::Error(kind)
}

const fn row(
    number: u8,
    name: &'static str,
    situation: &'static str,
    endings: [Ending; 7],
    cases: Cases,
) -> Row {
    Row {
        number,
        name,
        situation,
        endings,
        cases,
        http2: None,
    }
}

/// The reads (get, list, cancel) end alike.
const fn cells(
    create: Ending,
    read: Ending,
    upload: Ending,
    stream: Ending,
    download: Ending,
) -> [Ending; 7] {
    [create, read, read, read, upload, stream, download]
}

/// Reads, polls and downloads are retried; creates are not.
const RECOVERED: [Ending; 7] = cells(UNKNOWN, RESULT, UNKNOWN, RESULT, RESULT);

const fn all(ending: Ending) -> [Ending; 7] {
    [ending; 7]
}

/// No retry succeeds; a stream is replaced by polling.
const fn never_recovered(read: ErrorKind) -> [Ending; 7] {
    cells(UNKNOWN, error(read), UNKNOWN, RESULT, error(read))
}

/// A definite error for all but a stream, which is replaced by polling.
const fn rejected(kind: ErrorKind) -> [Ending; 7] {
    cells(error(kind), error(kind), error(kind), RESULT, error(kind))
}

/// Responses that cannot be read.
const fn unreadable(read: ErrorKind, stream: Ending, download: Ending) -> [Ending; 7] {
    cells(UNKNOWN, error(read), UNKNOWN, stream, download)
}

const EVENTS_ONLY: [Ending; 7] = cells(NO_EVENTS, NO_EVENTS, NO_EVENTS, RESULT, NO_EVENTS);

const JSON_ONLY: [Ending; 7] = cells(RESULT, RESULT, RESULT, RESULT, NO_JSON);

/// The faults, in the order of their numbers.
#[rustfmt::skip]
pub(crate) static ROWS: &[Row] = &[
    row(1, "connection refused", ONCE, all(RESULT), connection::refused),
    row(1, "connection refused", ALWAYS, rejected(Connect), connection::refused),
    row(2, "name not found", ONCE, all(RESULT), connection::name_not_found),
    row(2, "name not found", ALWAYS, rejected(Connect), connection::name_not_found),
    row(3, "reset inside the headers", ONCE, RECOVERED, connection::inside_the_headers),
    row(3, "reset inside the headers", ALWAYS, never_recovered(Connect), connection::inside_the_headers),
    row(4, "reset or truncated inside the body", ONCE, RECOVERED, connection::inside_the_body)
        .over_http2(http2::truncated_before_its_length),
    row(4, "reset or truncated inside the body", ALWAYS, never_recovered(Connect), connection::inside_the_body)
        .over_http2(http2::truncated_before_its_length),
    row(5, "body without a length, truncated", ONCE, RECOVERED, connection::unfinished_chunks)
        .over_http2(http2::truncated_without_a_length),
    row(5, "body without a length, truncated", ALWAYS, never_recovered(Connect), connection::unfinished_chunks)
        .over_http2(http2::truncated_without_a_length),
    row(6, "one byte at a time, past the deadline", ALWAYS,
        cells(UNKNOWN, error(Timeout), UNKNOWN, RESULT, RESULT), connection::slow)
        .over_http2(http2::slow),
    row(6, "silence inside the body", ONCE, RECOVERED, connection::silence)
        .over_http2(http2::silence),
    row(7, "429 with seconds, a date or a hint", ONCE, all(RESULT), responses::rate_limited),
    row(7, "429 with seconds, a date or a hint", ALWAYS, rejected(RateLimited), responses::rate_limited),
    row(7, "429 with a delay past the deadline", ONCE, rejected(RateLimited), responses::delay_past_deadline),
    row(8, "500 to 530 with HTML", ONCE, RECOVERED, responses::server_errors),
    row(8, "500 to 530 with HTML", ALWAYS, never_recovered(Server), responses::server_errors),
    row(9, "malformed JSON in a 200", "with its id",
        cells(error(Decode), error(Decode), error(Decode), NO_EVENTS, NO_JSON), responses::malformed_json),
    row(9, "malformed JSON in a 200", "without an id",
        unreadable(Decode, RESULT, NO_JSON), responses::malformed_json),
    row(10, "wrong content type", ONCE, unreadable(Decode, RESULT, RESULT), responses::wrong_content_type),
    row(10, "wrong content type", "on a reconnect", EVENTS_ONLY, responses::wrong_content_type),
    row(11, "endless body", ONCE, unreadable(TooLarge, error(TooLarge), RESULT), responses::endless)
        .over_http2(http2::endless),
    row(12, "gzip bomb", ONCE, unreadable(TooLarge, error(TooLarge), RESULT), responses::gzip_bomb)
        .over_http2(http2::gzip_bomb),
    row(13, "redirect to another host", ONCE,
        cells(UNKNOWN, error(Redirect), UNKNOWN, RESULT, RESULT), responses::redirects),
    row(14, "stream dropped inside an event", ONCE, EVENTS_ONLY, responses::inside_an_event),
    row(15, "UTF-8 split", ONCE, all(RESULT), contents::split_utf8),
    row(15, "UTF-8 invalid", ONCE,
        cells(error(Decode), error(Decode), error(Decode), RESULT, RESULT), contents::invalid_utf8),
    row(16, "line ends and byte-order mark", ONCE, EVENTS_ONLY, contents::line_ends),
    row(17, "only comments", ONCE, EVENTS_ONLY, contents::only_comments),
    row(18, "odd id and retry fields", ONCE, EVENTS_ONLY, contents::odd_fields),
    row(19, "stream without done", ONCE, EVENTS_ONLY, contents::without_done),
    row(19, "stream without done", ALWAYS, EVENTS_ONLY, contents::without_done),
    row(20, "unknown status", ONCE,
        cells(RESULT, RESULT, NO_STATUS, RESULT, NO_STATUS), contents::statuses),
    row(20, "aborted", ONCE,
        cells(error(Aborted), RESULT, NO_STATUS, error(Aborted), NO_STATUS), contents::statuses),
    row(21, "unknown fields", ONCE, JSON_ONLY, contents::unknown_fields),
    row(22, "fields null or missing", ONCE, JSON_ONLY, contents::null_or_missing),
    row(22, "no stream URL", ONCE, EVENTS_ONLY, contents::no_stream_url),
    row(22, "optional fields of a wrong type", ONCE, JSON_ONLY, contents::wrong_optional_types),
    row(22, "id, status or output of a wrong type", ONCE,
        cells(error(Decode), error(Decode), UNKNOWN, error(Decode), NO_JSON), contents::wrong_required_types),
    row(23, "next at itself, or in a cycle", ONCE,
        [NO_LIST, NO_LIST, RESULT, NO_LIST, NO_LIST, NO_LIST, NO_LIST], contents::cycles),
    row(24, "URLs on another host", ONCE, all(RESULT), contents::other_hosts),
    row(25, "404 while polling", ONCE,
        [RESULT, error(NotFound), NO_POLL, NO_POLL, NO_POLL, RESULT, NO_POLL], contents::gone_while_polling),
    row(26, "skewed clock", ONCE, all(RESULT), responses::skewed_clock),
    row(27, "output deleted", ONCE,
        [NO_OUTPUT, RESULT, NO_OUTPUT, NO_OUTPUT, NO_OUTPUT, NO_OUTPUT, error(Expired)], contents::output_deleted),
    row(28, "request truncated at half", ONCE,
        cells(UNKNOWN, NO_BODY, UNKNOWN, NO_BODY, NO_BODY), connection::half_a_request),
    row(29, "stale pooled connection", ONCE, all(RESULT), connection::stale),
    row(30, "401", ONCE, rejected(Authentication), responses::refusals),
    row(30, "401 or 403 in the middle of a wait", ONCE,
        [RESULT, RESULT, NO_POLL, NO_POLL, NO_POLL, RESULT, NO_POLL], contents::refused_while_polling),
    row(30, "402", ONCE, rejected(PaymentRequired), responses::refusals),
    row(30, "422", ONCE, rejected(InvalidRequest), responses::refusals),
];
