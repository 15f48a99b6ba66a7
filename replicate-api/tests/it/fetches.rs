//! Downloads and streams, from URLs of every kind.

use replicate_api::header::{HeaderMap, HeaderName, HeaderValue};
use replicate_api::{Error, ErrorKind, Method, RequestOptions, StreamingResponse, Transport, Url};
use replicate_test_support::{Listener, Reply, Script};

use crate::{TOKEN, assert_contains, empty, json_reply, listener, reset, transport};

fn url(listener: &Listener, path: &str) -> Url {
    Url::parse(&format!("{}{path}", listener.url())).unwrap()
}

fn bytes(body: &str) -> Script {
    Script::reply(Reply::new(200).body(body))
}

fn redirect(location: &str) -> Script {
    Script::reply(Reply::new(302).header("location", location).body(""))
}

/// Fetches a URL of the API or of another host; the API's server is the first argument.
async fn fetch(api: &Listener, url: Url) -> Result<StreamingResponse, Error> {
    transport(api).fetch(url).send().await
}

/// Fetches a URL of a host that is not the API's.
async fn fetch_foreign(foreign: &Listener) -> Result<StreamingResponse, Error> {
    fetch(&listener([]), url(foreign, "/x?key=secret")).await
}

/// The `Authorization` header of the only request.
fn authorization(listener: &Listener) -> Option<String> {
    let [request] = listener.received().try_into().unwrap();
    request.header("authorization").map(str::to_owned)
}

#[tokio::test]
async fn token_is_sent_to_the_apis_own_routes_only() {
    let foreign = listener([bytes("png")]);
    let response = fetch_foreign(&foreign).await.unwrap();
    assert_eq!(response.bytes(1000).await.unwrap(), "png");
    assert_eq!(authorization(&foreign), None);

    for (path, expected) in [
        ("/v1/files/f/download", Some(format!("Bearer {TOKEN}"))),
        ("/out.png", None),
        ("/v10/files/f", None),
        ("/v1/../out.png", None),
        ("/v1/%2e%2e/out.png", None),
    ] {
        let api = listener([bytes("png")]);
        fetch(&api, url(&api, path)).await.unwrap();
        assert_eq!(authorization(&api), expected, "{path}");
    }
}

#[tokio::test]
async fn stream_gets_no_token_even_at_the_apis_own_origin() {
    let api = listener([bytes("data: x\n\n")]);
    let request = transport(&api).fetch(url(&api, "/v1/predictions/p/stream"));
    request.events(Some("1690212292:0")).send().await.unwrap();
    assert_eq!(authorization(&api), None);
    let received = &api.received()[0];
    assert_eq!(received.header("accept"), Some("text/event-stream"));
    assert_eq!(received.header("last-event-id"), Some("1690212292:0"));
}

#[tokio::test]
async fn download_is_redirected_without_the_token() {
    let foreign = listener([bytes("png")]);
    let to = format!("{}/signed?key=1", foreign.url());
    let api = listener([redirect(&to)]);
    let request = transport(&api).fetch(url(&api, "/v1/files/f/download"));
    let response = request.from_byte(7).send().await.unwrap();
    assert_eq!(response.url().as_str(), to);
    assert_eq!(response.bytes(100).await.unwrap(), "png");
    assert_eq!(authorization(&foreign), None);
    let received = &foreign.received()[0];
    assert_eq!(received.header("range"), Some("bytes=7-"));
}

#[tokio::test]
async fn download_redirected_to_the_api_gets_no_token_either() {
    let api = listener([redirect("/v1/account"), bytes("{}")]);
    fetch(&api, url(&api, "/v1/files/f/download"))
        .await
        .unwrap();
    let requests = api.received();
    let authorized = requests
        .iter()
        .map(|request| request.header("authorization").is_some());
    assert_eq!(authorized.collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn redirect_that_leaves_https_for_another_machine_is_refused() {
    let api = listener([redirect("http://files.example/x?key=secret")]);
    let error = fetch(&api, url(&api, "/v1/files/f/download"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_contains(&error, &["leaves https"]);
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let foreign = Listener::always(redirect("/a")).unwrap();
    let error = fetch_foreign(&foreign).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_contains(error, &["/a exceeds the limit of 10 redirects"]);
    assert_eq!(foreign.received().len(), 11);
}

#[tokio::test]
async fn download_begins_again_where_it_has_not_begun() {
    let foreign = listener([reset(), empty(503), bytes("png")]);
    let response = fetch_foreign(&foreign).await.unwrap();
    assert_eq!(response.bytes(1000).await.unwrap(), "png");
}

#[tokio::test]
async fn download_that_breaks_inside_its_body_is_an_error_there() {
    let cut = Reply::new(200)
        .header("content-length", "9")
        .raw_body("abc");
    let foreign = listener([Script::reply(cut)]);
    let mut response = fetch_foreign(&foreign).await.unwrap();
    assert_eq!(response.content_length(), Some(9));
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn download_larger_than_its_limit_is_an_error() {
    let foreign = listener([bytes("0123456789")]);
    let response = fetch_foreign(&foreign).await.unwrap();
    let error = response.bytes(9).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let head = Reply::new(200).raw_body("data: x\n\n").bytes();
    let foreign = listener([Script::new().read_request().write(head).read_until_closed()]);
    let request = transport(&listener([])).fetch(url(&foreign, "/x"));
    drop(request.events(None).send().await.unwrap());
    foreign.wait_for_closed(1).await;
}

/// A transport whose token is a default header, next to that of a gateway.
fn without_token(api: &Listener) -> Transport {
    let mut headers = HeaderMap::new();
    headers.insert("x-gateway-key", HeaderValue::from_static("key"));
    headers.insert("authorization", HeaderValue::from_static("Token own"));
    let builder = Transport::builder().base_url(api.url());
    builder.default_headers(headers).build().unwrap()
}

#[tokio::test]
async fn redirect_takes_no_header_of_the_api_to_another_host() {
    let foreign = listener([bytes("png")]);
    let api = listener([redirect(url(&foreign, "/moved").as_ref())]);
    let options = RequestOptions::new().with_header("x-trace", "trace");
    let transport = without_token(&api).with_options(options);
    let (own, value) = (
        HeaderName::from_static("x-own"),
        HeaderValue::from_static("own"),
    );
    let fetch = transport.fetch(url(&api, "/v1/files/f")).header(own, value);
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
    let fetch = without_token(&api).fetch(url(&api, "/v1/streams/s"));
    fetch.events(None).send().await.unwrap();
    assert_eq!(authorization(&api), None);
}

#[tokio::test]
async fn truncated_streamed_create_has_an_unknown_outcome() {
    let cut = Reply::new(201).header("content-length", "100");
    let listener = listener([Script::reply(cut.raw_body("{\"id\":"))]);
    let create = transport(&listener).request(Method::POST, "/predictions");
    let response = create.body("{}").send_streamed().await.unwrap();
    let error = response.bytes(1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}

#[tokio::test]
async fn refusal_of_a_host_without_the_token_does_not_blame_it() {
    for (status, kind) in [(401, ErrorKind::Authentication), (403, ErrorKind::Status)] {
        let refused = || json_reply(status, r#"{"detail":"Access denied."}"#);
        let (api, foreign) = (listener([refused()]), listener([refused()]));
        for url in [url(&foreign, "/out.png"), url(&api, "/out.png")] {
            let error = fetch(&api, url).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert_contains(error, &["Access denied; no token is sent"]);
        }
    }
}

#[tokio::test]
async fn refusal_after_a_redirect_does_not_blame_the_token() {
    let foreign = listener([Script::reply(Reply::new(403).body("<Error/>"))]);
    let api = listener([redirect(&format!("{}/signed", foreign.url()))]);
    let error = fetch(&api, url(&api, "/v1/files/f/download"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status, "{error}");
    assert_contains(error, &["no token is sent"]);
}
