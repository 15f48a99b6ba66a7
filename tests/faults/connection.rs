//! Faults of the connection (1 to 6, 28, 29).

use std::time::Duration;

use replicate::ClientBuilder;
use replicate_test_support::{Injector, Listener, Reply, Script};

use crate::case::{Action, Break, Case, broken, usual_timeouts};
use crate::dns::DnsFault;
use crate::expectations::Setup;
use crate::operation::{EVENTS, Operation, events};

pub(crate) fn refused(setup: &mut Setup<'_>) -> Vec<Case> {
    let unused = Listener::refused().unwrap();
    unreachable(setup, |times| DnsFault::Refused(times, unused))
}

pub(crate) fn name_not_found(setup: &mut Setup<'_>) -> Vec<Case> {
    unreachable(setup, DnsFault::NotFound)
}

fn unreachable(setup: &Setup<'_>, fault: impl FnOnce(usize) -> DnsFault) -> Vec<Case> {
    let times = if setup.is_always() { usize::MAX } else { 1 };
    let mut case = Case::new("by name", []);
    case.dns_fault = Some(fault(times));
    if setup.is_always() && !setup.operation.is_foreign() {
        case = case.check(|error| assert!(error.attempts() <= 3));
    }
    vec![case]
}

pub(crate) fn inside_the_headers(setup: &mut Setup<'_>) -> Vec<Case> {
    let ways: [(&str, Break); 2] = [
        ("reset", Injector::reset_in_head),
        ("before any byte", |_, _| {
            Script::new().read_request().reset()
        }),
    ];
    broken(setup, &ways)
}

pub(crate) fn inside_the_body(setup: &mut Setup<'_>) -> Vec<Case> {
    let ways: [(&str, Break); 2] = [
        ("reset", Injector::reset_in_body),
        ("cut", Injector::cut_in_body),
    ];
    if setup.operation != Operation::Download {
        return broken(setup, &ways);
    }
    if setup.is_always() {
        return broken(setup, &ways[1..]);
    }
    let mut cases = broken(setup, &ways);
    cases.push(resumed());
    cases
}

/// A download that is resumed with a request for the missing bytes only.
fn resumed() -> Case {
    let content = crate::operation::content().into_bytes();
    let size = content.len();
    let (first, rest) = content.split_at(1000);
    let head = |status| {
        Reply::new(status)
            .header("etag", "\"1\"")
            .header("connection", "close")
    };
    let cut = head(200)
        .header("content-length", &size.to_string())
        .raw_body(first);
    let range = format!("bytes 1000-{}/{size}", size - 1);
    let remainder = head(206).header("content-range", &range).body(rest);
    Case::new("resumed", [Script::reply(cut), Script::reply(remainder)])
}

pub(crate) fn unfinished_chunks(setup: &mut Setup<'_>) -> Vec<Case> {
    let ways: [(&str, Break); 1] = [("chunks", Injector::unfinished_chunks)];
    broken(setup, &ways)
}

/// Past the deadline of a call; streams and downloads may take as long as bytes arrive.
pub(crate) fn slow(setup: &mut Setup<'_>) -> Vec<Case> {
    slow_with(setup.operation, |reply, pause| {
        setup.injector.slowly(reply, pause)
    })
}

/// The body of a response byte by byte, as `script` sends it.
pub(crate) fn slow_with(
    operation: Operation,
    script: impl FnOnce(&Reply, Duration) -> Script,
) -> Vec<Case> {
    fn short(builder: ClientBuilder) -> ClientBuilder {
        builder.timeouts(
            usual_timeouts()
                .with_call(Duration::from_millis(600))
                .with_upload(Duration::from_millis(600))
                .with_idle(Duration::from_millis(400)),
        )
    }
    let text = "x".repeat(150);
    let reply = match operation {
        Operation::Download => Reply::new(200).body(&text),
        Operation::Stream => events(EVENTS),
        other => other.reply_with(&other.json_with(|json| json["padding"] = text.as_str().into())),
    };
    let limit = match operation {
        Operation::Stream | Operation::Download => Duration::from_secs(9),
        _ => Duration::from_millis(1600),
    };
    let mut case = Case::new("slow", [script(&reply, Duration::from_millis(6))]);
    case.limit = limit;
    let case = case.always().setup(short);
    vec![match operation {
        Operation::Download => case.outcome(text),
        _ => case,
    }]
}

pub(crate) fn silence(setup: &mut Setup<'_>) -> Vec<Case> {
    let ways: [(&str, Break); 1] = [("silent", Injector::stall_in_body)];
    let case = broken(setup, &ways).swap_remove(0);
    vec![case.setup(impatient)]
}

/// Timeouts that end a silence soon.
pub(crate) fn impatient(builder: ClientBuilder) -> ClientBuilder {
    let patience = Duration::from_millis(500);
    builder.timeouts(usual_timeouts().with_body(patience).with_idle(patience))
}

/// The server reads half of the request, and resets the connection.
pub(crate) fn half_a_request(setup: &mut Setup<'_>) -> Vec<Case> {
    let places = (0..3).map(|place| {
        let fault = setup.injector.reset_in_request(700, 3500);
        Case::new(format!("place {place}"), [fault])
    });
    places.collect()
}

/// The server keeps the connection and closes it when the next request comes on it.
pub(crate) fn stale(setup: &mut Setup<'_>) -> Vec<Case> {
    fn strict(builder: ClientBuilder) -> ClientBuilder {
        // Shorter than the time between two calls.
        builder.timeouts(usual_timeouts().with_create_idle(Duration::from_nanos(1)))
    }
    let kept = match setup.operation {
        Operation::Download => Reply::new(200).body(crate::operation::content()),
        Operation::Stream => Reply::new(200)
            .header("content-type", "text/event-stream")
            .body(EVENTS),
        other => Reply::json(other.status(), other.json().to_string()),
    };
    let closed = Script::reply(kept);
    let reset = closed.clone().read_head().reset();
    [
        ("reset when it is used again", reset),
        ("closed at once", closed),
    ]
    .map(|(variant, script)| Case::new(variant, [script]))
    .map(|case| case.action(Action::Twice).creates(2).setup(strict))
    .into()
}
