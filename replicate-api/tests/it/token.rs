//! Suppliers of tokens, and that nothing shows a token. The workspace's fault tests search for it
//! under every fault of every operation.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use replicate_api::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use replicate_api::{Client, ErrorKind, Method, RequestOptions, Token, Transport, Url};
use replicate_test_support::{Listener, Reply, Script};

use crate::{
    TOKEN, assert_contains, builder, builder_at, create, json_reply, listener, quick, read,
};

/// The part of the token that is searched for.
const SENTINEL: &str = "SENTINEL";

/// Everything that an error shows.
fn shown(error: &replicate_api::Error) -> String {
    let (body, problem) = (error.body(), error.problem());
    format!("{error} {error:?} {error:#?} {body:?} {problem:?}")
}

/// A server that repeats the token in the response to every attempt.
fn repeating() -> Listener {
    let reply = Reply::json(503, format!("{{\"detail\":\"not with {TOKEN}\"}}"));
    Listener::always(Script::reply(reply.header("connection", "close"))).unwrap()
}

#[tokio::test]
async fn request_that_a_hook_sends_to_another_host_has_no_token() {
    let (api, foreign) = (listener([]), listener([json_reply(200, "{}")]));
    let url = Url::parse(&format!("{}/v1/account", foreign.url())).unwrap();
    let builder = builder(&api).on_request(move |request| *request.url_mut() = url.clone());
    read(&builder.build().unwrap()).await.unwrap();
    foreign.wait_for_closed(1).await;
    let bytes = foreign.bytes();
    assert!(!String::from_utf8_lossy(&bytes).contains(SENTINEL));
    assert_eq!(api.connections(), 0);
}

#[test]
fn nothing_that_holds_a_token_prints_it() {
    let token = Token::new(TOKEN).unwrap();
    let value = HeaderValue::from_static(TOKEN);
    let supplied = Transport::builder().token_supplier({
        let token = token.clone();
        move || std::future::ready(Ok::<_, io::Error>(token.clone()))
    });
    let secret = HeaderMap::from_iter([("x-secret".parse().unwrap(), value.clone())]);
    let builder =
        builder_at("http://127.0.0.1:1").http(move |http| http.default_headers(secret.clone()));
    let text = format!("{token:?} {supplied:?} {builder:?}");
    assert!(!text.contains(SENTINEL), "{text}");

    let transport = builder.build().unwrap();
    let request = transport.request(Method::GET, "/account");
    let url = Url::parse(&format!("https://files.invalid/x?key={TOKEN}")).unwrap();
    let fetch = transport.fetch(url).header(AUTHORIZATION, value.clone());
    let options = RequestOptions::new().with_header(AUTHORIZATION, value);
    let client = Client::from_transport(transport.clone());
    let text = format!("{transport:?} {request:?} {client:?} {client:#?}");
    assert!(!text.contains(SENTINEL), "{text}");
    for text in [format!("{fetch:?}"), format!("{options:?}")] {
        assert!(!text.contains(SENTINEL), "{text}");
        assert_contains(text, &["authorization"]);
    }
}

#[tokio::test]
async fn failing_token_supplier_is_an_authentication_error_and_nothing_is_sent() {
    let listener = listener([]);
    let transport = Transport::builder()
        .base_url(listener.url())
        .token_supplier(|| async { Err::<Token, _>(io::Error::other("the vault is shut")) })
        .build()
        .unwrap();
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.source().unwrap().to_string(), "the vault is shut");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn token_supplier_is_called_before_each_attempt_and_no_token_of_it_is_shown() {
    let listener = repeating();
    let count = Arc::new(AtomicU32::new(0));
    let transport = Transport::builder()
        .base_url(listener.url())
        .retry_policy(quick())
        .token_supplier(move || {
            let token = match count.fetch_add(1, Ordering::SeqCst) {
                0 => TOKEN.to_owned(),
                number => format!("r8_{number}"),
            };
            std::future::ready(Token::new(token))
        })
        .build()
        .unwrap();
    let error = read(&transport).await.unwrap_err();
    let requests = listener.received();
    let tokens = requests
        .iter()
        .filter_map(|request| request.header("authorization"));
    let tokens: Vec<_> = tokens.collect();
    assert_eq!(
        tokens,
        [&format!("Bearer {TOKEN}"), "Bearer r8_1", "Bearer r8_2"]
    );
    assert!(!shown(&error).contains(SENTINEL), "{error}");
}

#[tokio::test]
async fn authorization_of_the_caller_is_redacted_for_any_scheme() {
    for scheme in ["Token ", "bearer ", "Bearer  ", ""] {
        let listener = repeating();
        let transport = builder(&listener).build().unwrap();
        let request = transport.request(Method::GET, "/account");
        let request = request.header("authorization", format!("{scheme}{TOKEN}"));
        let error = request.send().await.err().unwrap();
        assert!(!shown(&error).contains(SENTINEL), "{scheme}");
        assert_contains(error, &["not with ***"]);
    }
}

#[tokio::test]
async fn response_has_the_raw_body_and_a_redacted_one() {
    let body = format!("\"{TOKEN}\"");
    let listener = listener([json_reply(200, &body)]);
    let transport = builder(&listener).build().unwrap();
    let response = read(&transport).await.unwrap();
    assert_eq!(response.body(), &body);
    assert_eq!(response.redacted(), "\"***\"");
}
