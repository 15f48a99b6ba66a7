//! Every operation's success, compared with the API's description in this repository.
//! tests/it/coverage.rs reports operations that are not here.

use std::{collections::BTreeSet, time::Duration};

use replicate_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{
    call, ended, header, new, new_model, send, start, text, until_processing, version,
};

const DESCRIPTION: &str = include_str!("../../../openapi/replicate.json");

/// Fields beyond those that the description lists, and why they are there.
const BEYOND: [(&str, &str); 6] = [
    ("created_at", "the description says so of models"),
    ("weights_url", "the description says so of models"),
    ("is_official", "models have it wherever they are found"),
    ("name", "recorded responses of files have it"),
    ("etag", "recorded responses of files have it"),
    ("md5", "recorded responses of files have it"),
];

/// An emulator, the description, and the fields that it does not have.
struct Held {
    emulator: Emulator,
    document: Value,
    /// Those of [`BEYOND`] that were seen.
    beyond: BTreeSet<String>,
}

/// The description says `nullable` where JSON Schema has a type `null`.
fn spell_out_nullable(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(spell_out_nullable);
            if map.remove("nullable").is_some_and(|n| n == true) {
                let inner = Value::Object(std::mem::take(map));
                map.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spell_out_nullable),
        _ => {}
    }
}

impl Held {
    async fn start() -> Self {
        let mut document: Value = serde_json::from_str(DESCRIPTION).expect("JSON");
        spell_out_nullable(&mut document);
        Self {
            emulator: start().await,
            document,
            beyond: BTreeSet::new(),
        }
    }

    /// The operation with this id, wherever it lies.
    fn operation(&self, id: &str) -> &Value {
        let paths = self.document["paths"].as_object().expect("paths");
        paths
            .values()
            .flat_map(|path| path.as_object().expect("methods").values())
            .find(|operation| operation["operationId"] == id)
            .unwrap_or_else(|| panic!("no operation {id}"))
    }

    async fn get(&mut self, id: &str, path: &str) -> Value {
        let request = call(&self.emulator, "GET", path);
        self.hold(id, request).await
    }

    async fn send(&mut self, id: &str, method: &str, path: &str, body: Value) -> Value {
        let mut request = call(&self.emulator, method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.hold(id, request).await
    }

    /// Compares a response with the description of its operation; returns its JSON, if any.
    async fn hold(&mut self, id: &str, request: reqwest::RequestBuilder) -> Value {
        let response = send(request).await;
        let status = response.status().as_u16().to_string();
        let kind = header(&response, "content-type").unwrap_or_default();
        let body = response.bytes().await.expect("a body");
        let described = &self.operation(id)["responses"][&status];
        assert!(described.is_object(), "{id} returns {status}: {body:?}");
        let Some(content) = self.operation(id)["responses"][&status].get("content") else {
            assert!(body.is_empty(), "{id} has no body");
            return Value::Null;
        };
        let kind = kind.split(';').next().unwrap_or_default();
        let media = &content[kind];
        assert!(media.is_object(), "{id} returns {kind}");
        if kind != "application/json" {
            return Value::Null;
        }
        let json: Value = serde_json::from_slice(&body).expect("JSON");
        let mut schema = media["schema"].clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .with_format("uri", |text: &str| reqwest::Url::parse(text).is_ok())
            .build(&schema)
            .expect("a schema");
        let wrong: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{id}: {wrong:#?}");
        let mut unknown = BTreeSet::new();
        self.undocumented("", &media["schema"], &json, &mut unknown);
        for place in unknown {
            let (_, field) = place.rsplit_once('.').unwrap_or_default();
            let listed = BEYOND.iter().find(|(name, _)| *name == field);
            assert!(listed.is_some(), "{id} has an undescribed field: {place}");
            self.beyond.insert(field.to_owned());
        }
        json
    }

    /// Notes the fields of `value` that its schema does not have. Where the description allows any
    /// field beside its own (a model's affairs), so does this.
    fn undocumented(
        &self,
        place: &str,
        schema: &Value,
        value: &Value,
        unknown: &mut BTreeSet<String>,
    ) {
        let mut schemas = Vec::new();
        self.flat(schema, &mut schemas);
        for element in value.as_array().into_iter().flatten() {
            for items in schemas.iter().filter_map(|schema| schema.get("items")) {
                self.undocumented(&format!("{place}[]"), items, element, unknown);
            }
        }
        let described = |name: &str| {
            let all = schemas.iter();
            all.filter_map(|schema| schema["properties"].get(name))
                .collect::<Vec<_>>()
        };
        let open = schemas.iter().any(|schema| {
            schema.get("properties").is_none() || schema["additionalProperties"] == true
        });
        for (name, field) in value.as_object().into_iter().flatten() {
            let found = described(name);
            let place = format!("{place}.{name}");
            if found.is_empty() && !open {
                unknown.insert(place.clone());
            }
            for schema in found {
                self.undocumented(&place, schema, field, unknown);
            }
        }
    }

    /// The schema with those that it refers to or is put together from.
    fn flat<'a>(&'a self, schema: &'a Value, all: &mut Vec<&'a Value>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.document.pointer(reference.trim_start_matches('#'));
            return self.flat(target.expect("its target"), all);
        }
        let parts = ["allOf", "anyOf", "oneOf"].map(|word| schema[word].as_array());
        if parts.iter().all(Option::is_none) {
            all.push(schema);
        }
        for part in parts.into_iter().flatten().flatten() {
            if part["type"] != "null" {
                self.flat(part, all);
            }
        }
    }
}

#[tokio::test]
async fn every_operation_responds_as_the_specification_says() {
    let mut held = Held::start().await;
    for (id, path) in [
        ("account.get", "/account"),
        ("hardware.list", "/hardware"),
        ("collections.list", "/collections"),
        ("collections.get", "/collections/official"),
        ("models.list", "/models"),
        ("models.get", "/models/emulator/image"),
        ("models.examples.list", "/models/emulator/image/examples"),
        ("models.readme.get", "/models/emulator/image/readme"),
        (
            "models.versions.list",
            "/models/replicate/hello-world/versions",
        ),
        ("search", "/search?query=text"),
        ("webhooks.default.secret.get", "/webhooks/default/secret"),
    ] {
        held.get(id, path).await;
    }
    let words = call(&held.emulator, "QUERY", "/models")
        .header("content-type", "text/plain")
        .body("text");
    held.hold("models.search", words).await;

    let text_version = version(&held.emulator, "emulator/text").await;
    let path = format!("/models/emulator/text/versions/{text_version}");
    held.get("models.versions.get", &path).await;
    predictions(&mut held, &text_version).await;

    let (models, model) = ("/models", "/models/local/m");
    held.send("models.create", "POST", models, new_model("m"))
        .await;
    let change = json!({"description": "d", "github_url": "https://github.com/a/b"});
    held.send("models.update", "PATCH", model, change).await;
    trainings(&mut held, &text_version).await;
    held.send("models.delete", "DELETE", model, Value::Null)
        .await;
    deployments(&mut held, &text_version).await;
    files(&mut held).await;
    let beyond: BTreeSet<String> = BEYOND.map(|(field, _)| field.to_owned()).into();
    assert_eq!(held.beyond, beyond, "each listed field is there");
}

async fn predictions(held: &mut Held, version: &str) {
    let input = json!({"prompt": "a"});
    let body = json!({"version": version, "input": input});
    let blocking = call(&held.emulator, "POST", "/predictions").json(&body);
    let id = "predictions.create";
    let made = held.send(id, "POST", "/predictions", body).await;
    held.hold(id, blocking.header("prefer", "wait")).await;
    for (model, input) in [
        ("text", input.clone()),
        ("fail", json!({})),
        ("image", input),
    ] {
        let request = new(&held.emulator, &format!("emulator/{model}"), input);
        let request = request.header("cancel-after", "5m");
        let made = held.hold("models.predictions.create", request).await;
        ended(&held.emulator, &made).await;
        held.get("predictions.get", &text(&made["urls"]["get"]))
            .await;
    }
    let cancel = text(&made["urls"]["cancel"]);
    held.send("predictions.cancel", "POST", &cancel, Value::Null)
        .await;
    held.emulator.advance(Duration::from_secs(3601));
    held.get("predictions.get", &text(&made["urls"]["get"]))
        .await;
    held.get("predictions.list", "/predictions").await;
}

async fn trainings(held: &mut Held, version: &str) {
    let path = format!("/models/emulator/text/versions/{version}/trainings");
    let new = json!({"destination": "local/m", "input": {"train_data": "https://a.b/c"}});
    let id = "trainings.create";
    let made = held.send(id, "POST", &path, new.clone()).await;
    let url = text(&made["urls"]["get"]);
    held.get("trainings.get", &url).await;
    until_processing(&held.emulator, &made).await;
    held.emulator.advance(Duration::from_secs(1));
    let done = ended(&held.emulator, &made).await;
    held.get("trainings.get", &url).await;
    held.get("trainings.list", "/trainings").await;
    let other = held.send(id, "POST", &path, new).await;
    let cancel = text(&other["urls"]["cancel"]);
    held.send("trainings.cancel", "POST", &cancel, Value::Null)
        .await;
    let made = text(&done["output"]["version"]);
    let (_, id) = made.split_once(':').expect("a version");
    let path = format!("/models/local/m/versions/{id}");
    held.send("models.versions.delete", "DELETE", &path, Value::Null)
        .await;
}

async fn deployments(held: &mut Held, version: &str) {
    let (all, path) = ("/deployments", "/deployments/local/d");
    let new = json!({
        "name": "d", "model": "emulator/text", "version": version, "hardware": "cpu",
        "min_instances": 0, "max_instances": 1,
    });
    held.send("deployments.create", "POST", all, new).await;
    held.get("deployments.get", path).await;
    let change = json!({"max_instances": 2});
    held.send("deployments.update", "PATCH", path, change).await;
    held.get("deployments.list", all).await;
    let run = json!({"input": {"prompt": "a"}});
    let (id, predictions) = (
        "deployments.predictions.create",
        format!("{path}/predictions"),
    );
    held.send(id, "POST", &predictions, run).await;
    held.send("deployments.delete", "DELETE", path, Value::Null)
        .await;
}

async fn files(held: &mut Held) {
    let part = Part::text("content").file_name("a.txt");
    let upload = call(&held.emulator, "POST", "/files");
    let upload = upload.multipart(Form::new().part("content", part));
    let file = held.hold("files.create", upload).await;
    let url = text(&file["urls"]["get"]);
    held.get("files.get", &url).await;
    held.get("files.list", "/files").await;
    let id = text(&file["id"]);
    let minute = Duration::from_secs(60);
    let download = held.emulator.download_url(&id, minute).expect("a file");
    held.get("files.download", &download).await;
    held.send("files.delete", "DELETE", &url, Value::Null).await;
}
