//! The floor: bare reqwest and serde_json, as one would write each call by hand.
#![forbid(unsafe_code)]

use eventsource_stream::Eventsource;
use futures::StreamExt;
use replicate_bench::{Arguments, Calls, POLL_INTERVAL, input, measure};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, RequestBuilder};
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
    let response = request.bearer_auth("r8_bench").send().await;
    let response = response.expect("a response");
    let response = response.error_for_status().expect("a success");
    let body = response.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

struct Floor {
    client: Client,
    url: String,
    /// The first page of the list.
    pages: String,
}

impl Floor {
    async fn read(&self, id: &str) -> Prediction {
        sent(self.client.get(format!("{}/v1/predictions/{id}", self.url))).await
    }

    async fn create(&self, model: &str) -> Prediction {
        let url = format!("{}/v1/models/{model}/predictions", self.url);
        let request = self.client.post(url).header("prefer", "wait=60");
        sent(request.json(&json!({ "input": input() }))).await
    }
}

impl Prediction {
    fn assert_succeeded(&self) {
        assert_eq!(self.status, "succeeded");
    }
}

impl Calls for Floor {
    async fn warm(&self, case: &str) {
        if case != "emulator" {
            self.get("small").await;
        }
    }

    async fn get(&self, id: &str) {
        self.read(id).await.assert_succeeded();
    }

    async fn run(&self, model: &str) {
        self.create(model).await.assert_succeeded();
    }

    async fn output(&self, model: &str, _polled: bool) -> String {
        let mut prediction = self.create(model).await;
        while prediction.status != "succeeded" {
            tokio::time::sleep(POLL_INTERVAL).await;
            prediction = self.read(&prediction.id).await;
        }
        let output = prediction.output.as_ref().and_then(Value::as_str);
        output.expect("a text").to_owned()
    }

    async fn stream(&self, model: &str) -> usize {
        let prediction = self.create(model).await;
        let url = prediction.urls["stream"].as_str().expect("a stream");
        let request = self.client.get(url).header("accept", "text/event-stream");
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
        length
    }

    async fn upload(&self, path: &str, size: u64) {
        let file = tokio::fs::File::open(path).await.expect("a file");
        let body = Body::wrap_stream(ReaderStream::with_capacity(file, 64 * 1024));
        let part = Part::stream_with_length(body, size).file_name("file");
        let request = self.client.post(format!("{}/v1/files", self.url));
        let file: Value = sent(request.multipart(Form::new().part("content", part))).await;
        assert!(file["size"].as_u64() >= Some(size));
    }

    async fn download(&self, url: &str, path: &str) {
        let response = self.client.get(url).send().await;
        let mut body = response.expect("a response").bytes_stream();
        let mut file = tokio::fs::File::create(path).await.expect("a file");
        while let Some(chunk) = body.next().await {
            let written = file.write_all(&chunk.expect("a chunk")).await;
            written.expect("a write");
        }
        file.flush().await.expect("a write");
    }

    async fn pages(&self) -> usize {
        let mut next = Some(self.pages.clone());
        let mut items = 0;
        while let Some(url) = next {
            let page: Page = sent(self.client.get(url)).await;
            items += page.results.len();
            next = page.next;
        }
        items
    }

    async fn emulator(&self, count: u64) {
        let url = format!("{}/v1/models/replicate/hello-world", self.url);
        let model: Value = sent(self.client.get(url)).await;
        let version = &model["latest_version"]["id"];
        let input = json!({ "version": version, "input": { "text": "Alice" } });
        let url = format!("{}/v1/predictions", self.url);
        for _ in 0..count {
            let request = self.client.post(&url).header("prefer", "wait").json(&input);
            sent::<Prediction>(request).await.assert_succeeded();
        }
    }
}

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let mut client = Client::builder().no_proxy();
    if case == "many-h2" {
        client = client.http2_prior_knowledge();
    }
    let floor = Floor {
        client: client.build().expect("a client"),
        url: url.clone(),
        pages: format!("{url}/pages-{count}/predictions"),
    };
    measure(&arguments, &floor);
}
