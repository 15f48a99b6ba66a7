//! The floor: bare reqwest and serde_json, as one would write each call by hand.
#![forbid(unsafe_code)]

use std::time::Duration;

use eventsource_stream::Eventsource;
use futures::StreamExt;
use replicate_bench::{
    Arguments, MODEL, POLL_INTERVAL, delay, input, main as measure, poll_time, stream_name,
};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded as any program would decode it")]
struct Prediction {
    id: String,
    status: String,
    model: Option<String>,
    version: Option<String>,
    input: Map<String, Value>,
    logs: Option<String>,
    output: Option<Value>,
    error: Option<String>,
    created_at: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
    metrics: Option<Map<String, Value>>,
    urls: Map<String, Value>,
}

#[derive(Deserialize)]
struct Page {
    next: Option<String>,
    results: Vec<Prediction>,
}

async fn sent<T: DeserializeOwned>(request: RequestBuilder) -> T {
    let response = request
        .bearer_auth("r8_bench")
        .send()
        .await
        .expect("a response");
    let response = response.error_for_status().expect("a success");
    let body = response.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

async fn create(client: &Client, url: &str, name: &str) -> Prediction {
    let url = format!("{url}/v1/models/acme/{name}/predictions");
    let request = client.post(url).header("prefer", "wait=60");
    sent(request.json(&json!({ "input": input() }))).await
}

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let mut client = Client::builder().no_proxy();
    if case == "many-h2" {
        client = client.http2_prior_knowledge();
    }
    let client = client.build().expect("a client");
    let get = async |id: &str| -> Prediction {
        sent(client.get(format!("{url}/v1/predictions/{id}"))).await
    };
    let warm = async || {
        if case != "emulator" {
            get("small").await;
        }
    };
    measure(warm, async || {
        match case.as_str() {
            "get" | "get-large" => {
                let id = if case == "get" { "small" } else { "large" };
                for _ in 0..*count {
                    assert_eq!(get(id).await.status, "succeeded");
                }
            }
            "run" => {
                let name = MODEL.rsplit('/').next().expect("a name");
                for _ in 0..*count {
                    assert_eq!(create(&client, url, name).await.status, "succeeded");
                }
            }
            "latency" => {
                let mut delays = Vec::new();
                for _ in 0..*count {
                    let prediction = create(&client, url, "held-20").await;
                    delays.push(delay(
                        prediction
                            .output
                            .as_ref()
                            .and_then(Value::as_str)
                            .expect("a time"),
                    ));
                }
                return delays;
            }
            "latency-poll" => {
                let mut delays = Vec::new();
                for number in 0..*count {
                    let name = format!("poll-{}", poll_time(number).as_millis());
                    let mut prediction = create(&client, url, &name).await;
                    while prediction.status != "succeeded" {
                        tokio::time::sleep(POLL_INTERVAL).await;
                        prediction = get(&prediction.id).await;
                    }
                    let output = prediction.output.as_ref().and_then(Value::as_str);
                    delays.push(delay(output.expect("a time")));
                }
                return delays;
            }
            "emulator" => {
                let model = client.get(format!("{url}/v1/models/replicate/hello-world"));
                let model: Value = sent(model).await;
                let version = &model["latest_version"]["id"];
                let input = json!({ "version": version, "input": { "text": "Alice" } });
                let url = format!("{url}/v1/predictions");
                for _ in 0..*count {
                    let request = client.post(&url).header("prefer", "wait").json(&input);
                    assert_eq!(sent::<Prediction>(request).await.status, "succeeded");
                }
            }
            name if name.starts_with("stream") => {
                let name = stream_name(name, *count).expect("a stream");
                stream(&client, url, &name).await;
            }
            "upload" => {
                let file = tokio::fs::File::open(std::env::var("BENCH_FILE").expect("BENCH_FILE"));
                let body = ReaderStream::with_capacity(file.await.expect("a file"), 64 * 1024);
                let part = reqwest::multipart::Part::stream_with_length(
                    reqwest::Body::wrap_stream(body),
                    *count,
                );
                let form = reqwest::multipart::Form::new().part("content", part.file_name("file"));
                let file: Value =
                    sent(client.post(format!("{url}/v1/files")).multipart(form)).await;
                assert!(file["size"].as_u64() >= Some(*count));
            }
            "download" => {
                let path = std::env::var("BENCH_FILE").expect("BENCH_FILE");
                let response = client.get(format!("{url}/bytes/{count}")).send().await;
                let mut body = response.expect("a response").bytes_stream();
                let mut file = tokio::fs::File::create(path).await.expect("a file");
                while let Some(chunk) = body.next().await {
                    file.write_all(&chunk.expect("a chunk"))
                        .await
                        .expect("a write");
                }
                file.flush().await.expect("a write");
            }
            "pages" => {
                let mut next = Some(format!("{url}/pages-{count}/predictions"));
                let mut items = 0;
                while let Some(url) = next {
                    let page: Page = sent(client.get(url)).await;
                    items += page.results.len() as u64;
                    next = page.next;
                }
                assert_eq!(items, count * replicate_bench::PAGE as u64);
            }
            "many" | "many-h2" => {
                let runs = (0..*count).map(|_| create(&client, url, "held-3000"));
                let runs: Vec<Prediction> = futures::future::join_all(runs).await;
                assert!(runs.iter().all(|run| run.status == "succeeded"));
            }
            other => panic!("no case {other}"),
        }
        Vec::<Duration>::new()
    });
}

async fn stream(client: &Client, url: &str, name: &str) {
    let prediction = create(client, url, name).await;
    let url = prediction.urls["stream"].as_str().expect("a stream");
    let request = client.get(url).header("accept", "text/event-stream");
    let response = request.send().await.expect("a response");
    let mut events = response.bytes_stream().eventsource();
    let mut length = 0;
    while let Some(event) = events.next().await {
        let event = event.expect("an event");
        match event.event.as_str() {
            "output" => length += event.data.len(),
            "done" => break,
            _ => {}
        }
    }
    assert!(length > 0);
}
