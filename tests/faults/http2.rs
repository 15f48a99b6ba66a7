//! The faults of bodies (4, 5, 6, 11, 12), over HTTP/2.

use replicate_test_support::{Http2End, Http2Reply, Reply, Script};

use crate::case::{Case, begun_reply};
use crate::connection::{impatient, slow_with};
use crate::expectations::Setup;
use crate::operation::Operation;
use crate::responses::{endless_with, gzip_bomb_with};

/// The correct response, up to a place that follows from the seed.
fn part(setup: &mut Setup<'_>) -> Http2Reply {
    let reply = setup.operation.reply();
    let place = setup.injector.below(reply.body_len());
    Http2Reply::new(&reply).first(place)
}

/// The fault once or every time, as the row says. A stream has begun before.
fn case(setup: &Setup<'_>, variant: &str, fault: Http2Reply) -> Case {
    let begun = Http2Reply::new(&begun_reply()).end(Http2End::ResetWithoutError);
    Case::after(Script::http2(begun), setup, variant, Script::http2(fault))
}

pub(crate) fn truncated_before_its_length(setup: &mut Setup<'_>) -> Vec<Case> {
    let ends = [
        ("reset without an error", Http2End::ResetWithoutError),
        ("reset with an error", Http2End::ResetWithError),
        ("end of the stream", Http2End::EndStream),
    ];
    let case = |(variant, end)| {
        let fault = part(setup).end(end);
        case(setup, variant, fault)
    };
    ends.map(case).into()
}

pub(crate) fn truncated_without_a_length(setup: &mut Setup<'_>) -> Vec<Case> {
    let fault = part(setup).without_length().end(Http2End::ResetWithError);
    let mut cases = vec![case(setup, "reset with an error", fault)];
    for (variant, end) in [
        ("reset without an error", Http2End::ResetWithoutError),
        ("end of the stream", Http2End::EndStream),
    ] {
        let fault = part(setup).without_length().end(end);
        cases.push(match setup.operation {
            Operation::Download => verified(setup, variant, fault),
            _ => case(setup, variant, fault),
        });
    }
    cases
}

/// A download whose end is verified: the server sends more bytes past it.
fn verified(setup: &Setup<'_>, variant: &str, fault: Http2Reply) -> Case {
    let more = Reply::new(206).header("content-range", "bytes 1-2/9999");
    let more = Script::http2(Http2Reply::new(&more.body("xx")));
    let pair = [Script::http2(fault), more];
    match setup.is_always() {
        true => {
            let pairs = pair.iter().cycle().take(20).cloned();
            Case::new(variant, pairs.collect::<Vec<_>>()).always()
        }
        false => Case::new(variant, pair),
    }
}

pub(crate) fn slow(setup: &mut Setup<'_>) -> Vec<Case> {
    slow_with(setup.operation, |reply, pause| {
        Script::http2(Http2Reply::new(reply).slowly(pause))
    })
}

pub(crate) fn silence(setup: &mut Setup<'_>) -> Vec<Case> {
    let fault = part(setup).end(Http2End::Hold);
    vec![case(setup, "silent", fault).setup(impatient)]
}

pub(crate) fn endless(setup: &mut Setup<'_>) -> Vec<Case> {
    endless_with(setup.operation, |reply, part| {
        let reply = Http2Reply::new(&reply.append(part.repeat(16_000)));
        Script::http2(reply.end(Http2End::Repeat))
    })
}

pub(crate) fn gzip_bomb(setup: &mut Setup<'_>) -> Vec<Case> {
    gzip_bomb_with(setup.operation, |reply| {
        Script::http2(Http2Reply::new(&reply))
    })
}
