//! For each recorded call, the like of it on the emulator.

use std::time::Duration;

use replicate_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{
    self, call, fetch, new, new_model, post, run, start, text, train, until_processing,
};

/// A response of the emulator, and its kind.
pub(crate) struct OurResponse {
    pub(crate) kind: &'static str,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Two emulators: one whose predictions begin at once, and one whose never begin.
pub(crate) struct Emulators {
    prompt: Emulator,
    starting: Emulator,
}

impl Emulators {
    pub(crate) async fn start() -> Self {
        let starting = Emulator::builder().startup_time(Duration::from_secs(3600));
        let both = Self {
            prompt: start().await,
            starting: starting.start().await.expect("an emulator"),
        };
        for emulator in [&both.prompt, &both.starting] {
            post(emulator, "/models", new_model("m")).await;
        }
        both
    }

    /// The response to a call like the recorded one, in the same state.
    pub(crate) async fn fetch(&self, request: &Value, recorded: &Value) -> OurResponse {
        let (method, path) = (text(&request["method"]), text(&request["path"]));
        let parts: Vec<&str> = path.split('/').skip(2).collect();
        let state = recorded["status"].as_str();
        let waits = request["headers"]["prefer"].is_string();
        let emulator = &self.prompt;
        let get = |path: &'static str| fetch(call(emulator, "GET", path));
        let (kind, (status, body)) = match (method.as_str(), parts.as_slice()) {
            _ if recorded["title"] == "Unauthenticated" => {
                let bare =
                    reqwest::Client::new().post(format!("{}/v1/predictions", emulator.url()));
                ("problem", fetch(bare).await)
            }
            ("GET", ["collections"]) => ("collections", get("/collections").await),
            ("GET", ["hardware"]) => ("hardware", get("/hardware").await),
            ("POST", ["files"]) => ("new file", upload(emulator).await),
            ("GET", ["files", _]) => ("file", self.file().await),
            ("POST", ["models"]) => {
                let mut new = new_model("new");
                new["description"] = json!("d");
                ("new model", post(emulator, "/models", new).await)
            }
            ("GET", ["models", ..]) => ("model", get("/models/emulator/image").await),
            ("POST", ["models", .., "trainings"]) => {
                ("new training", training(&self.starting).await)
            }
            ("POST", ["trainings", _, "cancel"]) => {
                let (_, training) = training(emulator).await;
                ("canceled training", cancel(emulator, &training).await)
            }
            ("POST", ["predictions", _, "cancel"]) => {
                let (_, prediction) = slow(emulator).await;
                ("canceled prediction", cancel(emulator, &prediction).await)
            }
            ("POST", _) if waits => ("blocking prediction", blocking(emulator).await),
            ("POST", [.., "predictions"]) => ("new prediction", slow(&self.starting).await),
            ("GET", ["predictions", _]) => match state {
                Some("succeeded") => {
                    let input = json!({"prompt": "a"});
                    let ended = run(emulator, "emulator/image", input).await;
                    ("ended prediction", (200, ended))
                }
                Some("starting") => ("starting prediction", self.starting().await),
                Some("processing") => {
                    let (_, prediction) = slow(emulator).await;
                    let url = until_processing(emulator, &prediction).await;
                    ("running prediction", support::get(emulator, &url).await)
                }
                other => panic!("no prediction here is {other:?}"),
            },
            other => panic!("nothing is the like of {other:?}"),
        };
        OurResponse { kind, status, body }
    }

    async fn file(&self) -> (u16, Value) {
        let (_, file) = upload(&self.prompt).await;
        fetch(call(&self.prompt, "GET", &text(&file["urls"]["get"]))).await
    }

    async fn starting(&self) -> (u16, Value) {
        let (_, made) = slow(&self.starting).await;
        fetch(call(&self.starting, "GET", &text(&made["urls"]["get"]))).await
    }
}

async fn upload(emulator: &Emulator) -> (u16, Value) {
    let form = Form::new().part("content", Part::bytes(Vec::new()).file_name("a.txt"));
    fetch(call(emulator, "POST", "/files").multipart(form)).await
}

async fn training(emulator: &Emulator) -> (u16, Value) {
    train(emulator, "emulator/text", "local/m").await
}

/// A prediction that takes an hour.
async fn slow(emulator: &Emulator) -> (u16, Value) {
    fetch(new(emulator, "emulator/slow", json!({"seconds": 3600}))).await
}

async fn blocking(emulator: &Emulator) -> (u16, Value) {
    let create = new(emulator, "emulator/text", json!({"prompt": "a"}));
    fetch(create.header("prefer", "wait=10")).await
}

async fn cancel(emulator: &Emulator, job: &Value) -> (u16, Value) {
    until_processing(emulator, job).await;
    fetch(call(emulator, "POST", &text(&job["urls"]["cancel"]))).await
}
