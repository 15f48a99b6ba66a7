use replicate_emulator::{Emulator, Fault};

use crate::program::inject;
use crate::session::assert_session;

/// Creates predictions without the program, which would take longer.
async fn create(emulator: &Emulator, count: usize) {
    let client = replicate::Client::builder()
        .base_url(emulator.url())
        .token("t");
    let client = client.build().expect("a client");
    for _ in 0..count {
        let created = client.predictions().create("emulator/fail").await;
        created.expect("a prediction");
    }
}

#[tokio::test]
async fn list_reads_as_many_pages_as_its_limit_needs() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 102).await;
    assert_session!(emulator, @r"
        $ count() { replicate predictions list --limit $1 --jq length; }
        $ count 7
        7
        $ REPLICATE_BASE_URL=http://127.0.0.1:9 count 0
        0
        $ count 101
        101
        $ count all
        102
        $ replicate api predictions --paginate --jq '.results | length'
        100
        2
        $ replicate api predictions?cursor= --paginate --slurp --jq length
        2
        ");
    let second_page = Fault::status(403).on("predictions.list").skip(1);
    inject(&emulator, second_page);
    assert_session!(emulator, @r"
        $ replicate predictions list --limit all
        2> error: 403 Forbidden: This fault was injected: status 403 Forbidden; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/predictions)
        exit 4
        ");
}

#[tokio::test]
async fn predictions_are_listed_by_status_model_and_time() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 3).await;
    assert_session!(emulator, @r#"
        $ replicate run emulator/text a --quiet
        a of its comes what they a these of small mean they what words a asked
        $ count() { replicate predictions list --jq length "$@"; }
        $ count
        4
        $ count --status succeeded
        1
        $ count --status succeeded --model emulator/fail
        0
        $ count --model emulator/fail --limit 2
        2
        $ count --created-after 1h
        4
        $ count --since 2h --until 1h
        0
        $ count --source web
        0
        "#);
    let queries = emulator
        .requests()
        .into_iter()
        .filter_map(|request| request.query);
    assert_eq!(queries.filter(|query| query == "source=web").count(), 1);
}

#[tokio::test]
async fn models_are_sorted_by_the_api() {
    assert_session!(@r"
        $ first() { replicate models list --sort-by model-created-at --sort-direction $1 --jq '.[0].name'; }
        $ first asc
        hello-world
        $ first desc
        text
        ");
}
