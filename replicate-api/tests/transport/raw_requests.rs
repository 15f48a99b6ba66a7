//! Requests past the generated operations, and what every request carries.

use std::time::Duration;

use replicate_api::header::{HeaderMap, HeaderName, HeaderValue};
use replicate_api::{ErrorKind, Method, RequestOptions, Transport};
use replicate_test_support::{Reply, Script};
use serde_json::{Value, json};

use crate::{TOKEN, builder, listener, read, transport};

fn account() -> Script {
    Script::reply(Reply::json(200, r#"{"username":"me"}"#))
}

#[tokio::test]
async fn request_carries_token_user_agent_and_its_own_headers() {
    let listener = listener([account()]);
    let transport = builder(&listener)
        .user_agent_suffix("app/1.2")
        .build()
        .unwrap();
    let response = transport
        .request(Method::POST, "/predictions?a=1")
        .query(&[("b", "2 3")])
        .header("prefer", "wait")
        .json(&json!({"x": 1}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.json::<Value>().unwrap(), json!({"username": "me"}));
    assert_eq!(response.headers()["content-type"], "application/json");
    let received = &listener.received()[0];
    assert_eq!(received.method, "POST");
    assert_eq!(received.target, "/v1/predictions?a=1&b=2+3");
    assert_eq!(
        received.header("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
    let agent = format!("replicate-rust/{} app/1.2", env!("CARGO_PKG_VERSION"));
    assert_eq!(received.header("user-agent"), Some(&*agent));
    assert_eq!(received.header("prefer"), Some("wait"));
    assert_eq!(received.text(), r#"{"x":1}"#);
}

#[tokio::test]
async fn base_url_may_end_in_v1_or_not() {
    for suffix in ["", "/", "/v1", "/v1/", "//v1//"] {
        let listener = listener([account()]);
        let base = format!("{}{suffix}", listener.url());
        let transport = Transport::builder()
            .token(TOKEN)
            .base_url(base)
            .build()
            .unwrap();
        read(&transport).await.unwrap();
        assert_eq!(listener.received()[0].target, "/v1/account", "{suffix:?}");
    }
}

#[tokio::test]
async fn default_headers_give_way_to_those_of_a_request_and_options_replace_both() {
    let listener = listener([account(), account(), account()]);
    let mut headers = HeaderMap::new();
    headers.insert("x-team", HeaderValue::from_static("default"));
    let transport = builder(&listener).default_headers(headers).build().unwrap();
    read(&transport).await.unwrap();
    let own = || {
        transport
            .request(Method::GET, "/account")
            .header("x-team", "own")
    };
    own().send().await.unwrap();
    let options = RequestOptions::new().with_header(
        HeaderName::from_static("x-team"),
        HeaderValue::from_static("option"),
    );
    read(&transport.with_options(options)).await.unwrap();
    let teams: Vec<_> = listener
        .received()
        .iter()
        .map(|r| r.header("x-team").unwrap().to_owned())
        .collect();
    assert_eq!(teams, ["default", "own", "option"]);
}

#[tokio::test]
async fn default_header_may_have_several_values() {
    let listener = listener([account()]);
    let mut headers = HeaderMap::new();
    headers.append("x-team", HeaderValue::from_static("a"));
    headers.append("x-team", HeaderValue::from_static("b"));
    read(&builder(&listener).default_headers(headers).build().unwrap())
        .await
        .unwrap();
    let received = &listener.received()[0];
    let teams = received.headers.iter().filter(|(name, _)| name == "x-team");
    assert_eq!(
        teams.map(|(_, value)| value.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
}

#[tokio::test]
async fn hook_sees_each_attempt_without_the_token_and_may_change_it() {
    let listener = listener([Script::new().read_request().reset(), account()]);
    let transport = builder(&listener)
        .on_request(|request| {
            assert!(!request.headers().contains_key("authorization"));
            request
                .headers_mut()
                .append("x-hook", HeaderValue::from_static("seen"));
        })
        .build()
        .unwrap();
    read(&transport).await.unwrap();
    for request in listener.received() {
        assert_eq!(
            request
                .headers
                .iter()
                .filter(|(name, _)| name == "x-hook")
                .count(),
            1
        );
        assert_eq!(
            request.header("authorization"),
            Some(&*format!("Bearer {TOKEN}"))
        );
    }
}

#[tokio::test]
async fn body_of_a_response_is_kept_byte_for_byte() {
    let listener = listener([
        Script::reply(Reply::json(200, "{ \"a\" : 1 }\n")),
        Script::reply(Reply::json(404, r#"{"detail":"no"}"#)),
    ]);
    let transport = transport(&listener);
    let response = read(&transport).await.unwrap();
    assert_eq!(response.body(), "{ \"a\" : 1 }\n");
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.body().unwrap(), r#"{"detail":"no"}"#);
}

#[tokio::test]
async fn proxy_of_the_callers_is_used() {
    let proxy = listener([account()]);
    let proxy_url = proxy.url();
    let transport = Transport::builder()
        .token(TOKEN)
        .base_url("http://localhost:9/api")
        .http(move |http| http.proxy(reqwest::Proxy::http(&proxy_url).unwrap()))
        .build()
        .unwrap();
    read(&transport).await.unwrap();
    assert_eq!(proxy.received()[0].target, "http://localhost:9/api/account");
}

#[tokio::test]
async fn what_the_caller_says_of_redirects_and_logging_is_overruled() {
    let moved = Reply::new(302).header("location", "/v1/elsewhere").body("");
    let listener = listener([Script::reply(moved), account()]);
    let transport = builder(&listener)
        .http(|http| {
            http.redirect(reqwest::redirect::Policy::limited(5))
                .connection_verbose(true)
        })
        .build()
        .unwrap();
    assert_eq!(
        read(&transport).await.unwrap_err().kind(),
        ErrorKind::Redirect
    );
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn response_that_is_not_json_is_a_decode_error_with_its_body() {
    let page = Reply::new(200)
        .header("content-type", "text/html; charset=utf-8")
        .body("<p>hi</p>");
    let listener = listener([Script::reply(page)]);
    let error = read(&transport(&listener))
        .await
        .unwrap()
        .json::<Value>()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.body().unwrap(), "<p>hi</p>");
    assert!(
        error
            .to_string()
            .contains("the response is text/html, not JSON"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains("<p>"), "{error:?}");
}

#[tokio::test]
async fn value_that_cannot_be_sent_is_an_invalid_request_and_nothing_is_sent() {
    let listener = listener([account()]);
    let transport = transport(&listener);
    let map: std::collections::HashMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    let error = transport
        .request(Method::POST, "/x")
        .json(&map)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let error = transport
        .request(Method::GET, "/x")
        .header("a b", "c")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let error = transport
        .request(Method::GET, "/a/../b")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn options_lie_over_those_of_the_transport_they_were_made_from() {
    let busy = || Script::reply(Reply::new(502).body(""));
    let listener = listener([busy(), busy()]);
    let once = RequestOptions::new().with_retry_policy(replicate_api::RetryPolicy::never());
    let timed = RequestOptions::new().with_timeout(Duration::from_secs(30));
    let transport = transport(&listener).with_options(once).with_options(timed);
    assert_eq!(read(&transport).await.unwrap_err().attempts(), 1);
}
