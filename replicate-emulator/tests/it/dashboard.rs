//! The pages for a browser.

use replicate_emulator::Emulator;
use serde_json::json;

use crate::support::{header, open, run, start, start_with, text};

async fn page(emulator: &Emulator, path: &str) -> String {
    let response = open(&json!(format!("{}{path}", emulator.url()))).await;
    assert_eq!(response.status(), 200);
    let kind = header(&response, "content-type");
    assert_eq!(kind.as_deref(), Some("text/html; charset=utf-8"));
    response.text().await.expect("a page")
}

/// The home page, that of the first prediction, and that of a model.
async fn pages(emulator: &Emulator) -> [String; 3] {
    let id = &emulator.predictions()[0].id;
    [
        page(emulator, "/").await,
        page(emulator, &format!("/p/{id}")).await,
        page(emulator, "/emulator/text").await,
    ]
}

#[tokio::test]
async fn the_dashboard_shows_how_each_client_connects() {
    let emulator = start().await;
    let home = page(&emulator, "/").await;
    let url = emulator.url();
    for (client, way) in [
        ("Command line", "replicate run emulator/text"),
        ("Python", "import replicate"),
        ("Node", &format!("baseUrl: \"{url}/v1\"")),
        ("Rust", "replicate::Client::from_env()"),
        ("curl", "curl $REPLICATE_BASE_URL/v1/"),
    ] {
        assert!(home.contains(&format!("<dt>{client}")), "{client}");
        assert!(home.contains(way), "{client}");
    }
    let variables =
        format!("export REPLICATE_BASE_URL={url}\nexport REPLICATE_API_TOKEN=local</pre>");
    assert!(home.contains(&variables), "{home}");
    assert!(home.contains("/emulator/faults"));
    let place = |what: &str| home.find(what).expect(what);
    assert!(
        place("<h2 id=clients>") < place("<h2 id=predictions>"),
        "nothing was run yet"
    );
}

#[tokio::test]
async fn the_dashboard_never_shows_a_chosen_token_nor_another_in_its_place() {
    let emulator = start_with(Emulator::builder().token("r8_chosen")).await;
    run(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let pages = pages(&emulator).await;
    assert!(pages[0].contains("the token given with <code>--token</code>"));
    assert!(!pages[0].contains("REPLICATE_API_TOKEN=local"));
    assert!(!pages[0].contains("Any token is accepted"));
    assert!(pages.iter().all(|page| !page.contains("r8_chosen")));
}

#[tokio::test]
async fn the_dashboard_shows_outputs_and_executes_none() {
    let emulator = start().await;
    let script = "<script>alert(1)</script>";
    run(&emulator, "emulator/text", json!({"prompt": script})).await;
    let image = run(&emulator, "emulator/image", json!({"prompt": script})).await;
    let pages = pages(&emulator).await;
    let place = |what: &str| pages[0].find(what).expect(what);
    assert!(
        place("<h2 id=predictions>") < place("<h2 id=clients>"),
        "what was run comes first"
    );
    let picture = text(&image["output"][0]);
    let path = picture.strip_prefix(emulator.url()).expect("its own");
    assert!(pages[0].contains(&format!("<img src=\"{path}\"")));
    let prompt = pages[2].find("<tr><td><code>prompt</code><td>string<td><i>required</i><td>");
    let max_tokens = pages[2].find("<tr><td><code>max_tokens</code><td>integer<td><code>");
    assert!(prompt.expect("the first input") < max_tokens.expect("the next input"));
    assert!(pages.iter().all(|page| !page.contains(script)));
}
