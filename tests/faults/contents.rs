//! Unexpected contents (14 to 27, 30).

use replicate_test_support::{Reply, Script};
use serde_json::{Value, json};

use crate::case::{Action, Case, begun_stream, prediction_reply};
use crate::expectations::Setup;
use crate::operation::{Operation, events, json_reply, prediction};

/// Characters are split over chunks.
pub(crate) fn split_utf8(setup: &mut Setup<'_>) -> Vec<Case> {
    let reply = setup.operation.reply();
    vec![
        Case::new("chunks of a byte", [setup.injector.byte_by_byte(&reply)]),
        Case::new("pieces", [setup.injector.in_pieces(&reply)]),
    ]
}

pub(crate) fn invalid_utf8(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    let broken = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        let at = text.find('ö').unwrap();
        bytes[at + 1] = b'(';
        bytes
    };
    let (reply, outcome) = match operation {
        Operation::Stream => (
            events(broken(crate::operation::EVENTS)),
            "Hello w\u{fffd}(rld|succeeded".to_owned(),
        ),
        Operation::Download => {
            let content = broken("wörld");
            let text = String::from_utf8_lossy(&content).into_owned();
            (
                Reply::new(200).header("connection", "close").body(content),
                text,
            )
        }
        _ => {
            let mut json = operation.json();
            match operation {
                Operation::List => json["results"][0]["logs"] = json!("wörld"),
                Operation::Upload => json["name"] = json!("wörld"),
                _ => json["logs"] = json!("wörld"),
            }
            let reply = Reply::json(operation.status(), broken(&json.to_string()));
            (reply.header("connection", "close"), String::new())
        }
    };
    vec![Case::new("in a text", [Script::reply(reply)]).outcome(outcome)]
}

pub(crate) fn line_ends(setup: &mut Setup<'_>) -> Vec<Case> {
    let text = crate::operation::EVENTS;
    let mut cases = Vec::new();
    for mark in ["", "\u{feff}"] {
        for end in ["\n", "\r\n", "\r"] {
            let bytes = format!("{mark}{}", text.replace('\n', end));
            let variant = format!("{mark:?} {end:?}");
            cases.push(Case::new(
                variant,
                [setup.injector.byte_by_byte(&events(bytes))],
            ));
        }
    }
    cases
}

pub(crate) fn only_comments(_: &mut Setup<'_>) -> Vec<Case> {
    let reply = events(": a\n\n: b\n\n:\n\n");
    vec![Case::new("then the end", [Script::reply(reply)])]
}

pub(crate) fn odd_fields(_: &mut Setup<'_>) -> Vec<Case> {
    let odd = [
        "retry: 1000x\n",
        "retry: 99999999999999999999999\nretry: 1\n",
        "retry\nretry:\n",
        "id: a\0b\n",
        "id\nid:\n",
        "foo: bar\nfoo\n: comment\n",
    ];
    odd.iter()
        .map(|odd| {
            let begin = format!("{odd}event: output\ndata: Hello \n\n");
            let rest = "id: 2\nevent: output\ndata:wörld\n\nevent: done\ndata\n\n";
            let reply = events(format!("{begin}{rest}"));
            Case::new(format!("{odd:?}"), [Script::reply(reply)])
        })
        .collect()
}

const NOT_DONE: &str = "retry: 1\n\nid: 1\nevent: output\ndata: Hello \n\n";

pub(crate) fn without_done(setup: &mut Setup<'_>) -> Vec<Case> {
    let cut = Script::reply(events(NOT_DONE));
    if setup.is_always() {
        let going_on = [
            prediction_reply("processing"),
            prediction_reply("processing"),
            prediction_reply("succeeded"),
        ];
        return vec![Case::new("while it runs", [cut]).always().polled(going_on)];
    }
    vec![
        Case::new("terminal", [cut.clone()]).always(),
        Case::new("still running", [cut]).polled([
            prediction_reply("processing"),
            prediction_reply("succeeded"),
        ]),
    ]
}

pub(crate) fn statuses(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    let status = if setup.row.name == "aborted" {
        "aborted"
    } else {
        "paused"
    };
    let reply =
        |operation: Operation| json_reply(operation.status(), &with_status(operation, status));
    let cut = Script::reply(events(NOT_DONE));
    vec![match (operation, status) {
        (Operation::Create, "aborted") => {
            let scripts = [
                Script::reply(Operation::Create.reply()),
                Script::reply(prediction_reply("aborted")),
            ];
            Case::new("a run", scripts)
                .action(Action::Run)
                .check(check_carried)
        }
        (Operation::Create, _) => {
            let thinking = json_reply(200, &prediction("thinking", Value::Null));
            let scripts = [Script::reply(reply(operation)), Script::reply(thinking)];
            let over = Script::reply(prediction_reply("succeeded"));
            let scripts: Vec<_> = scripts.into_iter().chain([over]).collect();
            Case::new("a run", scripts)
                .action(Action::Run)
                .outcome("Hello wörld")
        }
        (Operation::Stream, "aborted") => Case::new("at its end", [cut])
            .always()
            .polled([prediction_reply("aborted")])
            .check(check_carried),
        (Operation::Stream, _) => Case::new("at its end", [cut])
            .polled([prediction_reply("paused"), prediction_reply("succeeded")]),
        (Operation::Get, status) => Case::new("read", [Script::reply(reply(operation))])
            .outcome(format!("{status} Hello wörld")),
        (Operation::Cancel, status) => {
            Case::new("read", [Script::reply(reply(operation))]).outcome(status)
        }
        _ => Case::new("read", [Script::reply(reply(operation))]),
    }]
}

fn with_status(operation: Operation, status: &str) -> Value {
    let mut json = operation.json();
    match operation {
        Operation::List => json["results"][0]["status"] = json!(status),
        _ => json["status"] = json!(status),
    }
    json
}

fn check_carried(error: &replicate::Error) {
    assert_eq!(error.prediction().unwrap().id, "p1");
}

pub(crate) fn unknown_fields(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    let new = json!({ "new": [1, null, "x"] });
    if operation == Operation::Stream {
        let more = "event: tomorrow\ndata: {\"new\": true}\n\n";
        let bytes = crate::operation::EVENTS.replacen("id: 2", &format!("{more}id: 2"), 1);
        return vec![Case::new("events", [Script::reply(events(bytes))])];
    }
    let mut json = operation.json();
    json["tomorrow"] = new.clone();
    match operation {
        Operation::List => json["results"][0]["tomorrow"] = new,
        _ => json["urls"]["tomorrow"] = new,
    }
    vec![Case::new(
        "fields",
        [Script::reply(json_reply(operation.status(), &json))],
    )]
}

pub(crate) fn null_or_missing(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    let bare = match operation {
        Operation::Create => json!({ "id": "p1", "status": "starting" }),
        Operation::Get => json!({ "id": "p1", "status": "succeeded" }),
        Operation::Cancel => json!({ "id": "p1", "status": "canceled" }),
        Operation::List => json!({ "results": [{ "id": "p1", "status": "succeeded" }] }),
        Operation::Upload => json!({ "id": "f1" }),
        Operation::Stream => return sparse_streams(),
        Operation::Download => return Vec::new(),
    };
    let mut null = bare.clone();
    for name in [
        "output",
        "error",
        "logs",
        "urls",
        "metrics",
        "created_at",
        "version",
        "input",
        "next",
    ] {
        null[name] = Value::Null;
    }
    let outcome = match operation {
        Operation::Get => "succeeded null".to_owned(),
        other => other.outcome(),
    };
    let status = operation.status();
    let mut cases: Vec<_> = [("missing", bare), ("null", null)]
        .into_iter()
        .map(|(variant, json)| {
            let script = Script::reply(json_reply(status, &json));
            Case::new(variant, [script]).outcome(outcome.clone())
        })
        .collect();
    if operation == Operation::List {
        for json in [json!({}), json!({ "results": null, "next": null })] {
            let script = Script::reply(json_reply(200, &json));
            cases.push(Case::new("no items", [script]).outcome(""));
        }
    }
    cases
}

fn sparse_streams() -> Vec<Case> {
    let cut = "retry: 1\n\nid: 1\nevent: output\ndata: Hello wörld\n\n";
    let bare = json!({ "id": "p1", "status": "succeeded", "output": ["Hello wörld"] });
    let whole = "event: output\ndata: Hello wörld\n\nevent: done\ndata\n\n";
    vec![
        Case::new("prediction", [Script::reply(events(cut))])
            .always()
            .polled([json_reply(200, &bare)]),
        Case::new("events", [Script::reply(events(whole))]),
    ]
}

pub(crate) fn no_stream_url(_: &mut Setup<'_>) -> Vec<Case> {
    let urls = [
        json!(null),
        json!({}),
        json!({ "stream": null }),
        json!({ "stream": "" }),
        json!({ "stream": "ftp://x" }),
        json!({ "stream": "not a URL" }),
    ];
    urls.into_iter()
        .map(|urls| {
            let created = json!({ "id": "p1", "status": "starting", "urls": urls });
            Case::new(urls.to_string(), []).created(created)
        })
        .collect()
}

/// A field that is not needed for the result.
pub(crate) fn wrong_optional_types(setup: &mut Setup<'_>) -> Vec<Case> {
    let odd = [
        ("logs", json!(5)),
        ("error", json!({ "code": 7 })),
        ("metrics", json!([])),
        ("created_at", json!("yesterday")),
        ("urls", json!("none")),
    ];
    odd.into_iter()
        .map(|(field, value)| {
            let mut json = setup.operation.json();
            match setup.operation {
                Operation::Upload if field == "urls" => json["checksums"] = value,
                Operation::List => json["results"][0][field] = value,
                Operation::Stream => {
                    json = prediction("starting", Value::Null);
                    json[field] = value;
                    return Case::new(field, []).created(json);
                }
                _ => json[field] = value,
            }
            let reply = json_reply(setup.operation.status(), &json);
            Case::new(field, [Script::reply(reply)])
        })
        .collect()
}

/// A required field: the error has its path, the body, and the id that a create shows.
pub(crate) fn wrong_required_types(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    fn check(error: &replicate::Error) {
        let path = error.path().unwrap();
        assert!(
            ["id", "status"].iter().any(|name| path.ends_with(name)),
            "{path}"
        );
        assert!(error.body().is_some_and(|body| !body.is_empty()));
    }
    fn check_created(error: &replicate::Error) {
        check(error);
        assert_eq!(error.created_id(), Some("p1"));
    }
    let mut json = operation.json();
    match operation {
        Operation::Upload => {
            json["id"] = json!(7);
            let reply = json_reply(operation.status(), &json);
            return vec![Case::new("id", [Script::reply(reply)])];
        }
        Operation::List => json["results"][0]["status"] = json!(5),
        Operation::Stream => {
            json = json!({ "id": "p1", "status": 5 });
            return vec![Case::new("created", []).created(json).check(check_created)];
        }
        _ => json["status"] = json!([]),
    }
    let reply = json_reply(operation.status(), &json);
    let case = Case::new("status", [Script::reply(reply)]);
    vec![case.check(match operation {
        Operation::Create => check_created,
        _ => check,
    })]
}

/// A response that refuses the token once, while the prediction runs.
pub(crate) fn refused_while_polling(setup: &mut Setup<'_>) -> Vec<Case> {
    let done = || json_reply(200, &prediction("succeeded", json!(["Hello ", "wörld"])));
    [401, 403]
        .into_iter()
        .map(|status| {
            let refused = json_reply(status, &json!({ "detail": "no" }));
            let running = json_reply(200, &prediction("processing", Value::Null));
            let variant = status.to_string();
            match setup.operation {
                Operation::Create => {
                    let replies = [setup.operation.reply(), refused, done()];
                    let case = Case::new(variant, replies.map(Script::reply));
                    case.action(Action::Run).outcome("Hello wörld")
                }
                Operation::Stream => Case::new(variant, [begun_stream()])
                    .always()
                    .polled([refused, done()]),
                _ => {
                    let case = Case::new(variant, [running, refused, done()].map(Script::reply));
                    case.action(Action::Wait).outcome("Hello wörld")
                }
            }
        })
        .collect()
}

fn page(next: &str) -> Script {
    let mut page = Operation::List.json();
    page["next"] = json!(next);
    Script::reply(json_reply(200, &page))
}

pub(crate) fn cycles(_: &mut Setup<'_>) -> Vec<Case> {
    let at = |cursor: &str| {
        page(&format!(
            "https://api.invalid/v1/predictions?cursor={cursor}"
        ))
    };
    vec![
        Case::new("itself", [at("a")]).always().outcome("p1 p1"),
        Case::new(
            "a cycle of three",
            [at("a"), at("b"), at("c"), at("a"), at("b")],
        )
        .always()
        .outcome("p1 p1 p1 p1"),
    ]
}

/// Every URL in the responses is on a third-party host.
pub(crate) fn other_hosts(setup: &mut Setup<'_>) -> Vec<Case> {
    let third_party = setup.third_party;
    let urls = json!({
        "get": format!("{third_party}/v1/predictions/p1"),
        "cancel": format!("{third_party}/v1/predictions/p1/cancel"),
        "stream": format!("{third_party}/stream/p1"), "web": third_party,
    });
    let mut created = Operation::Create.json();
    created["urls"] = urls.clone();
    let created_reply = Script::reply(json_reply(201, &created));
    let mut over = Operation::Get.json();
    over["urls"] = urls.clone();
    let over = Script::reply(json_reply(200, &over));
    vec![match setup.operation {
        Operation::Create => Case::new("a run", [created_reply, over])
            .action(Action::Run)
            .outcome("Hello wörld"),
        Operation::Get => Case::new("a wait", [Script::reply(json_reply(200, &created)), over])
            .action(Action::Wait)
            .outcome("Hello wörld"),
        Operation::List => {
            let next = format!("{third_party}/v1/predictions?cursor=a");
            Case::new("next", [page(&next)]).outcome("p1 p1")
        }
        Operation::Cancel => {
            let mut canceled = Operation::Cancel.json();
            canceled["urls"] = urls;
            Case::new("urls", [Script::reply(json_reply(200, &canceled))])
        }
        Operation::Upload => {
            let file =
                json!({ "id": "f1", "urls": { "get": format!("{third_party}/v1/files/f1") } });
            let scripts = [Script::reply(json_reply(201, &file)), created_reply, over];
            Case::new("a run with a file", scripts)
                .action(Action::RunWithUpload)
                .outcome("Hello wörld")
        }
        Operation::Stream => Case::new("stream", []).created(created),
        Operation::Download => Case::new("output", []),
    }]
}

pub(crate) fn gone_while_polling(setup: &mut Setup<'_>) -> Vec<Case> {
    let gone = json_reply(404, &json!({ "detail": "not found" }));
    let gone_script = Script::reply(gone.clone());
    vec![match setup.operation {
        Operation::Create => {
            let done = json_reply(200, &prediction("succeeded", json!("Hello wörld")));
            Case::new(
                "just after the create",
                [Operation::Create.reply(), gone.clone(), gone, done].map(Script::reply),
            )
            .action(Action::Run)
            .outcome("Hello wörld")
        }
        Operation::Stream => Case::new("a stream", [begun_stream()]).polled([
            gone.clone(),
            gone,
            prediction_reply("succeeded"),
        ]),
        _ => Case::new("a wait", [gone_script])
            .always()
            .action(Action::Wait),
    }]
}

pub(crate) fn output_deleted(setup: &mut Setup<'_>) -> Vec<Case> {
    let gone = json_reply(404, &json!({ "detail": "not found" }));
    let mut removed = prediction("succeeded", Value::Null);
    removed["data_removed"] = json!(true);
    vec![match setup.operation {
        Operation::Get => {
            let script = Script::reply(json_reply(200, &removed));
            Case::new("its data removed", [script]).outcome("succeeded null")
        }
        _ => Case::new("404", [Script::reply(gone)]).always(),
    }]
}
