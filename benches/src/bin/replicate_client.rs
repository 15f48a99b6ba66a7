//! The crate `replicate-client`.
#![forbid(unsafe_code)]

use std::time::Duration;

use replicate_bench::{Arguments, PAGE, input, main as measure};
use replicate_client::Client;

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let base = match case.as_str() {
        "pages" => format!("{url}/pages-{count}"),
        _ => format!("{url}/v1"),
    };
    let client = Client::with_base_url("r8_bench", &base).expect("a client");
    let get = async |id: &str| client.predictions().get(id).await.expect("a prediction");
    let warm = async || {
        get("small").await;
    };
    measure(warm, async || {
        match case.as_str() {
            "get" | "get-large" => {
                let id = if case == "get" { "small" } else { "large" };
                for _ in 0..*count {
                    assert!(get(id).await.status.is_terminal());
                }
            }
            "run" => {
                for _ in 0..*count {
                    let mut run = client.run("now");
                    for (key, value) in input().as_object().expect("an object") {
                        run = run.input(key.clone(), value.clone());
                    }
                    let created = run.send().await.expect("a prediction");
                    assert!(created.status.is_terminal());
                }
            }
            "pages" => {
                let mut number = 0;
                let mut cursor: Option<String> = None;
                loop {
                    let list = client.predictions().list(cursor.as_deref()).await;
                    let page = list.expect("a page");
                    number += page.results.len();
                    // Its cursor is the path of the next page.
                    let next = page
                        .next
                        .as_deref()
                        .and_then(|next| next.strip_prefix(&base));
                    match next {
                        Some(next) => cursor = Some(next.to_owned()),
                        None => break,
                    }
                }
                assert_eq!(number as u64, count * PAGE as u64);
            }
            "upload" => {
                let path = std::env::var("BENCH_FILE").expect("BENCH_FILE");
                let file = client
                    .files()
                    .create_from_path(std::path::Path::new(&path), None);
                file.await.expect("a file");
            }
            other => panic!("no case {other}"),
        }
        Vec::<Duration>::new()
    });
}
