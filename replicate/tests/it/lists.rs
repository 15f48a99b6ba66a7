//! Lists: pages, items, filters, and URLs that must not be followed.

use chrono::{TimeZone, Utc};
use futures::TryStreamExt;
use replicate::{Client, ErrorKind};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

/// A server of pages, one a connection.
fn pages(bodies: &[Value]) -> (Listener, Client) {
    let scripts = bodies.iter().map(|body| {
        Script::reply(Reply::json(200, body.to_string()).header("connection", "close"))
    });
    let listener = Listener::start(scripts).unwrap();
    let client = client(&listener.url());
    (listener, client)
}

fn page(names: &[&str], next: Value) -> Value {
    let results: Vec<_> = names
        .iter()
        .map(|name| json!({ "slug": name, "new": 1 }))
        .collect();
    json!({ "results": results, "next": next, "previous": null })
}

fn targets(listener: &Listener) -> Vec<String> {
    listener
        .received()
        .iter()
        .map(|request| request.target.clone())
        .collect()
}

async fn slugs(client: &Client) -> Vec<String> {
    let items = client.collections().list().items();
    items.map_ok(|item| item.slug).try_collect().await.unwrap()
}

#[tokio::test]
async fn only_the_cursor_of_next_is_used_and_not_its_host() {
    let (listener, client) = pages(&[
        page(
            &["a", "b"],
            json!("https://evil.example/v1/account?cursor=c%3D1%2B&x=2"),
        ),
        page(&["c"], json!("?cursor=two")),
        page(&["d"], json!("")),
    ]);
    assert_eq!(slugs(&client).await, ["a", "b", "c", "d"]);
    assert_eq!(
        targets(&listener),
        [
            "/v1/collections",
            "/v1/collections?cursor=c%3D1%2B",
            "/v1/collections?cursor=two"
        ]
    );
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_the_list() {
    let next = |cursor: &str| json!(format!("https://h/?cursor={cursor}"));
    let (listener, client) = pages(&[
        page(&["a"], next("1")),
        page(&["b"], next("2")),
        page(&["c"], next("1")),
        page(&["d"], next("3")),
    ]);
    assert_eq!(slugs(&client).await, ["a", "b", "c"]);
    assert_eq!(listener.received().len(), 3);
}

#[tokio::test]
async fn a_next_without_a_cursor_is_an_error_and_no_silent_end() {
    let (listener, client) = pages(&[page(
        &["a"],
        json!("https://api.replicate.com/v1/collections?page=2"),
    )]);
    let mut items = client.collections().list().items();
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(items.next().await.is_none(), "an error ends the list");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_needed_and_the_next_one_while_this_one_is_read() {
    let (listener, client) = pages(&[
        page(&["a"; 100], json!("?cursor=2")),
        page(&["b"], Value::Null),
    ]);
    let mut items = client.collections().list().items();
    assert_eq!(
        listener.connections(),
        0,
        "nothing is fetched before it is asked for"
    );
    for _ in 0..50 {
        items.try_next().await.unwrap();
    }
    assert_eq!(listener.received().len(), 1);
    let mut read = 50;
    while listener.received().len() < 2 {
        items.try_next().await.unwrap();
        read += 1;
        assert!(
            read < 100,
            "the page was read to its end before the next was asked for"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(
        items.try_collect::<Vec<_>>().await.unwrap().len(),
        101 - read
    );
}

#[tokio::test]
async fn null_and_missing_results_are_empty_and_a_wrong_type_has_its_path() {
    let (_listener, client) = pages(&[
        json!({ "results": null }),
        json!({}),
        json!({ "results": {} }),
    ]);
    assert!(
        client
            .collections()
            .list()
            .page()
            .await
            .unwrap()
            .results
            .is_empty()
    );
    assert!(
        client
            .collections()
            .list()
            .page()
            .await
            .unwrap()
            .results
            .is_empty()
    );
    let error = client.collections().list().page().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Decode, Some("results"))
    );
    assert!(error.body().is_some());
}

#[tokio::test]
async fn a_page_can_be_read_raw_with_every_field_or_from_a_cursor() {
    let body = page(&["a"], Value::Null);
    let (listener, client) = pages(&[body.clone(), body.clone(), body.clone()]);
    let response = client.collections().list().page().with_response();
    assert_eq!(response.await.unwrap().body(), body.to_string().as_bytes());
    let items: Vec<Value> = client
        .collections()
        .list()
        .values()
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(items[0]["new"], 1);
    client
        .collections()
        .list()
        .cursor("mine")
        .page()
        .await
        .unwrap();
    assert_eq!(targets(&listener)[2], "/v1/collections?cursor=mine");
}

#[tokio::test]
async fn filters_go_along_with_every_page() {
    let (listener, client) = pages(&[
        page(&[], json!("?cursor=2")),
        page(&[], Value::Null),
        page(&[], Value::Null),
    ]);
    let time = Utc.with_ymd_and_hms(2026, 1, 31, 12, 0, 0).unwrap();
    let list = client
        .predictions()
        .list()
        .created_after(time)
        .created_before(time)
        .source("web");
    assert_eq!(list.pages().try_collect::<Vec<_>>().await.unwrap().len(), 2);
    let query =
        "created_after=2026-01-31T12%3A00%3A00Z&created_before=2026-01-31T12%3A00%3A00Z&source=web";
    assert_eq!(
        targets(&listener),
        [
            format!("/v1/predictions?{query}"),
            format!("/v1/predictions?{query}&cursor=2")
        ]
    );
    client
        .models()
        .list()
        .sort_by("model_created_at")
        .sort_direction("asc")
        .page()
        .await
        .unwrap();
    assert_eq!(
        targets(&listener)[2],
        "/v1/models?sort_by=model_created_at&sort_direction=asc"
    );
}

#[tokio::test]
async fn a_search_sends_its_words_raw_page_after_page() {
    let (listener, client) = pages(&[
        json!({ "results": [], "next": "?cursor=2" }),
        json!({ "results": [] }),
    ]);
    client
        .models()
        .search("a \"red\" bicycle")
        .items()
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    for request in listener.received() {
        assert_eq!(
            (request.method.as_str(), request.text().as_str()),
            ("QUERY", "a \"red\" bicycle")
        );
        assert_eq!(request.header("content-type"), Some("text/plain"));
    }
    assert_eq!(targets(&listener), ["/v1/models", "/v1/models?cursor=2"]);
}

#[tokio::test]
async fn all_pages_of_a_real_list_are_read() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    for n in 0..120 {
        let input = json!({ "prompt": n.to_string() });
        client
            .predictions()
            .create("emulator/text")
            .input(input)
            .await
            .unwrap();
    }
    let listed: Vec<_> = client
        .predictions()
        .list()
        .items()
        .map_ok(|p| p.id)
        .try_collect()
        .await
        .unwrap();
    let mut made: Vec<_> = emulator.predictions().into_iter().map(|p| p.id).collect();
    made.reverse();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_list_that_began_at_a_cursor_does_not_come_back_to_it() {
    let (listener, client) = pages(&[
        page(&["a"], json!("?cursor=two")),
        page(&["b"], json!("?cursor=one")),
        page(&["a"], json!("?cursor=two")),
    ]);
    let items = client.collections().list().cursor("one").items();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn empty_pages_without_an_end_are_an_error() {
    let bodies: Vec<_> = (0..200)
        .map(|number| page(&[], json!(format!("?cursor={number}"))))
        .collect();
    let (listener, client) = pages(&bodies);
    let mut items = client.collections().list().items();
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("100 empty pages"), "{error}");
    assert_eq!(listener.received().len(), 101);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_cannot_be_read_carries_its_body_without_the_token() {
    let (_listener, client) = pages(&[json!({ "results": "of r8_sentinel" })]);
    let client = Client::builder()
        .token("r8_sentinel")
        .base_url(client.api().transport().base_url().as_str())
        .build()
        .unwrap();
    let error = client.collections().list().page().await.unwrap_err();
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    assert!(
        body.contains("of ***") && !body.contains("r8_sentinel"),
        "{body}"
    );
}

#[tokio::test]
async fn pages_and_items_have_a_next_of_their_own() {
    let (_listener, client) = pages(&[
        page(&["a", "b"], json!("?cursor=2")),
        page(&["c"], Value::Null),
        page(&["a"], json!("?cursor=2")),
        page(&["b"], Value::Null),
    ]);
    let mut items = client.collections().list().items();
    let mut slugs = Vec::new();
    while let Some(item) = items.next().await {
        slugs.push(item.unwrap().slug);
    }
    assert_eq!(slugs, ["a", "b", "c"]);
    let mut pages = client.collections().list().pages();
    let mut cursors = Vec::new();
    while let Some(page) = pages.next().await {
        cursors.push(page.unwrap().next);
    }
    assert_eq!(cursors, [Some("2".to_owned()), None]);
}

#[tokio::test]
async fn the_names_of_a_model_are_encoded_in_the_path_of_its_lists() {
    let (listener, client) = pages(&[page(&[], Value::Null), page(&[], Value::Null)]);
    let versions = client.models().versions(("a-b", "c.d")).list();
    versions.page().await.unwrap();
    client
        .models()
        .examples(("acme", "app"))
        .page()
        .await
        .unwrap();
    let expected = [
        "/v1/models/a%2Db/c%2Ed/versions",
        "/v1/models/acme/app/examples",
    ];
    assert_eq!(targets(&listener), expected);
}

#[tokio::test]
async fn an_odd_field_of_one_item_does_not_hide_the_page() {
    let results = json!([
        { "slug": "a", "description": { "not": "text" } },
        { "slug": "b", "description": "text" },
    ]);
    let (_listener, client) = pages(&[json!({ "results": results })]);
    let page = client.collections().list().page().await.unwrap();
    let read: Vec<_> = page.results.iter().map(|item| item.slug.as_str()).collect();
    assert_eq!(read, ["a", "b"]);
    assert_eq!(page.results[1].description, "text");
}
