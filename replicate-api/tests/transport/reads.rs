//! Reads are retried.

use replicate_api::{ErrorKind, RetryBudget, RetryPolicy};
use replicate_test_support::{Reply, Script};
use serde_json::Value;

use crate::{builder, listener, quick, read, transport};

fn good() -> Script {
    Script::reply(Reply::json(200, r#"{"username":"me"}"#))
}

async fn is_read_again_after(fault: Script) {
    let listener = listener([fault, good()]);
    let response = read(&transport(&listener)).await.unwrap();
    assert_eq!(response.json::<Value>().unwrap()["username"], "me");
    assert_eq!(listener.connections(), 2);
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
async fn read_is_retried_after_a_server_error() {
    for status in [408, 500, 502, 503, 504] {
        is_read_again_after(Script::reply(Reply::new(status).body("<html>"))).await;
    }
}

#[tokio::test]
async fn read_is_retried_after_a_response_that_is_not_complete() {
    let read = || Script::new().read_request();
    is_read_again_after(read().reset()).await;
    is_read_again_after(read().write(&b"HTTP/1.1 2"[..]).reset()).await;
    let ok = || Reply::new(200);
    let chunked = ok().header("transfer-encoding", "chunked");
    for cut in [
        ok().header("content-length", "99").raw_body("{"),
        chunked.raw_body("1\r\n{\r\n"),
    ] {
        is_read_again_after(Script::reply(cut)).await;
    }
    // JSON without a length, which ends with the connection.
    for body in ["", "{", r#"{"username":"m"#, r#"[{"username":"me"},"#] {
        let reply = ok().header("content-type", "application/json");
        is_read_again_after(Script::reply(reply.raw_body(body))).await;
    }
}

#[tokio::test]
async fn read_is_not_retried_after_a_permanent_failure() {
    for status in [400, 401, 402, 403, 404, 409, 422, 501, 505] {
        let listener = listener([Script::reply(Reply::json(status, "{}")), good()]);
        let error = read(&transport(&listener)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert!(!error.is_transient(), "{status}");
        assert_eq!(listener.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn read_fails_after_three_attempts_with_the_last_response() {
    let page = || {
        Script::reply(
            Reply::new(502)
                .header("x-request-id", "req-9")
                .body("<html>"),
        )
    };
    let listener = listener([page(), page(), page(), good()]);
    let error = read(&transport(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.request_id(), Some("req-9"));
    assert_eq!(listener.received().len(), 3);
    assert_eq!(
        error.to_string(),
        format!(
            "502 Bad Gateway (GET {}/v1/account, request id req-9, 3 attempts)",
            listener.url()
        )
    );
}

#[tokio::test]
async fn read_is_sent_once_where_the_policy_says_never() {
    let listener = listener([Script::reply(Reply::new(502).body("")), good()]);
    let transport = builder(&listener)
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    assert_eq!(read(&transport).await.unwrap_err().attempts(), 1);
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn clones_of_a_client_share_what_retries_are_drawn_from() {
    let bad = || Script::reply(Reply::new(502).body(""));
    let listener = listener([bad(), bad(), bad(), bad()]);
    let transport = builder(&listener)
        .retry_budget(RetryBudget::new(1, 0.0))
        .build()
        .unwrap();
    assert_eq!(read(&transport).await.unwrap_err().attempts(), 2);
    assert_eq!(read(&transport.clone()).await.unwrap_err().attempts(), 1);
    let own = quick().with_budget(RetryBudget::new(1, 0.0));
    let error = transport
        .request(replicate_api::Method::GET, "/account")
        .retry_policy(own)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn post_that_is_marked_idempotent_is_retried() {
    let listener = listener([Script::new().read_request().reset(), good()]);
    let response = transport(&listener)
        .request(replicate_api::Method::POST, "/predictions/p1/cancel")
        .idempotent(true)
        .send()
        .await;
    assert!(response.is_ok());
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
