//! Downloads and streams, from URLs of every kind.

use replicate_api::header::{HeaderMap, HeaderValue};
use replicate_api::{ErrorKind, Method, RequestOptions, Transport, Url};
use replicate_test_support::{Listener, Reply, Script};

use crate::{TOKEN, listener, transport};

fn url(listener: &Listener, path: &str) -> Url {
    Url::parse(&format!("{}{path}", listener.url())).unwrap()
}

fn bytes(body: &str) -> Script {
    Script::reply(Reply::new(200).body(body))
}

async fn fetched(transport: &Transport, url: Url) -> Vec<u8> {
    transport
        .fetch(url)
        .send()
        .await
        .unwrap()
        .bytes(1000)
        .await
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn third_party_host_is_sent_no_token() {
    let (api, foreign) = (listener([]), listener([bytes("png")]));
    assert_eq!(
        fetched(&transport(&api), url(&foreign, "/out.png")).await,
        b"png"
    );
    assert_eq!(foreign.received()[0].header("authorization"), None);
}

#[tokio::test]
async fn apis_own_files_are_fetched_with_the_token() {
    let api = listener([bytes("png")]);
    fetched(&transport(&api), url(&api, "/v1/files/f/download")).await;
    let expected = format!("Bearer {TOKEN}");
    assert_eq!(api.received()[0].header("authorization"), Some(&*expected));
}

#[tokio::test]
async fn apis_origin_outside_its_routes_gets_no_token() {
    for path in [
        "/out.png",
        "/v10/files/f",
        "/v1/../out.png",
        "/v1/%2e%2e/out.png",
    ] {
        let api = listener([bytes("png")]);
        fetched(&transport(&api), url(&api, path)).await;
        assert_eq!(api.received()[0].header("authorization"), None, "{path}");
    }
}

#[tokio::test]
async fn stream_gets_no_token_even_at_the_apis_own_origin() {
    let api = listener([bytes("data: x\n\n")]);
    let request = transport(&api).fetch(url(&api, "/v1/predictions/p/stream"));
    request.events(Some("1690212292:0")).send().await.unwrap();
    let received = &api.received()[0];
    assert_eq!(received.header("authorization"), None);
    assert_eq!(received.header("accept"), Some("text/event-stream"));
    assert_eq!(received.header("last-event-id"), Some("1690212292:0"));
}

#[tokio::test]
async fn download_is_redirected_without_the_token() {
    let foreign = listener([bytes("png")]);
    let to = format!("{}/signed?key=1", foreign.url());
    let api = listener([Script::reply(
        Reply::new(302).header("location", &to).body(""),
    )]);
    let response = transport(&api)
        .fetch(url(&api, "/v1/files/f/download"))
        .from_byte(7)
        .send()
        .await
        .unwrap();
    assert_eq!(response.url().as_str(), to);
    assert_eq!(response.bytes(100).await.unwrap(), "png");
    let received = &foreign.received()[0];
    assert_eq!(received.header("authorization"), None);
    assert_eq!(received.header("range"), Some("bytes=7-"));
}

#[tokio::test]
async fn download_redirected_to_the_api_gets_no_token_either() {
    let moved = Reply::new(302).header("location", "/v1/account").body("");
    let api = listener([Script::reply(moved), bytes("{}")]);
    transport(&api)
        .fetch(url(&api, "/v1/files/f/download"))
        .send()
        .await
        .unwrap();
    let authorized: Vec<_> = api
        .received()
        .iter()
        .map(|r| r.header("authorization").is_some())
        .collect();
    assert_eq!(authorized, [true, false]);
}

#[tokio::test]
async fn redirect_that_leaves_https_for_another_machine_is_refused() {
    let moved = Reply::new(302)
        .header("location", "http://files.example/x?key=secret")
        .body("");
    let api = listener([Script::reply(moved)]);
    let error = transport(&api)
        .fetch(url(&api, "/v1/files/f/download"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(error.to_string().contains("leaves https"), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let moved = || Reply::new(302).header("location", "/a").body("");
    let scripts = (0..20).map(|_| Script::reply(moved()));
    let foreign = Listener::start(scripts).unwrap();
    let api = listener([]);
    let error = transport(&api)
        .fetch(url(&foreign, "/a"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(foreign.received().len(), 11);
}

#[tokio::test]
async fn download_begins_again_where_it_has_not_begun() {
    let foreign = listener([
        Script::new().read_request().reset(),
        Script::reply(Reply::new(503).body("")),
        bytes("png"),
    ]);
    assert_eq!(
        fetched(&transport(&listener([])), url(&foreign, "/x")).await,
        b"png"
    );
}

#[tokio::test]
async fn download_that_breaks_inside_its_body_is_an_error_there() {
    let cut = Reply::new(200)
        .header("content-length", "9")
        .raw_body("abc");
    let foreign = listener([Script::reply(cut)]);
    let mut response = transport(&listener([]))
        .fetch(url(&foreign, "/x?key=secret"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.content_length(), Some(9));
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(
        !format!("{error} {error:?}").contains("secret"),
        "{error:?}"
    );
}

#[tokio::test]
async fn output_that_is_gone_is_not_found() {
    let foreign = listener([Script::reply(Reply::new(404).body("gone"))]);
    let request = transport(&listener([])).fetch(url(&foreign, "/x"));
    assert_eq!(
        request.send().await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn download_larger_than_its_limit_is_an_error() {
    let foreign = listener([bytes("0123456789")]);
    let response = transport(&listener([]))
        .fetch(url(&foreign, "/x"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.bytes(9).await.unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let head = Reply::new(200).raw_body("data: x\n\n").bytes();
    let foreign = listener([Script::new().read_request().write(head).read_until_closed()]);
    let response = transport(&listener([]))
        .fetch(url(&foreign, "/x"))
        .events(None)
        .send()
        .await
        .unwrap();
    drop(response);
    foreign.wait_for_closed(1).await;
}

/// Headers that are meant for the API.
fn private() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-gateway-key", HeaderValue::from_static("key"));
    headers.insert("authorization", HeaderValue::from_static("Token own"));
    headers
}

/// A transport whose token is a default header.
fn without_token(api: &Listener) -> Transport {
    Transport::builder()
        .base_url(api.url())
        .default_headers(private())
        .build()
        .unwrap()
}

#[tokio::test]
async fn redirect_takes_no_header_of_the_api_to_another_host() {
    let foreign = listener([bytes("png")]);
    let away = Reply::new(302)
        .header("location", url(&foreign, "/moved").as_ref())
        .body("");
    let api = listener([Script::reply(away)]);
    let options = RequestOptions::new().with_header("x-trace", HeaderValue::from_static("trace"));
    let transport = without_token(&api);
    let fetch = transport
        .with_options(options)
        .fetch(url(&api, "/v1/files/f"))
        .header("x-own".parse().unwrap(), HeaderValue::from_static("own"));
    fetch.send().await.unwrap();
    let (there, here) = (&foreign.received()[0], &api.received()[0]);
    for name in ["x-gateway-key", "x-trace", "authorization"] {
        assert!(here.header(name).is_some(), "{name}");
        assert_eq!(there.header(name), None, "{name}");
    }
    assert_eq!(there.header("x-own"), Some("own"), "it is the request's");
}

#[tokio::test]
async fn stream_url_is_sent_no_authorization() {
    let api = listener([bytes("")]);
    let transport = without_token(&api);
    let fetch = transport.fetch(url(&api, "/v1/streams/s")).events(None);
    fetch.send().await.unwrap();
    assert_eq!(api.received()[0].header("authorization"), None);
}

#[tokio::test]
async fn truncated_streamed_create_has_an_unknown_outcome() {
    let cut = Reply::json(201, "{\"id\":").header("content-length", "100");
    let cut = Script::reply(cut.raw_body(b"{\"id\":"));
    let listener = listener([cut]);
    let transport = transport(&listener);
    let create = transport.request(Method::POST, "/predictions").body("{}");
    let response = create.send_streamed().await.unwrap();
    let error = response.bytes(1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}

#[tokio::test]
async fn refusal_of_a_host_without_the_token_does_not_blame_it() {
    for (status, kind) in [(401, ErrorKind::Authentication), (403, ErrorKind::Status)] {
        let refused = || Script::reply(Reply::json(status, r#"{"detail":"Access denied."}"#));
        let (api, foreign) = (listener([refused()]), listener([refused()]));
        let transport = transport(&api);
        for url in [url(&foreign, "/out.png"), url(&api, "/out.png")] {
            let error = transport.fetch(url).send().await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            let text = error.to_string();
            assert!(text.contains("Access denied; no token is sent"), "{text}");
        }
    }
}

#[tokio::test]
async fn refusal_after_a_redirect_does_not_blame_the_token() {
    let refused = Script::reply(Reply::new(403).body("<Error/>"));
    let foreign = listener([refused]);
    let to = format!("{}/signed", foreign.url());
    let redirect = Reply::new(302).header("location", &to).body("");
    let api = listener([Script::reply(redirect)]);
    let request = transport(&api).fetch(url(&api, "/v1/files/f/download"));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status, "{error}");
    assert!(error.to_string().contains("no token is sent"), "{error}");
}
