//! Properties of webhooks and lists that hold for any input.

use std::collections::HashSet;

use futures::TryStreamExt;
use proptest::prelude::*;
use replicate::{Client, Page, Prediction};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

#[path = "../chaos/flips.rs"]
mod flips;

#[test]
fn one_flipped_bit_of_a_signed_webhook_is_refused() {
    assert_eq!(flips::refused(10_000, 1), 10_000);
}

/// Pages by their numbers: which page each says is next, and on what host.
type Graph = Vec<(Option<usize>, &'static str)>;

fn graph() -> impl Strategy<Value = Graph> {
    let hosts = prop::sample::select(vec![
        "https://api.invalid/v1/predictions",
        "http://elsewhere.invalid:1/x",
        "",
        "//elsewhere.invalid",
    ]);
    (1_usize..12).prop_flat_map(move |size| {
        let next = prop::option::weighted(0.9, 0..size);
        prop::collection::vec((next, hosts.clone()), size)
    })
}

fn page(graph: &Graph, number: usize) -> Script {
    let (next, host) = graph[number];
    let next = next.map(|next| format!("{host}?limit=1&cursor=c{next}"));
    let body = json!({
        "results": [{ "id": format!("p{number}"), "status": "succeeded" }],
        "next": next, "previous": null,
    });
    Script::reply(Reply::json(200, body.to_string()).header("connection", "close"))
}

/// The pages of a server, as many as a client reads that follows `next` too long.
fn walk(graph: &Graph) -> Vec<usize> {
    let mut walk = vec![0];
    while let Some(next) = graph[walk[walk.len() - 1]].0
        && walk.len() < 3 * graph.len() + 3
    {
        walk.push(next);
    }
    walk
}

async fn pages(graph: &Graph) -> (Vec<Page<Prediction>>, Vec<String>) {
    let scripts = walk(graph).into_iter().map(|number| page(graph, number));
    let listener = Listener::start(scripts).unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .build()
        .unwrap();
    let pages = client.predictions().list().pages().try_collect().await;
    let targets = listener.received().into_iter().map(|r| r.target).collect();
    (pages.unwrap(), targets)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn pagination_ends_on_any_cycle_with_every_page_read(graph in graph()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (pages, targets) = runtime.block_on(pages(&graph));
        let reachable: HashSet<usize> = walk(&graph).into_iter().collect();
        // The first page has no cursor, so it looks unlike the same page requested by its cursor.
        prop_assert!(pages.len() <= reachable.len() + 1);
        let read: HashSet<String> = pages.iter().map(|page| page.results[0].id.clone()).collect();
        prop_assert_eq!(read.len(), reachable.len());
        for (nth, target) in targets.iter().enumerate() {
            let expected = match nth {
                0 => "/v1/predictions".to_owned(),
                nth => format!("/v1/predictions?cursor=c{}", walk(&graph)[nth]),
            };
            prop_assert_eq!(target, &expected);
        }
    }
}
