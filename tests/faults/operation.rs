//! The operations that faults meet: how each is called, its correct response, and its result.

use futures::TryStreamExt;
use replicate::{Client, Error, FileInput, StreamEvent};
use replicate_test_support::Reply;
use serde_json::{Value, json};

/// The model, by version, so that a run is one create.
pub(crate) const MODEL: &str = "acme/app:v1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Get,
    List,
    Cancel,
    Upload,
    Stream,
    Download,
}

use Operation::{Cancel, Create, Download, Get, List, Stream, Upload};

impl Operation {
    pub(crate) const ALL: [Self; 7] = [Create, Get, List, Cancel, Upload, Stream, Download];

    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Whether it creates something that is billed.
    pub(crate) fn creates(self) -> bool {
        matches!(self, Create | Upload)
    }

    /// Whether the fault is at a server other than the API's.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(self, Stream | Download)
    }

    /// The JSON of the correct response.
    pub(crate) fn json(self) -> Value {
        match self {
            Create => prediction("starting", Value::Null),
            Get => prediction("succeeded", json!(["Hello ", "wörld"])),
            List => json!({
                "results": [prediction("succeeded", Value::Null)], "next": null, "previous": null,
            }),
            Cancel => prediction("canceled", Value::Null),
            Upload => json!({ "id": "f1", "urls": { "get": "https://files.invalid/f1" } }),
            Stream | Download => Value::Null,
        }
    }

    /// The correct response of the server with the fault.
    pub(crate) fn reply(self) -> Reply {
        match self {
            Stream => events(EVENTS),
            Download => Reply::new(200)
                .header("connection", "close")
                .header("etag", "\"1\"")
                .body(content()),
            operation => operation.reply_with(&operation.json()),
        }
    }

    /// A response like the correct one, with other JSON.
    pub(crate) fn reply_with(self, json: &Value) -> Reply {
        json_reply(self.status(), json)
    }

    /// The correct JSON, with a change of the object that the operation is about.
    pub(crate) fn json_with(self, change: impl FnOnce(&mut Value)) -> Value {
        let mut json = self.json();
        match self {
            List => change(&mut json["results"][0]),
            _ => change(&mut json),
        }
        json
    }

    pub(crate) fn status(self) -> u16 {
        if self.creates() { 201 } else { 200 }
    }

    /// Calls it and returns the result as text.
    pub(crate) async fn call(self, client: &Client, file_url: &str) -> Result<String, Error> {
        Ok(match self {
            Create => {
                let prediction = client.predictions().create(MODEL).input(input()).await?;
                format!("{} {}", prediction.id, prediction.status)
            }
            Get => {
                let prediction = client.predictions().get("p1").await?;
                let output = match prediction.output.unwrap_or_default() {
                    Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
                    other => other.to_string(),
                };
                format!("{} {output}", prediction.status)
            }
            List => {
                let items = client.predictions().list().items();
                let all: Vec<_> = items.try_collect().await?;
                let ids = all.iter().map(|prediction| prediction.id.as_str());
                ids.collect::<Vec<_>>().join(" ")
            }
            Cancel => client.predictions().cancel("p1").await?.status.to_string(),
            Upload => {
                let file = FileInput::bytes(content(), "text/plain").name("wörds.txt");
                client.files().create(file).await?.id
            }
            Stream => {
                let stream = client.stream(MODEL).input(input());
                read(stream.max_event_bytes(256 * 1024).await?).await?
            }
            Download => {
                let content = client.download(file_url).bytes().await?;
                String::from_utf8_lossy(&content).into_owned()
            }
        })
    }

    /// What [`call`](Self::call) returns after the correct response.
    pub(crate) fn outcome(self) -> String {
        match self {
            Create => "p1 starting".to_owned(),
            Get => "succeeded Hello wörld".to_owned(),
            List => "p1".to_owned(),
            Cancel => "canceled".to_owned(),
            Upload => "f1".to_owned(),
            Stream => "Hello wörld|succeeded".to_owned(),
            Download => content(),
        }
    }
}

/// The text of a stream, and how it ended.
async fn read(mut events: replicate::EventStream) -> Result<String, Error> {
    let mut text = String::new();
    while let Some(event) = events.try_next().await? {
        match event {
            StreamEvent::Done(done) => text.push_str(&format!("|{}", done.status)),
            event => text.push_str(&event.to_string()),
        }
    }
    Ok(text)
}

pub(crate) fn input() -> Value {
    json!({ "prompt": "a red bicycle", "padding": "x".repeat(4000) })
}

/// A file's content, in which no part repeats another.
pub(crate) fn content() -> String {
    (0..500).map(|line| format!("{line} ü\n")).collect()
}

pub(crate) const EVENTS: &str = "retry: 1\n\n\
    id: 1\nevent: output\ndata: Hello \n\n\
    id: 2\nevent: output\ndata: wörld\n\n\
    id: 3\nevent: done\ndata: {}\n\n";

/// A stream's response with these bytes.
pub(crate) fn events(bytes: impl AsRef<[u8]>) -> Reply {
    Reply::new(200)
        .header("connection", "close")
        .header("content-type", "text/event-stream")
        .body(bytes)
}

pub(crate) fn json_reply(status: u16, body: &Value) -> Reply {
    Reply::json(status, body.to_string()).header("connection", "close")
}

pub(crate) fn prediction(status: &str, output: Value) -> Value {
    json!({
        "id": "p1", "model": "acme/app", "version": "v1", "input": {}, "logs": "",
        "status": status, "output": output, "error": null,
        "created_at": "2026-01-01T00:00:00.5Z", "urls": {},
    })
}
