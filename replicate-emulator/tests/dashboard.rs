//! The pages for a browser.

mod support;

use replicate_emulator::Emulator;
use serde_json::json;
use support::{call, fetch, header, start};

async fn page(url: &str) -> String {
    let response = reqwest::get(url).await.expect("a response");
    assert_eq!(response.status(), 200);
    assert_eq!(
        header(&response, "content-type").as_deref(),
        Some("text/html; charset=utf-8")
    );
    response.text().await.expect("a page")
}

#[tokio::test]
async fn the_dashboard_shows_how_each_client_connects() {
    let emulator = start().await;
    let home = page(emulator.url()).await;
    let url = emulator.url();
    for (client, way) in [
        ("Command line", "replicate run emulator/text"),
        ("Python", "import replicate"),
        ("Node", &format!("baseUrl: &quot;{url}/v1&quot;")),
        ("Rust", "replicate::Client::from_env()"),
        ("curl", "curl $REPLICATE_BASE_URL/v1/"),
    ] {
        assert!(home.contains(&format!("<dt>{client}")), "{client}");
        assert!(home.contains(way), "{client}");
    }
    let variables =
        format!("export REPLICATE_BASE_URL={url}\nexport REPLICATE_API_TOKEN=local</pre>");
    assert!(home.contains(&variables), "{home}");
}

#[tokio::test]
async fn the_dashboard_never_shows_a_chosen_token_nor_another_in_its_place() {
    let builder = Emulator::builder().token("r8_chosen");
    let emulator = builder.start().await.expect("an emulator");
    let request = call(&emulator, "POST", "/models/emulator/text/predictions")
        .header("prefer", "wait")
        .json(&json!({"input": {"prompt": "a"}}));
    assert_eq!(fetch(request).await.0, 201);
    let id = emulator.predictions()[0].id.clone();
    let home = page(emulator.url()).await;
    assert!(home.contains("the token given with <code>--token</code>"));
    assert!(!home.contains("REPLICATE_API_TOKEN=local"));
    assert!(!home.contains("Any token is accepted"));
    let one = page(&format!("{}/p/{id}", emulator.url())).await;
    let model = page(&format!("{}/emulator/text", emulator.url())).await;
    for page in [home, one, model] {
        assert!(!page.contains("r8_chosen"));
    }
}

#[tokio::test]
async fn the_dashboard_shows_outputs_and_executes_none() {
    let emulator = start().await;
    let script = "<script>alert(1)</script>";
    for model in ["text", "image"] {
        let request = call(
            &emulator,
            "POST",
            &format!("/models/emulator/{model}/predictions"),
        )
        .header("prefer", "wait")
        .json(&json!({"input": {"prompt": script}}));
        assert_eq!(fetch(request).await.0, 201);
    }
    let home = page(emulator.url()).await;
    let place = |what: &str| home.find(what).expect(what);
    assert!(
        place("<h2 id=predictions>") < place("<h2 id=clients>"),
        "what was run comes first"
    );
    assert!(home.contains("/emulator/faults"));
    assert!(home.contains("REPLICATE_BASE_URL"));
    let picture = emulator.predictions()[1].json["output"][0].clone();
    let picture = support::text(&picture);
    let path = picture.strip_prefix(emulator.url()).expect("its own");
    assert!(home.contains(&format!("<img src=\"{path}\"")));
    let id = &emulator.predictions()[0].id;
    let one = page(&format!("{}/p/{id}", emulator.url())).await;
    let model = page(&format!("{}/emulator/text", emulator.url())).await;
    assert!(model.contains("max_tokens"));
    for page in [home, one, model] {
        assert!(!page.contains(script));
    }
}
