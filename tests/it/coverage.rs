//! What an operation of the API needs in this repository beyond its generated code. A new
//! operation fails this test alone; CONTRIBUTING.md, "When the API changes", has the list to work through.

use std::future::Future;
use std::path::Path;

use replicate_api::{Client, Error, Operation};
use replicate_emulator::Emulator;
use serde_json::Value;

use crate::operations::{self, Caller};

const DESCRIPTION: &str = "openapi/replicate.json";
const OVERLAY: &str = "openapi/overlay.yaml";
const FACADE: &str = "replicate/src";
const EMULATOR_TESTS: &str = "replicate-emulator/tests/it";
const REQUESTS: &str = "tests/it/operations.rs";

/// Operations without a method of the facade, and why.
const NOT_IN_THE_FACADE: &[(&str, &str)] = &[(
    "files.download",
    "downloads take the signed URL as it is: Client::download",
)];

fn read(file: impl AsRef<Path>) -> String {
    std::fs::read_to_string(crate::root().join(file)).unwrap()
}

/// The path with this in the place of each parameter.
fn path_with(operation: &Operation, value: &str) -> String {
    let parts = operation.path.split('/');
    let parts = parts.map(|part| if part.starts_with('{') { value } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// The names of an operation's query parameters, but for that of the page.
fn query_of<'a>(description: &'a Value, operation: &Operation) -> Vec<&'a str> {
    let method = operation.method.to_lowercase();
    let parameters = &description["paths"][operation.path][method]["parameters"];
    let query = parameters.as_array().into_iter().flatten();
    let query = query.filter(|parameter| parameter["in"] == "query");
    let names = query.filter_map(|parameter| parameter["name"].as_str());
    names.filter(|name| *name != "cursor").collect()
}

/// The operations that have a request case.
struct Cases(Vec<&'static str>);

impl Caller for Cases {
    async fn call<F: Future<Output = Result<(), Error>>>(
        &mut self,
        operation: &'static str,
        _: impl FnOnce(Client) -> F,
    ) {
        self.0.push(operation);
    }
}

/// Whether the emulator takes a request of this operation for what it is.
async fn is_emulated(emulator: &Emulator, operation: &Operation) -> bool {
    let method = operation.method.parse().unwrap();
    let url = format!("{}/v1{}", emulator.url(), path_with(operation, "x"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.request(method, url).bearer_auth("r8_test");
    request.send().await.unwrap();
    let requests = emulator.requests();
    requests.last().and_then(|request| request.operation) == Some(operation.id)
}

#[tokio::test]
async fn every_operation_has_prose_a_method_of_the_facade_an_emulator_route_and_a_request_case() {
    let description: Value = serde_json::from_str(&read(DESCRIPTION)).unwrap();
    let overlay = read(OVERLAY);
    let facade: String = crate::rust_files(FACADE).iter().map(read).collect();
    let mut tests = crate::rust_files(EMULATOR_TESTS);
    tests.retain(|path| path.ends_with("specification.rs"));
    let emulator_tests: String = tests.iter().map(read).collect();
    let mut cases = Cases(Vec::new());
    operations::call_all(&mut cases).await;
    let emulator = Emulator::start().await.unwrap();

    let mut missing = Vec::new();
    without_prose(&description, "#", "", &mut missing);
    for place in &mut missing {
        *place = format!("{DESCRIPTION}: no prose at {place}");
    }
    for operation in replicate_api::operations::ALL {
        let Operation {
            id, method, path, ..
        } = operation;
        let name = id.replace('.', "_");
        let mut miss = |file: &str, what: String| missing.push(format!("{file}: {what}"));
        let target = format!("$.paths['{path}'].post");
        if id.ends_with(".cancel") && *method == "POST" && !overlay.contains(&target) {
            let what = "may be retried: add `x-idempotent: true`, or `false`, for";
            miss(OVERLAY, format!("{id} {what} {target}"));
        }
        let by_path = format!("\"{}\"", path_with(operation, "{}"));
        let constant = format!("operations::{}", name.to_uppercase());
        let in_facade = facade.contains(&format!(".{name}()"))
            || facade.contains(&constant)
            || facade.contains(&by_path);
        if !in_facade && !NOT_IN_THE_FACADE.iter().any(|(known, _)| known == id) {
            miss(FACADE, format!("nothing calls {name}"));
        }
        // The facade's lists write the names of their parameters as text.
        for parameter in query_of(&description, operation) {
            if facade.contains(&constant) && !facade.contains(&format!("query(\"{parameter}\"")) {
                miss(FACADE, format!("the list of {id} has no {parameter}"));
            }
        }
        if !is_emulated(&emulator, operation).await {
            let what = format!("no route for {id} ({method} {path})");
            miss("replicate-emulator/src/routes.rs", what);
        }
        if !emulator_tests.contains(&format!("\"{id}\"")) {
            miss(EMULATOR_TESTS, format!("no response of {id} is checked"));
        }
        if !cases.0.contains(&name.as_str()) {
            miss(REQUESTS, format!("no call of {name}"));
        }
    }
    assert!(
        missing.is_empty(),
        "see CONTRIBUTING.md, \"When the API changes\":\n{}",
        missing.join("\n")
    );
}

/// Notes the places that lack a description, and operations that lack a summary. `holder` is the
/// key of the map or list that holds the value.
fn without_prose(value: &Value, place: &str, holder: &str, missing: &mut Vec<String>) {
    const DESCRIBED: [&str; 5] = [
        "headers",
        "parameters",
        "properties",
        "responses",
        "schemas",
    ];
    const DATA: [&str; 6] = [
        "const", "default", "enum", "example", "examples", "required",
    ];
    let operation = value.get("operationId").is_some();
    let lacks = |key: &str| {
        let text = value.get(key).and_then(Value::as_str).unwrap_or_default();
        value.is_object() && value.get("$ref").is_none() && text.trim().is_empty()
    };
    if (operation || DESCRIBED.contains(&holder)) && lacks("description") {
        missing.push(format!("{place}/description"));
    }
    if operation && lacks("summary") {
        missing.push(format!("{place}/summary"));
    }
    for (key, child) in entries(value) {
        let place = format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
        if DESCRIBED.contains(&key.as_str()) {
            for (name, value) in entries(child) {
                without_prose(value, &format!("{place}/{name}"), &key, missing);
            }
        } else if !DATA.contains(&key.as_str()) {
            without_prose(child, &place, "", missing);
        }
    }
}

/// The values of a map or a list, by key or index.
fn entries(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(list) => {
            let entries = list.iter().enumerate();
            entries
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    }
}
