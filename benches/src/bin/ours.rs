//! Our client.
#![forbid(unsafe_code)]

use std::time::Duration;

use replicate::{Client, FileInput, PollPolicy, StreamEvent};
use replicate_bench::{
    Arguments, MODEL, POLL_INTERVAL, delay, input, main as measure, poll_time, stream_name,
};

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
    let client = client.build().expect("a client");
    let get = async |id: &str| client.predictions().get(id).await.expect("a prediction");
    let warm = async || {
        get("small").await;
        if matches!(case.as_str(), "run" | "many" | "many-h2") {
            // The client reads once what kind of model it is.
            client.run(MODEL).input(input()).await.expect("an output");
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
                for _ in 0..*count {
                    client.run(MODEL).input(input()).await.expect("an output");
                }
            }
            "latency" => {
                let mut delays = Vec::new();
                for _ in 0..*count {
                    let output = client.run("acme/held-20").input(input()).await;
                    delays.push(delay(&output.expect("an output").text().expect("a text")));
                }
                return delays;
            }
            "latency-poll" => {
                let mut delays = Vec::new();
                for number in 0..*count {
                    let model = format!("acme/poll-{}", poll_time(number).as_millis());
                    let run = client.run(model.as_str()).input(input());
                    let run = run.poll_policy(PollPolicy::fixed(POLL_INTERVAL)).start();
                    let output = run.await.expect("a handle").output().await;
                    delays.push(delay(&output.expect("an output").text().expect("a text")));
                }
                return delays;
            }
            name if name.starts_with("stream") => {
                let name = stream_name(name, *count).expect("a stream");
                let name = format!("acme/{name}");
                let mut events = client
                    .stream(name.as_str())
                    .input(input())
                    .await
                    .expect("a stream");
                let mut length = 0;
                while let Some(event) = events.next().await {
                    if let StreamEvent::Output(text) = event.expect("an event") {
                        length += text.text().len();
                    }
                }
                assert!(length > 0);
            }
            "upload" => {
                let path = std::env::var("BENCH_FILE").expect("BENCH_FILE");
                let file = client
                    .files()
                    .create(FileInput::path(path))
                    .await
                    .expect("a file");
                assert!(file.size.map(i64::unsigned_abs) >= Some(*count));
            }
            "download" => {
                let path = std::env::var("BENCH_FILE").expect("BENCH_FILE");
                let file = client.download(format!("{url}/bytes/{count}"));
                file.save(&path).await.expect("a download");
            }
            "pages" => {
                let mut items = client.predictions().list().items();
                let mut number = 0;
                while let Some(item) = items.next().await {
                    assert!(!item.expect("an item").id.is_empty());
                    number += 1;
                }
                assert_eq!(number, count * replicate_bench::PAGE as u64);
            }
            "many" | "many-h2" => {
                let runs = (0..*count).map(|_| async {
                    client
                        .run("acme/held-3000")
                        .input(input())
                        .await
                        .expect("an output")
                });
                assert_eq!(futures::future::join_all(runs).await.len() as u64, *count);
            }
            other => panic!("no case {other}"),
        }
        Vec::<Duration>::new()
    });
}
