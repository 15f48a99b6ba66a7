//! Code generated from a description of every construct that the generator supports: what it
//! sends, and how it decodes.

use replicate_test_support::{Listener, Received, Reply, Script};
use serde_json::{Value, json};

use crate::{Error, ErrorKind, Nullable, Transport};

#[rustfmt::skip]
#[allow(dead_code, unreachable_pub, reason = "generated as for users, called here alone")]
mod generated;

use generated::{Client, operations, types};

struct Server {
    listener: Listener,
    client: Client,
}

impl Server {
    fn returning(status: u16, body: &str) -> Self {
        let reply = Script::reply_to_all(Reply::json(status, body));
        let listener = Listener::always(reply).unwrap();
        let transport = Transport::builder().token("r8_x").base_url(listener.url());
        let transport = transport.build().unwrap();
        let client = Client { transport };
        Self { listener, client }
    }

    fn sent(&self) -> Received {
        let [sent] = self.listener.take().try_into().unwrap();
        sent
    }

    fn sent_json(&self) -> Value {
        serde_json::from_slice(&self.sent().body).unwrap()
    }
}

fn refused<T>(result: Result<T, Error>) -> String {
    let Err(error) = result else {
        panic!("it was sent");
    };
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    error.to_string()
}

#[tokio::test]
async fn nested_objects_are_set_from_builders_json_or_both() {
    let server = Server::returning(201, r#"{"id":"j"}"#);
    let expected = json!({ "name": "n", "options": { "retries": 2, "labels": { "a": "b" },
        "notify": [{ "url": "u", "events": ["end"] }] } });
    let notify = types::JobCreateRequestOptionsNotifyItem::builder();
    let options = types::JobCreateRequestOptions::builder()
        .retries(2)
        .labels(json!({ "a": "b" }))
        .notify([notify.url("u").events(["end"])]);
    let create = || server.client.jobs_create();
    let with_json = types::JobCreateRequest::builder().name("n");
    let with_json = with_json.options(expected["options"].clone());
    for call in [
        create().body_map(|body| body.name("n").options(options)),
        create().body(with_json),
        create().body(expected.clone()),
    ] {
        call.send().await.unwrap();
        assert_eq!(server.sent_json(), expected);
    }
}

#[tokio::test]
async fn missing_and_invalid_parts_are_named_together_however_deep() {
    let server = Server::returning(201, "{}");
    let notify = types::JobCreateRequestOptionsNotifyItem::builder().events(["end"]);
    let options = types::JobCreateRequestOptions::builder();
    let some = types::JobCreateRequestOptions::builder().retries(1);
    let create = || server.client.jobs_create();
    for (call, expected) in [
        (
            create().body_map(|body| body.options(options)),
            "missing required parts: body.name, body.options.retries (POST /jobs)",
        ),
        (
            create().body_map(|body| body.name("n").options(some.notify([notify]))),
            "missing required part: body.options.notify.url (POST /jobs)",
        ),
    ] {
        assert_eq!(refused(call.send().await), expected);
    }
    let call = create().body_map(|body| body.options(json!([1])).config(json!("x")));
    let message = refused(call.send().await);
    let config = "config: expected a JSON object, got a string";
    assert!(message.contains(config), "{message}");
    assert!(message.contains("missing: name"), "{message}");
    let message = refused(server.client.jobs_list().since("tomorrow").send().await);
    assert!(
        message.starts_with("missing required part: send"),
        "{message}"
    );
    let since = "since: \"tomorrow\" is not an RFC 3339 timestamp";
    assert!(message.contains(since), "{message}");
    assert!(server.listener.take().is_empty());
}

#[tokio::test]
async fn success_without_a_body_is_decoded_as_none() {
    let body = json!({ "name": "n", "options": { "retries": 0 } });
    for (status, text, id) in [(204, "", None), (201, r#"{"id":"j"}"#, Some("j"))] {
        let server = Server::returning(status, text);
        let call = server.client.jobs_create().body(body.clone());
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.value().as_ref().map(|job| job.id.as_str()), id);
    }
    let server = Server::returning(202, "");
    let call = server.client.jobs_cancel().job_id("j");
    assert_eq!(call.send().await.unwrap().status(), 202);
}

#[tokio::test]
async fn optional_body_is_not_sent_unless_it_is_set() {
    let server = Server::returning(202, "");
    let cancel = || server.client.jobs_cancel().job_id("j");
    cancel().send().await.unwrap();
    let sent = server.sent();
    assert_eq!((sent.body.len(), sent.header("content-type")), (0, None));
    let call = cancel().body_map(|body| body.reason("done"));
    call.send().await.unwrap();
    assert_eq!(server.sent_json(), json!({ "reason": "done" }));
    let message = refused(cancel().body_map(|body| body).send().await);
    let missing = "missing required part: body.reason";
    assert!(message.starts_with(missing), "{message}");
}

#[tokio::test]
async fn null_and_empty_are_sent_when_they_are_set() {
    let server = Server::returning(200, r#"{"id":"j"}"#);
    type Update = types::builder::JobUpdateRequest;
    type Case = (fn(Update) -> Update, Value);
    let cases: [Case; 7] = [
        (|body| body, json!({})),
        (|body| body.note("n"), json!({ "note": "n" })),
        (|body| body.note(None), json!({ "note": null })),
        (|body| body.note(None).note(Nullable::Absent), json!({})),
        (
            |body| body.tags(Nullable::Null).labels(Vec::<String>::new()),
            json!({ "tags": null, "labels": [] }),
        ),
        (|body| body.tags(["a"]), json!({ "tags": ["a"] })),
        (|body| body.options(json!(null)), json!({ "options": null })),
    ];
    for (fill, expected) in cases {
        let call = server.client.jobs_update().job_id("j").body_map(fill);
        call.send().await.unwrap();
        assert_eq!(server.sent_json(), expected);
    }
}

#[tokio::test]
async fn parameters_are_sent_where_and_how_the_description_says() {
    let server = Server::returning(200, "{}");
    let call = server.client.jobs_list().ids([1, 2]);
    let call = call.state(["queued", "new"]).since("2026-01-31T12:00:00Z");
    let call = call.if_none_match("\"x\"").send_query(true);
    call.send().await.unwrap();
    let sent = server.sent();
    assert_eq!(
        sent.target,
        "/v1/jobs?ids=1%2C2&state=queued&state=new&since=2026-01-31T12%3A00%3A00Z&send=true"
    );
    assert_eq!(sent.header("if-none-match"), Some("\"x\""));
    let call = server.client.jobs_list().send_query(false);
    call.send().await.unwrap();
    assert_eq!(server.sent().target, "/v1/jobs?send=false");
}

#[tokio::test]
async fn bodies_have_the_media_type_that_the_description_says() {
    let server = Server::returning(200, "[]");
    let client = &server.client;
    let sent = || {
        let sent = server.sent();
        let content_type = sent.header("content-type").unwrap().to_owned();
        (content_type, sent.text())
    };
    let expected = |content_type: &str, body: &str| (content_type.to_owned(), body.to_owned());

    let call = client.notes_put().body_map(|body| body.text("t"));
    call.send().await.unwrap();
    assert_eq!(
        sent(),
        expected("application/vnd.example.v2+json", r#"{"text":"t"}"#)
    );
    let call = client.tokens_create();
    let call = call.body_map(|body| body.grant("a b").scope(["x", "y"]));
    call.send().await.unwrap();
    let form = "application/x-www-form-urlencoded";
    assert_eq!(sent(), expected(form, "grant=a+b&scope=x&scope=y"));
    client
        .uploads_replace()
        .body(vec![b'1', b'2'])
        .send()
        .await
        .unwrap();
    assert_eq!(sent(), expected("image/png", "12"));

    let form = reqwest::multipart::Form::new().text("name", "n");
    client.uploads_create().body(form).send().await.unwrap();
    let (content_type, _) = sent();
    assert!(content_type.starts_with("multipart/form-data; boundary="));
    let message = refused(client.uploads_create().send().await);
    assert!(
        message.starts_with("missing required part: body"),
        "{message}"
    );

    client.uploads_search().body("words").send().await.unwrap();
    let sent = server.sent();
    assert_eq!(
        (sent.method.as_str(), sent.header("content-type")),
        ("QUERY", Some("text/plain"))
    );
}

#[tokio::test]
async fn union_is_decoded_by_its_tag_and_keeps_unknown_variants() {
    let round = json!({ "kind": "round", "radius": 1.5 });
    let shapes = json!([round, { "kind": "star", "points": 5 }]);
    let server = Server::returning(200, &shapes.to_string());
    let call = server.client.notes_put().body_map(|body| body.text("t"));
    let shapes = call.send().await.unwrap().into_inner();
    server.sent();
    assert!(matches!(&shapes[0], types::Shape::Round(circle) if circle.radius == Some(1.5)));
    assert!(matches!(&shapes[1], types::Shape::Unknown(value) if value["points"] == 5));
    assert_eq!(serde_json::to_value(&shapes[0]).unwrap(), round);
    let error = types::Square::try_from(types::Square::builder()).unwrap_err();
    assert!(error.to_string().ends_with("fields: side"), "{error}");
    let circle = types::Circle::builder().radius(1.5);
    let circle = types::Circle::try_from(circle).unwrap();
    let call = server.client.jobs_create();
    let call = call.body_map(|body| {
        let body = body.name("n").options(json!({ "retries": 0 }));
        body.shape(types::Shape::Round(circle))
    });
    let _ = call.send().await;
    assert_eq!(server.sent_json()["shape"], round);
}

#[tokio::test]
async fn fields_that_always_come_are_plain_and_null_is_empty() {
    let server = Server::returning(
        200,
        r#"{"results":[{"id":"j","owner":null,"batches":null,"urls":{"get":"u"},"version":"hidden"}],"urls":{}}"#,
    );
    let page = server.client.jobs_list().send_query(true).send();
    let page = page.await.unwrap();
    let [job] = page.results.as_slice() else {
        panic!("one job");
    };
    assert_eq!((job.owner.as_str(), job.batches.len()), ("", 0));
    assert_eq!(job.version.as_deref(), Some("hidden"));
    assert_eq!(job.urls.as_ref().unwrap().get, "u");
    let urls: &types::JobUrls = page.urls.as_ref().unwrap();
    assert_eq!(urls.get, "");
    let encoded = json!({ "id": "j", "urls": { "get": "u" }, "version": "hidden" });
    assert_eq!(serde_json::to_value(job).unwrap(), encoded);
}

#[test]
fn operations_say_what_the_transport_must_know() {
    for (operation, expected) in [
        (operations::JOBS_CREATE, (false, false, false)),
        (operations::JOBS_CANCEL, (true, false, false)),
        (operations::JOBS_LOG, (true, true, false)),
        (operations::UPLOADS_SEARCH, (true, false, false)),
        (operations::UPLOADS_REPLACE, (false, false, false)),
        (operations::UPLOADS_DELETE, (true, false, true)),
    ] {
        let traits = (
            operation.idempotent,
            operation.streamed,
            operation.deprecated,
        );
        assert_eq!(traits, expected, "{}", operation.id);
    }
    assert_eq!(operations::ALL.len(), 11);
}

#[test]
fn secret_of_a_request_is_not_printed() {
    let body = types::JobCreateRequest::builder().token("hunter2");
    assert!(!format!("{body:?}").contains("hunter2"), "{body:?}");
}
