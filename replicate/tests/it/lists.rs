//! Lists: pages, items, filters, and URLs that must not be followed.

use std::time::Duration;

use chrono::{TimeZone, Utc};
use futures::TryStreamExt;
use replicate::{Client, ErrorKind, List, types};
use replicate_test_support::Listener;
use serde_json::{Value, json};

use crate::support::{assert_error, builder, reply, serve};

/// A server of pages, one a connection.
fn pages<const N: usize>(bodies: [Value; N]) -> (Listener, Client) {
    serve(bodies.map(|body| reply(200, &body)))
}

fn page(names: &[&str], next: impl Into<Value>) -> Value {
    let item = |name: &&str| json!({ "slug": name, "new": 1 });
    let results: Vec<_> = names.iter().map(item).collect();
    json!({ "results": results, "next": next.into(), "previous": null })
}

fn list(client: &Client) -> List<types::CollectionListItem> {
    client.collections().list()
}

fn targets(listener: &Listener) -> Vec<String> {
    let requests = listener.received().into_iter();
    requests.map(|request| request.target).collect()
}

#[tokio::test]
async fn only_the_cursor_of_next_is_used_and_not_its_host() {
    let elsewhere = "https://evil.example/v1/account?cursor=c%3D1%2B&x=2";
    let (listener, client) = pages([
        page(&["a", "b"], elsewhere),
        page(&["c"], "?cursor=two"),
        page(&["d"], ""),
    ]);
    let slugs = list(&client).items().map_ok(|item| item.slug);
    let slugs: Vec<_> = slugs.try_collect().await.unwrap();
    assert_eq!(slugs, ["a", "b", "c", "d"]);
    let expected = [
        "/v1/collections",
        "/v1/collections?cursor=c%3D1%2B",
        "/v1/collections?cursor=two",
    ];
    assert_eq!(targets(&listener), expected);
}

#[tokio::test]
async fn a_next_without_a_cursor_is_an_error_and_no_silent_end() {
    let next = "https://api.replicate.com/v1/collections?page=2";
    let (listener, client) = pages([page(&["a"], next)]);
    let mut items = list(&client).items();
    let error = items.try_next().await.unwrap_err();
    assert_error(&error, ErrorKind::Decode, "");
    assert!(items.next().await.is_none(), "an error ends the list");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_needed_and_the_next_one_while_this_one_is_read() {
    let (listener, client) = pages([page(&["a"; 100], "?cursor=2"), page(&["b"], Value::Null)]);
    let mut items = list(&client).items();
    let before = listener.connections();
    assert_eq!(before, 0, "nothing is fetched before it is asked for");
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
            "the whole page was read before the next was requested"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rest = items.try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(rest.len(), 101 - read);
}

#[tokio::test]
async fn a_page_can_be_read_raw_with_every_field_or_from_a_cursor() {
    let body = page(&["a"], Value::Null);
    let (listener, client) = pages([body.clone(), body.clone(), body.clone()]);
    let response = list(&client).page().with_response().await.unwrap();
    assert_eq!(response.body(), body.to_string().as_bytes());
    let items = list(&client).values().items();
    let items: Vec<Value> = items.try_collect().await.unwrap();
    assert_eq!(items[0]["new"], 1);
    list(&client).cursor("mine").page().await.unwrap();
    assert_eq!(targets(&listener)[2], "/v1/collections?cursor=mine");
}

#[tokio::test]
async fn filters_go_along_with_every_page() {
    let last = || page(&[], Value::Null);
    let (listener, client) = pages([page(&[], "?cursor=2"), last(), last()]);
    let time = Utc.with_ymd_and_hms(2026, 1, 31, 12, 0, 0).unwrap();
    let list = client.predictions().list().created_after(time);
    let list = list.created_before(time).source("web");
    let mut pages = list.pages();
    let mut cursors = Vec::new();
    while let Some(page) = pages.next().await {
        cursors.push(page.unwrap().next);
    }
    assert_eq!(cursors, [Some("2".to_owned()), None]);
    let list = client.models().list().sort_by("model_created_at");
    list.sort_direction("asc").page().await.unwrap();
    let query =
        "created_after=2026-01-31T12%3A00%3A00Z&created_before=2026-01-31T12%3A00%3A00Z&source=web";
    let expected = [
        format!("/v1/predictions?{query}"),
        format!("/v1/predictions?{query}&cursor=2"),
        "/v1/models?sort_by=model_created_at&sort_direction=asc".to_owned(),
    ];
    assert_eq!(targets(&listener), expected);
}

#[tokio::test]
async fn a_search_sends_its_words_raw_page_after_page() {
    let (listener, client) = pages([page(&[], "?cursor=2"), page(&[], Value::Null)]);
    let found = client.models().search("a \"red\" bicycle").items();
    found.try_collect::<Vec<_>>().await.unwrap();
    for request in listener.received() {
        assert_eq!(request.method, "QUERY");
        assert_eq!(request.text(), "a \"red\" bicycle");
        assert_eq!(request.header("content-type"), Some("text/plain"));
    }
    assert_eq!(targets(&listener), ["/v1/models", "/v1/models?cursor=2"]);
}

#[tokio::test]
async fn a_list_that_began_at_a_cursor_does_not_come_back_to_it() {
    let (listener, client) = pages([
        page(&["a"], "?cursor=two"),
        page(&["b"], "?cursor=one"),
        page(&["a"], "?cursor=two"),
    ]);
    let items = list(&client).cursor("one").items();
    let items: Vec<_> = items.try_collect().await.unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn empty_pages_without_an_end_are_an_error() {
    let page = |number| reply(200, &page(&[], format!("?cursor={number}")));
    let (listener, client) = serve((0..200).map(page));
    let mut items = list(&client).items();
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("100 empty pages"), "{error}");
    assert_eq!(listener.received().len(), 101);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_cannot_be_read_has_its_path_and_its_body_without_the_token() {
    let (listener, _) = pages([json!({ "results": "of r8_sentinel" })]);
    let builder = builder(&listener.url()).token("r8_sentinel");
    let client = builder.build().unwrap();
    let error = list(&client).page().await.unwrap_err();
    assert_error(&error, ErrorKind::Decode, "");
    assert_eq!(error.path(), Some("results"));
    assert_eq!(error.body().unwrap(), r#"{"results":"of ***"}"#);
}

#[tokio::test]
async fn the_names_of_a_model_are_encoded_in_the_path_of_its_lists() {
    let (listener, client) = pages([page(&[], Value::Null), page(&[], Value::Null)]);
    let versions = client.models().versions(("a-b", "c.d")).list();
    versions.page().await.unwrap();
    let examples = client.models().examples(("acme", "app"));
    examples.page().await.unwrap();
    let expected = [
        "/v1/models/a%2Db/c%2Ed/versions",
        "/v1/models/acme/app/examples",
    ];
    assert_eq!(targets(&listener), expected);
}
