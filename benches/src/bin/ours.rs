//! Our client.
#![forbid(unsafe_code)]

use replicate::{Client, FileInput, PollPolicy, StreamEvent};
use replicate_bench::{Arguments, Calls, MODEL, POLL_INTERVAL, input, measure};

struct Ours(Client);

impl Calls for Ours {
    async fn warm(&self, case: &str) {
        self.get("small").await;
        if matches!(case, "run" | "many" | "many-h2") {
            // The client reads once what kind of model it is.
            self.run(MODEL).await;
        }
    }

    async fn get(&self, id: &str) {
        let prediction = self.0.predictions().get(id).await.expect("a prediction");
        assert_eq!(prediction.status, "succeeded");
    }

    async fn run(&self, model: &str) {
        let output = self.0.run(model).input(input()).await;
        output.expect("an output");
    }

    async fn output(&self, model: &str, polled: bool) -> String {
        let run = self.0.run(model).input(input());
        let output = match polled {
            false => run.await,
            true => {
                let run = run.poll_policy(PollPolicy::fixed(POLL_INTERVAL)).start();
                run.await.expect("a handle").output().await
            }
        };
        output.expect("an output").text().expect("a text")
    }

    async fn stream(&self, model: &str) -> usize {
        let events = self.0.stream(model).input(input()).await;
        let mut events = events.expect("a stream");
        let mut length = 0;
        while let Some(event) = events.next().await {
            if let StreamEvent::Output(text) = event.expect("an event") {
                length += text.text().len();
            }
        }
        length
    }

    async fn upload(&self, path: &str, size: u64) {
        let file = self.0.files().create(FileInput::path(path)).await;
        let uploaded = file.expect("a file").size.map(i64::unsigned_abs);
        assert!(uploaded >= Some(size));
    }

    async fn download(&self, url: &str, path: &str) {
        let saved = self.0.download(url).save(path).await;
        saved.expect("a download");
    }

    async fn pages(&self) -> usize {
        let mut items = self.0.predictions().list().items();
        let mut number = 0;
        while let Some(item) = items.next().await {
            assert!(!item.expect("an item").id.is_empty());
            number += 1;
        }
        number
    }
}

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let base = match case.as_str() {
        "pages" => format!("{url}/pages-{count}"),
        _ => url.clone(),
    };
    let mut client = Client::builder().token("r8_bench").base_url(base);
    if case == "many-h2" {
        client = client.http(|http| http.http2_prior_knowledge());
    }
    measure(&arguments, &Ours(client.build().expect("a client")));
}
