//! Complete responses other than the correct one (7 to 13, 26, 30).

use std::io::Write as _;

use chrono::{Duration, Utc};
use replicate::{ClientBuilder, Limits};
use replicate_test_support::{Reply, Script};
use serde_json::json;

use crate::case::{Action, Case, begun_stream, usual_timeouts};
use crate::connection::on_a_reconnect;
use crate::expectations::Setup;
use crate::leak_detector::TOKEN;
use crate::operation::{Operation, events, json_reply};

fn throttled() -> Reply {
    Reply::new(429)
        .header("connection", "close")
        .header("content-type", "application/json")
}

pub(crate) fn rate_limited(setup: &mut Setup<'_>) -> Vec<Case> {
    let body = |detail: &str| json!({ "detail": detail }).to_string();
    let now = http_date(Utc::now());
    let mut variants = vec![
        (
            "seconds",
            throttled().header("retry-after", "0.02").body(body("slow")),
        ),
        (
            "date",
            throttled()
                .header("retry-after", &now)
                .header("date", &now)
                .body(""),
        ),
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
        variants.push((
            "one second",
            throttled().header("retry-after", "1").body(""),
        ));
    }
    let attempts = if setup.is_always() { 5 } else { 2 };
    variants
        .into_iter()
        .map(|(variant, reply)| {
            let case = Case::of(setup, variant, Script::reply(reply));
            if setup.operation == Operation::Create && setup.is_always() {
                // Creates queue until the timeout, not for a number of attempts.
                return case.creates(40).setup(|builder| {
                    let retry = replicate::RetryPolicy::default();
                    let most = std::time::Duration::from_millis(200);
                    builder.retry_policy(retry.with_max_queue_time(most))
                });
            }
            case.creates(attempts).check(|error| {
                assert_eq!(error.attempts(), 5, "{error:?}");
            })
        })
        .collect()
}

/// A delay past the deadline is the error itself: at once, with the delay in it.
pub(crate) fn delay_past_deadline(_: &mut Setup<'_>) -> Vec<Case> {
    fn check(error: &replicate::Error) {
        assert_eq!(
            error.retry_after(),
            Some(std::time::Duration::from_secs(61))
        );
        assert_eq!(error.attempts(), 1);
    }
    let reply = throttled().header("retry-after", "61").body("");
    let case = Case::new("61 s", [Script::reply(reply)]).check(check);
    vec![case.setup(|builder| {
        // A create would queue for it.
        let retry = replicate::RetryPolicy::default();
        builder.retry_policy(retry.with_max_queue_time(std::time::Duration::from_secs(5)))
    })]
}

/// A server whose clock is a day off does not delay the retry.
pub(crate) fn skewed_clock(_: &mut Setup<'_>) -> Vec<Case> {
    [("ahead", Duration::days(1)), ("behind", Duration::days(-1))]
        .into_iter()
        .map(|(variant, skew)| {
            let date = http_date(Utc::now() + skew);
            let reply = throttled()
                .header("date", &date)
                .header("retry-after", &date)
                .body("");
            Case::new(variant, [Script::reply(reply)]).creates(2)
        })
        .collect()
}

fn http_date(time: chrono::DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(crate) fn server_errors(setup: &mut Setup<'_>) -> Vec<Case> {
    [500, 502, 503, 504, 520, 522, 524, 530]
        .into_iter()
        .map(|status| {
            let page = format!(
                "<html><h1>{status}</h1> no {}</html>",
                echo(setup.operation)
            );
            let reply = Reply::new(status)
                .header("connection", "close")
                .header("content-type", "text/html")
                .body(page);
            Case::of(setup, &status.to_string(), Script::reply(reply))
        })
        .collect()
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
    let reply = json_reply(status, &problem);
    let case = Case::new("complete", [Script::reply(reply)]);
    vec![match status {
        422 => case.check(|error| assert_eq!(error.invalid_fields()[0].field, "input.prompt")),
        _ => case,
    }]
}

pub(crate) fn malformed_json(setup: &mut Setup<'_>) -> Vec<Case> {
    if setup.operation == Operation::Stream {
        let text = "id: 1\nevent: output\ndata: Hello wörld\n\nevent: done\ndata: {\"rea\n\n";
        return vec![Case::new("done", [Script::reply(events(text))])];
    }
    fn shows_the_id(error: &replicate::Error) {
        let creates = error.method().is_some_and(|method| method == "POST")
            && error
                .url()
                .is_some_and(|url| !url.path().ends_with("/cancel"));
        assert!(!creates || error.created_id() == Some("p1"), "{error:?}");
    }
    let with_id = setup.row.situation == "with its id";
    let bodies: &[&str] = match with_id {
        true => &["{\"id\":\"p1\",\"stat", "{\"id\":\"p1\"}}"],
        false => &["", "]", "nonsense", "{\"id\":"],
    };
    let cases = bodies.iter().map(|body| {
        let reply = Reply::json(setup.operation.status(), body).header("connection", "close");
        let case = Case::new(format!("{body:?}"), [Script::reply(reply)]);
        if with_id {
            case.check(shows_the_id)
        } else {
            case
        }
    });
    cases.collect()
}

pub(crate) fn wrong_content_type(setup: &mut Setup<'_>) -> Vec<Case> {
    let status = setup.operation.status();
    let html = Reply::new(status)
        .header("connection", "close")
        .header("content-type", "text/html");
    match setup.operation {
        Operation::Download => {
            let reply = html.body(crate::operation::content());
            vec![Case::new("a page", [Script::reply(reply)])]
        }
        Operation::Stream if setup.row.situation == "on a reconnect" => {
            let page = Script::reply(html.body("<html>"));
            let nothing = Script::reply(Reply::new(204).header("connection", "close").raw_body(""));
            let refusal = Script::reply(json_reply(404, &json!({ "detail": "gone" })));
            vec![
                on_a_reconnect("a page", page),
                on_a_reconnect("204", nothing),
                on_a_reconnect("404", refusal),
            ]
        }
        _ => {
            let reply = html.body("<html>Welcome</html>");
            vec![Case::new("a page", [Script::reply(reply)])]
        }
    }
}

fn small(builder: ClientBuilder) -> ClientBuilder {
    builder
        .limits(Limits::default().with_body(64 * 1024))
        .timeouts(usual_timeouts())
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
    let third_party = setup.third_party;
    [301, 302, 303, 307, 308]
        .into_iter()
        .map(|status| {
            let reply = Reply::new(status)
                .header("connection", "close")
                .header("location", &format!("{third_party}/v1/predictions"))
                .body("");
            let case = Case::new(status.to_string(), [Script::reply(reply)]);
            match setup.operation {
                // Followed, so that the server gets one request.
                Operation::Stream | Operation::Download => case.always(),
                _ => case,
            }
        })
        .collect()
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
