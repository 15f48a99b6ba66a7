//! Every operation's success, compared with the API's description in this repository.
//! tests/coverage.rs reports operations that are not here.

use std::{collections::BTreeSet, time::Duration};

use replicate_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{call, ended, header, new_model, send, start, text, version};

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

/// The description, and the fields that it does not have.
struct Held {
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
    fn new() -> Self {
        let mut document: Value = serde_json::from_str(DESCRIPTION).expect("JSON");
        spell_out_nullable(&mut document);
        Self {
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
    let emulator = start().await;
    let mut held = Held::new();
    let get = |path: &str| call(&emulator, "GET", path);
    let send = |method: &str, path: &str, body: Value| call(&emulator, method, path).json(&body);

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
        held.hold(id, get(path)).await;
    }
    let words = call(&emulator, "QUERY", "/models")
        .header("content-type", "text/plain")
        .body("text");
    held.hold("models.search", words).await;

    let text_version = version(&emulator, "emulator/text").await;
    let path = format!("/models/emulator/text/versions/{text_version}");
    held.hold("models.versions.get", get(&path)).await;

    predictions(&emulator, &mut held, &text_version).await;

    held.hold("models.create", send("POST", "/models", new_model("m")))
        .await;
    let change = json!({"description": "d", "github_url": "https://github.com/a/b"});
    held.hold("models.update", send("PATCH", "/models/local/m", change))
        .await;
    trainings(&emulator, &mut held, &text_version).await;
    held.hold(
        "models.delete",
        call(&emulator, "DELETE", "/models/local/m"),
    )
    .await;
    deployments(&emulator, &mut held, &text_version).await;
    files(&emulator, &mut held).await;
    let beyond: BTreeSet<String> = BEYOND.map(|(field, _)| field.to_owned()).into();
    assert_eq!(held.beyond, beyond, "each listed field is there");
}

async fn predictions(emulator: &Emulator, held: &mut Held, version: &str) {
    let create = |path: &str, body: Value| call(emulator, "POST", path).json(&body);
    let input = json!({"prompt": "a"});
    let body = json!({"version": version, "input": input});
    let made = held
        .hold("predictions.create", create("/predictions", body.clone()))
        .await;
    let blocking = create("/predictions", body).header("prefer", "wait");
    held.hold("predictions.create", blocking).await;
    for (model, input) in [
        ("text", input),
        ("fail", json!({})),
        ("image", json!({"prompt": "a"})),
    ] {
        let path = format!("/models/emulator/{model}/predictions");
        let request = create(&path, json!({"input": input})).header("cancel-after", "5m");
        let made = held.hold("models.predictions.create", request).await;
        ended(emulator, &made).await;
        let get = call(emulator, "GET", &text(&made["urls"]["get"]));
        held.hold("predictions.get", get).await;
    }
    let cancel = text(&made["urls"]["cancel"]);
    held.hold("predictions.cancel", call(emulator, "POST", &cancel))
        .await;
    emulator.advance(Duration::from_secs(3601));
    let get = call(emulator, "GET", &text(&made["urls"]["get"]));
    held.hold("predictions.get", get).await;
    held.hold("predictions.list", call(emulator, "GET", "/predictions"))
        .await;
}

async fn trainings(emulator: &Emulator, held: &mut Held, version: &str) {
    let path = format!("/models/emulator/text/versions/{version}/trainings");
    let new = json!({"destination": "local/m", "input": {"train_data": "https://a.b/c"}});
    let create = || call(emulator, "POST", &path).json(&new);
    let made = held.hold("trainings.create", create()).await;
    let url = text(&made["urls"]["get"]);
    held.hold("trainings.get", call(emulator, "GET", &url))
        .await;
    let done = ended(emulator, &made).await;
    held.hold("trainings.get", call(emulator, "GET", &url))
        .await;
    held.hold("trainings.list", call(emulator, "GET", "/trainings"))
        .await;
    let other = held.hold("trainings.create", create()).await;
    let cancel = text(&other["urls"]["cancel"]);
    held.hold("trainings.cancel", call(emulator, "POST", &cancel))
        .await;
    let made = text(&done["output"]["version"]);
    let (_, id) = made.split_once(':').expect("a version");
    let path = format!("/models/local/m/versions/{id}");
    held.hold("models.versions.delete", call(emulator, "DELETE", &path))
        .await;
}

async fn deployments(emulator: &Emulator, held: &mut Held, version: &str) {
    let new = json!({
        "name": "d", "model": "emulator/text", "version": version, "hardware": "cpu",
        "min_instances": 0, "max_instances": 1,
    });
    let create = call(emulator, "POST", "/deployments").json(&new);
    held.hold("deployments.create", create).await;
    let path = format!("/deployments/{}/d", emulator.account());
    held.hold("deployments.get", call(emulator, "GET", &path))
        .await;
    let change = call(emulator, "PATCH", &path).json(&json!({"max_instances": 2}));
    held.hold("deployments.update", change).await;
    held.hold("deployments.list", call(emulator, "GET", "/deployments"))
        .await;
    let run = call(emulator, "POST", &format!("{path}/predictions"))
        .json(&json!({"input": {"prompt": "a"}}));
    held.hold("deployments.predictions.create", run).await;
    held.hold("deployments.delete", call(emulator, "DELETE", &path))
        .await;
}

async fn files(emulator: &Emulator, held: &mut Held) {
    let part = Part::bytes(b"content".to_vec()).file_name("a.txt");
    let upload = call(emulator, "POST", "/files").multipart(Form::new().part("content", part));
    let file = held.hold("files.create", upload).await;
    let url = text(&file["urls"]["get"]);
    held.hold("files.get", call(emulator, "GET", &url)).await;
    held.hold("files.list", call(emulator, "GET", "/files"))
        .await;
    let valid = Duration::from_secs(60);
    let download = emulator
        .download_url(&text(&file["id"]), valid)
        .expect("a file");
    held.hold("files.download", call(emulator, "GET", &download))
        .await;
    held.hold("files.delete", call(emulator, "DELETE", &url))
        .await;
    held.hold("files.delete", call(emulator, "DELETE", &url))
        .await;
}
