//! The crate `replicate-rs`. Its base URL is fixed, so that only what follows the URLs in a
//! prediction can be measured: reading it again, and its stream.
#![forbid(unsafe_code)]

use futures::StreamExt;
use replicate_bench::{Arguments, Calls, measure};
use replicate_rs::predictions::Prediction;

/// The URL of the server.
struct Peer(String);

impl Peer {
    fn prediction(&self, id: &str) -> Prediction {
        let url = &self.0;
        let prediction = serde_json::json!({
            "id": id, "model": "acme/now", "version": "v", "input": {}, "status": "starting",
            "created_at": "", "output": null,
            "urls": {
                "get": format!("{url}/v1/predictions/{id}"),
                "cancel": "", "stream": format!("{url}/stream/{id}"),
            },
        });
        serde_json::from_value(prediction).expect("a prediction")
    }
}

impl Calls for Peer {
    async fn get(&self, id: &str) {
        let read = self.prediction(id).reload().await;
        read.expect("a prediction");
    }

    async fn stream(&self, model: &str) -> usize {
        let name = model.rsplit('/').next().expect("a name");
        let mut prediction = self.prediction(name);
        let events = prediction.get_stream().await.expect("a stream");
        let mut events = std::pin::pin!(events);
        let mut length = 0;
        while let Some(event) = events.next().await {
            let event = event.expect("an event");
            length += event.data.len();
            if event.event == "done" {
                break;
            }
        }
        length
    }
}

fn main() {
    let arguments = Arguments::read();
    let peer = Peer(arguments.url.clone());
    measure(&arguments, &peer);
}
