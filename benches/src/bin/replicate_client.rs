//! The crate `replicate-client`.
#![forbid(unsafe_code)]

use std::path::Path;

use replicate_bench::{Arguments, Calls, input, measure};
use replicate_client::Client;

struct Peer {
    client: Client,
    base: String,
}

impl Calls for Peer {
    async fn get(&self, id: &str) {
        let prediction = self.client.predictions().get(id).await;
        assert!(prediction.expect("a prediction").status.is_terminal());
    }

    async fn run(&self, model: &str) {
        let name = model.rsplit('/').next().expect("a name");
        let mut run = self.client.run(name);
        for (key, value) in input().as_object().expect("an object") {
            run = run.input(key.clone(), value.clone());
        }
        let created = run.send().await.expect("a prediction");
        assert!(created.status.is_terminal());
    }

    async fn upload(&self, path: &str, _size: u64) {
        let files = self.client.files();
        let file = files.create_from_path(Path::new(path), None);
        file.await.expect("a file");
    }

    async fn pages(&self) -> usize {
        let mut number = 0;
        let mut cursor: Option<String> = None;
        loop {
            let list = self.client.predictions().list(cursor.as_deref()).await;
            let page = list.expect("a page");
            number += page.results.len();
            // Its cursor is the path of the next page.
            let next = page.next.as_deref();
            match next.and_then(|next| next.strip_prefix(&self.base)) {
                Some(next) => cursor = Some(next.to_owned()),
                None => return number,
            }
        }
    }
}

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let base = match case.as_str() {
        "pages" => format!("{url}/pages-{count}"),
        _ => format!("{url}/v1"),
    };
    let client = Client::with_base_url("r8_bench", &base).expect("a client");
    measure(&arguments, &Peer { client, base });
}
