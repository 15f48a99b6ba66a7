//! Reads are retried.

use replicate_api::{ErrorKind, Method, RequestOptions, RetryBudget};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::Value;

use crate::{builder, empty, json_reply, listener, quick, read, reset, transport};

fn good() -> Script {
    json_reply(200, r#"{"username":"me"}"#)
}

#[tokio::test]
async fn refusal_that_is_not_the_apis_is_shown_and_does_not_blame_the_token() {
    let text = |status| Reply::new(status).header("content-type", "text/plain; charset=UTF-8");
    for (reply, shown) in [
        (
            text(403).body("error code: 1010\n"),
            "403 Forbidden: error code: 1010; this is not a response of the API",
        ),
        (
            Reply::new(403).body("<html>denied</html>"),
            "403 Forbidden; this is not a response of the API",
        ),
        (
            text(418).body("short and stout"),
            "418 I'm a teapot: short and stout (GET",
        ),
        (text(418).body("two\nlines"), "418 I'm a teapot (GET"),
    ] {
        let listener = listener([Script::reply(reply)]);
        let error = read(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status, "{error}");
        assert!(error.to_string().starts_with(shown), "{error}");
    }
}

#[tokio::test]
async fn read_is_retried_after_a_408_and_a_response_that_is_not_complete() {
    let ok = || Reply::new(200);
    let chunked = ok().header("transfer-encoding", "chunked");
    let mut faults = vec![
        Script::reply(Reply::new(408).body("<html>")),
        reset(),
        Script::reply(&b"HTTP/1.1 2"[..]).reset(),
        Script::reply(ok().header("content-length", "99").raw_body("{")),
        Script::reply(chunked.raw_body("1\r\n{\r\n")),
    ];
    // JSON without a length, which ends with the connection.
    for body in ["", "{", r#"{"username":"m"#, r#"[{"username":"me"},"#] {
        let reply = ok().header("content-type", "application/json");
        faults.push(Script::reply(reply.raw_body(body)));
    }
    for fault in faults {
        let listener = listener([fault, good()]);
        let response = read(&transport(&listener)).await.unwrap();
        assert_eq!(response.json::<Value>().unwrap()["username"], "me");
        assert_eq!(listener.connections(), 2);
    }
}

#[tokio::test]
async fn read_is_not_retried_after_a_permanent_failure() {
    for status in [400, 401, 402, 403, 404, 409, 422, 501, 505] {
        let listener = listener([json_reply(status, "{}"), good()]);
        let error = read(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert!(!error.is_transient(), "{status}");
        assert_eq!(listener.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn read_fails_after_three_attempts_with_the_last_response() {
    let page = Reply::new(502).header("x-request-id", "req-9");
    let listener = Listener::always(Script::reply(page.body("<html>"))).unwrap();
    let error = read(&transport(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.request_id(), Some("req-9"));
    assert_eq!(listener.received().len(), 3);
    let request = format!("GET {}/v1/account", listener.url());
    let message = format!("502 Bad Gateway ({request}, request id req-9, 3 attempts)");
    assert_eq!(error.to_string(), message);
}

#[tokio::test]
async fn clones_of_a_client_share_what_retries_are_drawn_from() {
    let listener = Listener::always(empty(502)).unwrap();
    let one = || RetryBudget::new(1, 0.0);
    let transport = builder(&listener).retry_budget(one()).build().unwrap();
    let own = RequestOptions::new().with_retry_policy(quick().with_budget(one()));
    for (transport, attempts) in [
        (transport.clone(), 2),
        (transport.clone(), 1),
        (transport.with_options(own), 2),
    ] {
        let error = read(&transport).await.unwrap_err();
        assert_eq!(error.attempts(), attempts);
    }
}

#[tokio::test]
async fn post_that_is_marked_idempotent_is_retried() {
    let listener = listener([reset(), good()]);
    let cancel = transport(&listener).request(Method::POST, "/predictions/p1/cancel");
    cancel.idempotent(true).send().await.unwrap();
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn response_is_the_same_in_pieces_of_any_size() {
    let body = format!(r#"{{"username":"{}"}}"#, "né".repeat(500));
    for seed in 0..8 {
        let reply = Reply::json(200, &body).bytes();
        let listener = listener([Script::new().read_request().write_in_pieces(reply, seed)]);
        let response = read(&transport(&listener)).await.unwrap();
        assert_eq!(response.text().unwrap(), body, "seed {seed}");
    }
}
