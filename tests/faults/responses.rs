//! Complete responses other than the correct one (7 to 13, 26, 30).

use std::io::Write as _;

use chrono::{Duration, Utc};
use replicate::{ClientBuilder, Limits, RetryPolicy};
use replicate_test_support::{Reply, Script};
use serde_json::json;

use crate::case::{Action, Case, begun_stream};
use crate::expectations::Setup;
use crate::leak_detector::TOKEN;
use crate::operation::{Operation, content, events, json_reply};

fn throttled() -> Reply {
    Reply::new(429)
        .header("connection", "close")
        .header("content-type", "application/json")
}

pub(crate) fn rate_limited(setup: &mut Setup<'_>) -> Vec<Case> {
    let body = |detail: &str| json!({ "detail": detail }).to_string();
    let now = http_date(Utc::now());
    let seconds = |wait| throttled().header("retry-after", wait);
    let mut variants = vec![
        ("seconds", seconds("0.02").body(body("slow"))),
        ("date", seconds(&now).header("date", &now).body("")),
        (
            "hint",
            throttled().body(r#"{"detail":"slow","retry_after":0.02}"#),
        ),
        (
            "words",
            throttled().body(body("Your rate limit resets in ~0.02s.")),
        ),
    ];
    if setup.operation == Operation::Create && !setup.is_always() {
        variants.push(("one second", seconds("1").body("")));
    }
    let attempts = if setup.is_always() { 5 } else { 2 };
    let case = |(variant, reply)| {
        let case = Case::of(setup, variant, Script::reply(reply));
        if setup.operation == Operation::Create && setup.is_always() {
            // Creates queue until the timeout, not for a number of attempts.
            return case.creates(40).setup(|builder| queue_for(builder, 200));
        }
        case.creates(attempts).check(|error| {
            assert_eq!(error.attempts(), 5, "{error:?}");
        })
    };
    variants.into_iter().map(case).collect()
}

/// Lets creates queue for this many milliseconds.
fn queue_for(builder: ClientBuilder, millis: u64) -> ClientBuilder {
    let time = std::time::Duration::from_millis(millis);
    builder.retry_policy(RetryPolicy::default().with_max_queue_time(time))
}

/// A delay past the deadline is the error itself: at once, with the delay in it.
pub(crate) fn delay_past_deadline(_: &mut Setup<'_>) -> Vec<Case> {
    fn check(error: &replicate::Error) {
        let delay = std::time::Duration::from_secs(61);
        assert_eq!(error.retry_after(), Some(delay));
        assert_eq!(error.attempts(), 1);
    }
    let reply = throttled().header("retry-after", "61").body("");
    let case = Case::reply("61 s", reply).check(check);
    // A create would queue for it.
    vec![case.setup(|builder| queue_for(builder, 5000))]
}

/// A server whose clock is a day off does not delay the retry.
pub(crate) fn skewed_clock(_: &mut Setup<'_>) -> Vec<Case> {
    let case = |(variant, skew)| {
        let date = http_date(Utc::now() + skew);
        let reply = throttled().header("date", &date);
        Case::reply(variant, reply.header("retry-after", &date).body("")).creates(2)
    };
    let skews = [("ahead", Duration::days(1)), ("behind", Duration::days(-1))];
    skews.map(case).into()
}

fn http_date(time: chrono::DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(crate) fn server_errors(setup: &mut Setup<'_>) -> Vec<Case> {
    let token = echo(setup.operation);
    let case = |status: u16| {
        let page = format!("<html><h1>{status}</h1> no {token}</html>");
        let reply = html(status).body(page);
        Case::of(setup, &status.to_string(), Script::reply(reply))
    };
    [500, 502, 503, 504, 520, 522, 524, 530].map(case).into()
}

fn html(status: u16) -> Reply {
    Reply::new(status)
        .header("connection", "close")
        .header("content-type", "text/html")
}

/// What a server may repeat: the token, where it was sent one.
fn echo(operation: Operation) -> &'static str {
    if operation.is_foreign() {
        "token"
    } else {
        TOKEN
    }
}

pub(crate) fn refusals(setup: &mut Setup<'_>) -> Vec<Case> {
    let status: u16 = setup.row.name.parse().unwrap();
    let problem = json!({
        "title": "no", "detail": format!("no {}", echo(setup.operation)), "status": status,
        "invalid_fields": [{ "field": "input.prompt", "type": "required", "description": "no" }],
    });
    let case = Case::reply("complete", json_reply(status, &problem));
    vec![match status {
        422 => case.check(|error| assert_eq!(error.invalid_fields()[0].field, "input.prompt")),
        _ => case,
    }]
}

pub(crate) fn malformed_json(setup: &mut Setup<'_>) -> Vec<Case> {
    if setup.operation == Operation::Stream {
        let text = "id: 1\nevent: output\ndata: Hello wörld\n\nevent: done\ndata: {\"rea\n\n";
        return vec![Case::reply("done", events(text))];
    }
    fn shows_the_id(error: &replicate::Error) {
        let path = error.url().unwrap().path();
        let creates = error.method().unwrap() == "POST" && !path.ends_with("/cancel");
        assert!(!creates || error.created_id() == Some("p1"), "{error:?}");
    }
    let with_id = setup.row.situation == "with its id";
    let bodies: &[&str] = match with_id {
        true => &["{\"id\":\"p1\",\"stat", "{\"id\":\"p1\"}}"],
        false => &["", "]", "nonsense", "{\"id\":"],
    };
    let cases = bodies.iter().map(|body| {
        let reply = Reply::json(setup.operation.status(), body).header("connection", "close");
        let case = Case::reply(format!("{body:?}"), reply);
        match with_id {
            true => case.check(shows_the_id),
            false => case,
        }
    });
    cases.collect()
}

pub(crate) fn wrong_content_type(setup: &mut Setup<'_>) -> Vec<Case> {
    let html = html(setup.operation.status());
    match setup.operation {
        Operation::Download => vec![Case::reply("a page", html.body(content()))],
        Operation::Stream if setup.row.situation == "on a reconnect" => {
            let nothing = Reply::new(204).header("connection", "close");
            let refusal = json_reply(404, &json!({ "detail": "gone" }));
            [
                ("a page", html.body("<html>")),
                ("204", nothing.raw_body("")),
                ("404", refusal),
            ]
            .map(|(variant, reply)| Case::new(variant, [begun_stream(), Script::reply(reply)]))
            .into()
        }
        _ => vec![Case::reply("a page", html.body("<html>Welcome</html>"))],
    }
}

fn small(builder: ClientBuilder) -> ClientBuilder {
    builder.limits(Limits::default().with_body(64 * 1024))
}

pub(crate) fn endless(setup: &mut Setup<'_>) -> Vec<Case> {
    endless_with(setup.operation, |reply, part| {
        Script::reply(reply).write_without_end(part.repeat(1000).into_bytes())
    })
}

/// A body that begins as that of the reply and never ends, as `script` sends it.
pub(crate) fn endless_with(
    operation: Operation,
    script: impl FnOnce(Reply, &str) -> Script,
) -> Vec<Case> {
    let head = |content_type: &str, begin: &str| {
        Reply::new(operation.status())
            .header("content-type", content_type)
            .raw_body(begin)
    };
    vec![match operation {
        Operation::Stream => {
            let reply = head("text/event-stream", "id: 1\nevent: output\ndata: ");
            Case::new("an event", [script(reply, "x")])
        }
        Operation::Download => {
            Case::new("read as far as is wanted", [script(head("x/y", ""), "x")])
                .action(Action::ReadSome)
                .outcome("a mebibyte")
        }
        _ => {
            let reply = head("application/json", "{\"id\":\"p1\",");
            Case::new("white space", [script(reply, " ")]).setup(small)
        }
    }]
}

pub(crate) fn gzip_bomb(setup: &mut Setup<'_>) -> Vec<Case> {
    gzip_bomb_with(setup.operation, Script::reply)
}

/// A small compressed body that is large when it is decompressed, as `script` sends it.
pub(crate) fn gzip_bomb_with(
    operation: Operation,
    script: impl FnOnce(Reply) -> Script,
) -> Vec<Case> {
    let (begin, content_type) = match operation {
        Operation::Stream => ("id: 1\nevent: output\ndata: ", "text/event-stream"),
        Operation::Download => ("", "text/plain"),
        _ => ("{\"id\":\"p1\",\"logs\":\"", "application/json"),
    };
    let content = format!("{begin}{}", "x".repeat(8 * 1024 * 1024));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    assert!(packed.len() * 100 < content.len());
    let reply = Reply::new(operation.status())
        .header("connection", "close")
        .header("content-type", content_type)
        .header("content-encoding", "gzip")
        .body(packed);
    let case = Case::new("8 MiB", [script(reply)]).setup(small);
    vec![match operation {
        Operation::Download => case.outcome(content),
        _ => case,
    }]
}

/// To a third-party host.
pub(crate) fn redirects(setup: &mut Setup<'_>) -> Vec<Case> {
    let to = format!("{}/v1/predictions", setup.third_party);
    let case = |status: u16| {
        let reply = Reply::new(status).header("connection", "close");
        let case = Case::reply(status.to_string(), reply.header("location", &to).body(""));
        match setup.operation {
            // Followed, so that the server gets one request.
            Operation::Stream | Operation::Download => case.always(),
            _ => case,
        }
    };
    [301, 302, 303, 307, 308].map(case).into()
}

/// A stream that breaks inside an event and is resumed.
pub(crate) fn inside_an_event(setup: &mut Setup<'_>) -> Vec<Case> {
    let rest = "id: 2\nevent: output\ndata: wörld\n\nid: 3\nevent: done\ndata: {}\n\n";
    let only_the_rest = Script::reply(events(rest));
    let everything = setup.injector.in_pieces(&Operation::Stream.reply());
    vec![
        Case::new("the rest comes", [begun_stream(), only_the_rest]),
        Case::new("everything comes again", [begun_stream(), everything]),
    ]
}
