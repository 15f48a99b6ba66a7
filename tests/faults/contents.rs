//! Unexpected contents (14 to 27, 30).

use replicate_test_support::{Reply, Script};
use serde_json::{Value, json};

use crate::case::{Action, Case, begun_stream, prediction_reply};
use crate::expectations::Setup;
use crate::operation::{EVENTS, Operation, events, json_reply, prediction};

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
        Operation::Stream => {
            let outcome = "Hello w\u{fffd}(rld|succeeded";
            (events(broken(EVENTS)), outcome.to_owned())
        }
        Operation::Download => {
            let content = broken("wörld");
            let text = String::from_utf8_lossy(&content).into_owned();
            let reply = Reply::new(200).header("connection", "close");
            (reply.body(content), text)
        }
        _ => {
            let field = if operation == Operation::Upload {
                "name"
            } else {
                "logs"
            };
            let json = operation.json_with(|json| json[field] = json!("wörld"));
            let reply = Reply::json(operation.status(), broken(&json.to_string()));
            (reply.header("connection", "close"), String::new())
        }
    };
    vec![Case::reply("in a text", reply).outcome(outcome)]
}

pub(crate) fn line_ends(setup: &mut Setup<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for mark in ["", "\u{feff}"] {
        for end in ["\n", "\r\n", "\r"] {
            let reply = events(format!("{mark}{}", EVENTS.replace('\n', end)));
            let script = setup.injector.byte_by_byte(&reply);
            cases.push(Case::new(format!("{mark:?} {end:?}"), [script]));
        }
    }
    cases
}

pub(crate) fn only_comments(_: &mut Setup<'_>) -> Vec<Case> {
    vec![Case::reply("then the end", events(": a\n\n: b\n\n:\n\n"))]
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
    let case = |odd| {
        let begin = format!("{odd}event: output\ndata: Hello \n\n");
        let rest = "id: 2\nevent: output\ndata:wörld\n\nevent: done\ndata\n\n";
        Case::reply(format!("{odd:?}"), events(begin + rest))
    };
    odd.map(case).into()
}

const NOT_DONE: &str = "retry: 1\n\nid: 1\nevent: output\ndata: Hello \n\n";

pub(crate) fn without_done(setup: &mut Setup<'_>) -> Vec<Case> {
    let case = |variant| Case::reply(variant, events(NOT_DONE));
    let (running, done) = (
        prediction_reply("processing"),
        prediction_reply("succeeded"),
    );
    if setup.is_always() {
        let replies = [running.clone(), running, done];
        return vec![case("while it runs").always().polled(replies)];
    }
    vec![
        case("terminal").always(),
        case("still running").polled([running, done]),
    ]
}

pub(crate) fn statuses(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    let status = match setup.row.name {
        "aborted" => "aborted",
        _ => "paused",
    };
    let reply = operation.reply_with(&operation.json_with(|json| json["status"] = json!(status)));
    let read = |outcome: String| Case::reply("read", reply.clone()).outcome(outcome);
    let stream = Case::reply("at its end", events(NOT_DONE));
    let run = |replies: Vec<Reply>| {
        let scripts: Vec<_> = replies.into_iter().map(Script::reply).collect();
        Case::new("a run", scripts).action(Action::Run)
    };
    vec![match (operation, status) {
        (Operation::Create, "aborted") => {
            let replies = vec![operation.reply(), prediction_reply("aborted")];
            run(replies).check(check_carried)
        }
        (Operation::Create, _) => {
            let thinking = json_reply(200, &prediction("thinking", Value::Null));
            let replies = vec![reply, thinking, prediction_reply("succeeded")];
            run(replies).outcome("Hello wörld")
        }
        (Operation::Stream, "aborted") => stream
            .always()
            .polled([prediction_reply("aborted")])
            .check(check_carried),
        (Operation::Stream, _) => {
            stream.polled([prediction_reply("paused"), prediction_reply("succeeded")])
        }
        (Operation::Get, status) => read(format!("{status} Hello wörld")),
        (Operation::Cancel, status) => read(status.to_owned()),
        _ => read(operation.outcome()),
    }]
}

fn check_carried(error: &replicate::Error) {
    assert_eq!(error.prediction().unwrap().id, "p1");
}

pub(crate) fn unknown_fields(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    if operation == Operation::Stream {
        let more = "event: tomorrow\ndata: {\"new\": true}\n\n";
        let bytes = EVENTS.replacen("id: 2", &format!("{more}id: 2"), 1);
        return vec![Case::reply("events", events(bytes))];
    }
    let new = json!({ "new": [1, null, "x"] });
    let mut json = operation.json_with(|json| {
        json["tomorrow"] = new.clone();
        json["urls"]["tomorrow"] = new.clone();
    });
    json["tomorrow"] = new;
    vec![Case::reply("fields", operation.reply_with(&json))]
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
    let names = "output error logs urls metrics created_at version input next";
    for name in names.split(' ') {
        null[name] = Value::Null;
    }
    let outcome = match operation {
        Operation::Get => "succeeded null".to_owned(),
        other => other.outcome(),
    };
    let case = |variant, json| Case::reply(variant, operation.reply_with(&json));
    let mut cases = vec![
        case("missing", bare).outcome(outcome.as_str()),
        case("null", null).outcome(outcome.as_str()),
    ];
    if operation == Operation::List {
        for json in [json!({}), json!({ "results": null, "next": null })] {
            cases.push(case("no items", json).outcome(""));
        }
    }
    cases
}

fn sparse_streams() -> Vec<Case> {
    let cut = "retry: 1\n\nid: 1\nevent: output\ndata: Hello wörld\n\n";
    let bare = json!({ "id": "p1", "status": "succeeded", "output": ["Hello wörld"] });
    let whole = "event: output\ndata: Hello wörld\n\nevent: done\ndata\n\n";
    vec![
        Case::reply("prediction", events(cut))
            .always()
            .polled([json_reply(200, &bare)]),
        Case::reply("events", events(whole)),
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
    let case = |urls: Value| {
        let created = json!({ "id": "p1", "status": "starting", "urls": urls });
        Case::new(urls.to_string(), []).created(created)
    };
    urls.map(case).into()
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
    let operation = setup.operation;
    let case = |(field, value): (&str, Value)| {
        if operation == Operation::Stream {
            let mut created = prediction("starting", Value::Null);
            created[field] = value;
            return Case::new(field, []).created(created);
        }
        let name = match (operation, field) {
            (Operation::Upload, "urls") => "checksums",
            _ => field,
        };
        let json = operation.json_with(|json| json[name] = value);
        Case::reply(field, operation.reply_with(&json))
    };
    odd.map(case).into()
}

/// A required field: the error has its path, the body, and the id that a create shows.
pub(crate) fn wrong_required_types(setup: &mut Setup<'_>) -> Vec<Case> {
    let operation = setup.operation;
    fn check(error: &replicate::Error) {
        let path = error.path().unwrap();
        assert!(path.ends_with("id") || path.ends_with("status"), "{path}");
        assert!(error.body().is_some_and(|body| !body.is_empty()));
    }
    fn check_created(error: &replicate::Error) {
        check(error);
        assert_eq!(error.created_id(), Some("p1"));
    }
    if operation == Operation::Stream {
        let created = json!({ "id": "p1", "status": 5 });
        return vec![
            Case::new("created", [])
                .created(created)
                .check(check_created),
        ];
    }
    let (field, value) = match operation {
        Operation::Upload => ("id", json!(7)),
        Operation::List => ("status", json!(5)),
        _ => ("status", json!([])),
    };
    let json = operation.json_with(|json| json[field] = value);
    let case = Case::reply(field, operation.reply_with(&json));
    vec![match operation {
        Operation::Create => case.check(check_created),
        _ => case.check(check),
    }]
}

/// A response that refuses the token once, while the prediction runs.
pub(crate) fn refused_while_polling(setup: &mut Setup<'_>) -> Vec<Case> {
    let done = prediction_reply("succeeded");
    let running = json_reply(200, &prediction("processing", Value::Null));
    let case = |status: u16| {
        let refused = json_reply(status, &json!({ "detail": "no" }));
        let (variant, done) = (status.to_string(), done.clone());
        let (first, action) = match setup.operation {
            Operation::Stream => {
                let case = Case::new(variant, [begun_stream()]).always();
                return case.polled([refused, done]);
            }
            Operation::Create => (setup.operation.reply(), Action::Run),
            _ => (running.clone(), Action::Wait),
        };
        let case = Case::new(variant, [first, refused, done].map(Script::reply));
        case.action(action).outcome("Hello wörld")
    };
    [401, 403].map(case).into()
}

fn page(next: &str) -> Reply {
    let mut page = Operation::List.json();
    page["next"] = json!(next);
    json_reply(200, &page)
}

pub(crate) fn cycles(_: &mut Setup<'_>) -> Vec<Case> {
    let at = |cursor| {
        let next = format!("https://api.invalid/v1/predictions?cursor={cursor}");
        Script::reply(page(&next))
    };
    let cycle = ["a", "b", "c", "a", "b"].map(at);
    vec![
        Case::new("itself", [at("a")]).always().outcome("p1 p1"),
        Case::new("a cycle of three", cycle)
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
    let with_urls = |operation: Operation| operation.json_with(|json| json["urls"] = urls.clone());
    let reply = |status, json: &Value| Script::reply(json_reply(status, json));
    let created = with_urls(Operation::Create);
    let over = reply(200, &with_urls(Operation::Get));
    vec![match setup.operation {
        Operation::Create => Case::new("a run", [reply(201, &created), over])
            .action(Action::Run)
            .outcome("Hello wörld"),
        Operation::Get => Case::new("a wait", [reply(200, &created), over])
            .action(Action::Wait)
            .outcome("Hello wörld"),
        Operation::List => {
            let next = format!("{third_party}/v1/predictions?cursor=a");
            Case::reply("next", page(&next)).outcome("p1 p1")
        }
        Operation::Cancel => Case::new("urls", [reply(200, &with_urls(Operation::Cancel))]),
        Operation::Upload => {
            let url = format!("{third_party}/v1/files/f1");
            let file = json!({ "id": "f1", "urls": { "get": url } });
            let scripts = [reply(201, &file), reply(201, &created), over];
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
    vec![match setup.operation {
        Operation::Create => {
            let done = json_reply(200, &prediction("succeeded", json!("Hello wörld")));
            let replies = [setup.operation.reply(), gone.clone(), gone, done];
            Case::new("just after the create", replies.map(Script::reply))
                .action(Action::Run)
                .outcome("Hello wörld")
        }
        Operation::Stream => {
            let polled = [gone.clone(), gone, prediction_reply("succeeded")];
            Case::new("a stream", [begun_stream()]).polled(polled)
        }
        _ => Case::reply("a wait", gone).always().action(Action::Wait),
    }]
}

pub(crate) fn output_deleted(setup: &mut Setup<'_>) -> Vec<Case> {
    let gone = json_reply(404, &json!({ "detail": "not found" }));
    let mut removed = prediction("succeeded", Value::Null);
    removed["data_removed"] = json!(true);
    vec![match setup.operation {
        Operation::Get => {
            Case::reply("its data removed", json_reply(200, &removed)).outcome("succeeded null")
        }
        _ => Case::reply("404", gone).always(),
    }]
}
