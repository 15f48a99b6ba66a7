//! Requests past the generated operations, and what every request carries.

use std::collections::HashMap;
use std::time::Duration;

use replicate_api::header::{HeaderMap, HeaderValue};
use replicate_api::{ErrorKind, Method, RequestOptions, RetryPolicy};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

use crate::{
    TOKEN, assert_contains, builder, builder_at, empty, json_reply, listener, read, reset,
    transport,
};

fn account() -> Script {
    json_reply(200, r#"{"username":"me"}"#)
}

/// The values of a header in each request.
fn sent(listener: &Listener, name: &str) -> Vec<String> {
    let requests = listener.received();
    let headers = requests.iter().flat_map(|request| &request.headers);
    let values = headers.filter(|(own, _)| own == name);
    values.map(|(_, value)| value.clone()).collect()
}

#[tokio::test]
async fn request_carries_token_user_agent_and_its_own_headers() {
    let listener = listener([account()]);
    let transport = builder(&listener).user_agent_suffix("app/1.2").build();
    let request = transport.unwrap().request(Method::POST, "/predictions?a=1");
    let request = request.query(&[("b", "2 3")]).header("prefer", "wait");
    let response = request.json(&json!({"x": 1})).send().await.unwrap();
    assert_eq!(response.json::<Value>().unwrap(), json!({"username": "me"}));
    assert_eq!(response.headers()["content-type"], "application/json");
    let received = &listener.received()[0];
    assert_eq!(received.method, "POST");
    assert_eq!(received.target, "/v1/predictions?a=1&b=2+3");
    let token = format!("Bearer {TOKEN}");
    assert_eq!(received.header("authorization"), Some(&*token));
    let agent = format!("replicate-rust/{} app/1.2", env!("CARGO_PKG_VERSION"));
    assert_eq!(received.header("user-agent"), Some(&*agent));
    assert_eq!(received.header("prefer"), Some("wait"));
    assert_eq!(received.text(), r#"{"x":1}"#);
}

#[tokio::test]
async fn default_headers_give_way_to_those_of_a_request_and_options_replace_both() {
    let listener = Listener::always(account()).unwrap();
    let mut headers = HeaderMap::new();
    headers.append("x-team", HeaderValue::from_static("default"));
    headers.append("x-team", HeaderValue::from_static("second"));
    let transport = builder(&listener).default_headers(headers).build().unwrap();
    read(&transport).await.unwrap();
    assert_eq!(sent(&listener, "x-team"), ["default", "second"]);
    listener.take();
    let request = transport.request(Method::GET, "/account");
    request.header("x-team", "own").send().await.unwrap();
    let options = RequestOptions::new().with_header("x-team", "option");
    read(&transport.with_options(options)).await.unwrap();
    assert_eq!(sent(&listener, "x-team"), ["own", "option"]);
}

#[tokio::test]
async fn hook_sees_each_attempt_without_the_token_and_may_change_it() {
    let listener = listener([reset(), account()]);
    let builder = builder(&listener).on_request(|request| {
        let headers = request.headers_mut();
        assert!(!headers.contains_key("authorization"));
        headers.append("x-hook", HeaderValue::from_static("seen"));
    });
    read(&builder.build().unwrap()).await.unwrap();
    assert_eq!(sent(&listener, "x-hook"), ["seen", "seen"]);
    let token = format!("Bearer {TOKEN}");
    assert_eq!(sent(&listener, "authorization"), [&*token, &token]);
}

#[tokio::test]
async fn body_of_a_response_is_kept_byte_for_byte() {
    let problem = r#"{"detail":"no"}"#;
    let listener = listener([json_reply(200, "{ \"a\" : 1 }\n"), json_reply(404, problem)]);
    let transport = transport(&listener);
    let response = read(&transport).await.unwrap();
    assert_eq!(response.body(), "{ \"a\" : 1 }\n");
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.body().unwrap(), problem);
}

#[tokio::test]
async fn proxy_of_the_callers_is_used() {
    let proxy = listener([account()]);
    let proxy_url = proxy.url();
    let builder = builder_at("http://localhost:9/api")
        .http(move |http| http.proxy(reqwest::Proxy::http(&proxy_url).unwrap()));
    read(&builder.build().unwrap()).await.unwrap();
    assert_eq!(proxy.received()[0].target, "http://localhost:9/api/account");
}

#[tokio::test]
async fn what_the_caller_says_of_redirects_and_logging_is_overruled() {
    let moved = Reply::new(302).header("location", "/v1/elsewhere").body("");
    let listener = listener([Script::reply(moved), account()]);
    let builder = builder(&listener).http(|http| {
        http.redirect(reqwest::redirect::Policy::limited(5))
            .connection_verbose(true)
    });
    let error = read(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn response_that_is_not_json_is_a_decode_error_with_its_body() {
    let page = Reply::new(200).header("content-type", "text/html; charset=utf-8");
    let listener = listener([Script::reply(page.body("<p>hi</p>"))]);
    let response = read(&transport(&listener)).await.unwrap();
    let error = response.json::<Value>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.body().unwrap(), "<p>hi</p>");
    assert_contains(&error, &["the response is text/html, not JSON"]);
    assert!(!format!("{error} {error:?}").contains("<p>"), "{error:?}");
}

#[tokio::test]
async fn value_that_cannot_be_sent_is_an_invalid_request_and_nothing_is_sent() {
    let listener = listener([account()]);
    let transport = transport(&listener);
    let request = |path| transport.request(Method::POST, path);
    let map: HashMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    for invalid in [
        request("/x").json(&map),
        request("/x").header("a b", "c"),
        request("/a/../b"),
    ] {
        let error = invalid.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn options_lie_over_those_of_the_transport_they_were_made_from() {
    let listener = Listener::always(empty(502)).unwrap();
    let once = RequestOptions::new().with_retry_policy(RetryPolicy::never());
    let timed = RequestOptions::new().with_timeout(Duration::from_secs(30));
    let transport = transport(&listener).with_options(once).with_options(timed);
    assert_eq!(read(&transport).await.unwrap_err().attempts(), 1);
}
