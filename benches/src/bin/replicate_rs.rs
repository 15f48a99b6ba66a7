//! The crate `replicate-rs`. Its base URL is fixed, so that only what follows the URLs in a
//! prediction can be measured: reading it again, and its stream.
#![forbid(unsafe_code)]

use std::time::Duration;

use futures::StreamExt;
use replicate_bench::{Arguments, main as measure, stream_name};
use replicate_rs::predictions::Prediction;

fn main() {
    let arguments = Arguments::read();
    let Arguments { case, url, count } = &arguments;
    let prediction = |id: &str| -> Prediction {
        let prediction = serde_json::json!({
            "id": id, "model": "acme/now", "version": "v", "input": {}, "status": "starting",
            "created_at": "", "output": null,
            "urls": {
                "get": format!("{url}/v1/predictions/{id}"),
                "cancel": "", "stream": format!("{url}/stream/{id}"),
            },
        });
        serde_json::from_value(prediction).expect("a prediction")
    };
    let warm = async || prediction("small").reload().await.expect("a prediction");
    measure(warm, async || {
        match case.as_str() {
            "get" | "get-large" => {
                let id = if case == "get" { "small" } else { "large" };
                let mut prediction = prediction(id);
                for _ in 0..*count {
                    prediction.reload().await.expect("a prediction");
                }
            }
            name if name.starts_with("stream") => {
                let name = stream_name(name, *count).expect("a stream");
                let mut prediction = prediction(&name);
                let events = prediction.get_stream().await.expect("a stream");
                let mut events = std::pin::pin!(events);
                while let Some(event) = events.next().await {
                    if event.expect("an event").event == "done" {
                        break;
                    }
                }
            }
            other => panic!("no case {other}"),
        }
        Vec::<Duration>::new()
    });
}
