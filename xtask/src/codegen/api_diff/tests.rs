//! The summary of each kind of change that an API makes.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::codegen::previous::Previous;
use crate::codegen::{Generated, SPECIFICATION, generate};

type Edit = fn(&mut Value);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checkout")
}

fn description() -> Value {
    let text = std::fs::read(root().join(SPECIFICATION)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn generated(description: &Value, previous: &Previous) -> Generated {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("description.json");
    std::fs::write(&path, description.to_string()).unwrap();
    generate(&root(), &path.to_string_lossy(), true, previous).unwrap()
}

/// Compares the summary of each change, under its name, with the snapshot of this name.
fn check_summaries(snapshot: &str, changes: &[(&str, Edit)]) {
    let text = summaries(changes);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(snapshot, text);
    });
}

fn summaries(changes: &[(&str, Edit)]) -> String {
    let old = generated(&description(), &Previous::default());
    let previous = Previous::parse(&old.code);
    let mut text = String::new();
    for (name, edit) in changes {
        let mut changed = description();
        edit(&mut changed);
        let lines = generated(&changed, &previous).api.changes_since(&old.api);
        text += &format!("# {name}\n{}\n\n", lines.join("\n"));
    }
    text
}

/// The fields of a component.
fn fields<'a>(document: &'a mut Value, component: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][component]["properties"]
}

fn remove(value: &mut Value, key: &str) -> Value {
    value.as_object_mut().unwrap().shift_remove(key).unwrap()
}

/// Renames a key of an object; its place in the order does not matter.
fn rename(value: &mut Value, from: &str, to: &str) {
    value[to] = remove(value, from);
}

fn replace_text(document: &mut Value, from: &str, to: &str) {
    *document = serde_json::from_str(&document.to_string().replace(from, to)).unwrap();
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().unwrap().values_mut();
    paths.flat_map(|item| item.as_object_mut().unwrap().values_mut())
}

#[test]
fn an_unchanged_interface_has_no_summary() {
    let api = generated(&description(), &Previous::default()).api;
    assert!(api.changes_since(&api).is_empty());
}

#[test]
fn changes_of_the_document_itself_have_lines() {
    check_summaries(
        "document",
        &[
            ("a moved server", |d| {
                d["servers"][0]["url"] = json!("https://kitchen.example/v2")
            }),
            ("a second server", |d| {
                d["servers"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({ "url": "https://eu.kitchen.example/v1" }));
            }),
            ("a server of one operation", |d| {
                d["paths"]["/photos"]["post"]["servers"] =
                    json!([{ "url": "https://photos.example" }]);
            }),
            ("another security scheme is required", |d| {
                d["components"]["securitySchemes"]["key"] =
                    json!({ "type": "apiKey", "in": "header", "name": "X-Key" });
                d["security"] = json!([{ "key": [] }]);
            }),
            ("one operation needs no token", |d| {
                d["paths"]["/dishes"]["get"]["security"] = json!([{}, { "token": [] }]);
            }),
            ("an altered security scheme", |d| {
                d["components"]["securitySchemes"]["token"]["scheme"] = json!("basic");
            }),
            ("webhooks", |d| {
                d["webhooks"]["orderLate"] = d["webhooks"]["orderReady"].clone();
                d["webhooks"]["orderReady"]["post"]["parameters"] =
                    json!([{ "name": "id", "in": "header" }]);
            }),
            (
                "a field of a type that operations and a webhook send",
                |d| {
                    fields(d, "schemas_order_response")["price"]["type"] = json!("string");
                },
            ),
            ("a field of a type that only a webhook sends", |d| {
                let content = json!({ "properties": { "a": { "type": "string" } } });
                let body = json!({ "content": { "application/json": { "schema": content } } });
                d["webhooks"]["orderReady"]["post"]["requestBody"] = body;
            }),
            ("a callback", |d| {
                d["paths"]["/orders"]["post"]["callbacks"] = json!({ "onReady": { "{$request.body#/url}": { "post": { "responses": {} } } } });
            }),
        ],
    );
}

#[test]
fn changes_of_operations_have_lines() {
    check_summaries(
        "operations",
        &[
            ("an added operation", |d| {
                d["paths"]["/orders/{order_id}/pause"] =
                    d["paths"]["/orders/{order_id}/cancel"].clone();
                d["paths"]["/orders/{order_id}/pause"]["post"]["operationId"] =
                    json!("orders.pause");
            }),
            ("a removed operation and its type", |d| {
                remove(&mut d["paths"], "/tables");
            }),
            ("another id", |d| {
                replace_text(d, "orders.get", "orders.read")
            }),
            ("another path", |d| {
                rename(&mut d["paths"], "/account", "/me")
            }),
            ("another id, path and type", |d| {
                rename(&mut d["paths"], "/tables", "/seats");
                replace_text(d, "tables.list", "seats.list");
            }),
            ("a deprecated operation, parameter, and fields", |d| {
                d["paths"]["/dishes"]["query"]["deprecated"] = json!(true);
                d["paths"]["/dishes"]["get"]["parameters"][0]["deprecated"] = json!(true);
                fields(d, "schemas_order_request")["note"]["deprecated"] = json!(true);
                fields(d, "schemas_dish_response")["chef"]["properties"]["stars"]["deprecated"] =
                    json!(true);
                d["paths"]["/account"]["get"]["responses"]["200"]["content"]["application/json"]
                    ["schema"]["properties"]["kind"]["deprecated"] = json!(true);
            }),
            ("a required and an optional parameter", |d| {
                d["paths"]["/dishes"]["get"]["parameters"].as_array_mut().unwrap().extend([
                json!({ "name": "menu", "in": "query", "required": true, "schema": { "type": "string" } }),
                json!({ "name": "owner", "in": "query", "schema": { "type": "string" } }),
            ]);
            }),
            ("a parameter that becomes required", |d| {
                d["paths"]["/dishes"]["get"]["parameters"][0]["required"] = json!(true);
            }),
            ("a renamed parameter", |d| {
                d["components"]["parameters"]["prefer"]["name"] = json!("X-Prefer");
            }),
            ("an added body", |d| {
                d["paths"]["/orders/{order_id}/cancel"]["post"]["requestBody"] = json!({ "required": true,
                "content": { "application/json": { "schema": { "type": "object", "required": ["reason"],
                    "properties": { "reason": { "type": "string" } } } } } });
            }),
            ("an added optional body", |d| {
                d["paths"]["/orders/{order_id}/cancel"]["post"]["requestBody"] = json!({ "content": {
                "application/json": { "schema": { "type": "object", "properties": {
                    "reason": { "type": "string" } } } } } });
            }),
            ("a common error response", |d| {
                for operation in operations(d) {
                    operation["responses"]["429"] = json!({ "description": "Too many requests." });
                }
            }),
            ("an error response of some", |d| {
                for operation in operations(d).take(4) {
                    operation["responses"]["410"] = json!({ "description": "Gone." });
                }
            }),
            ("a common parameter", |d| {
                for operation in operations(d) {
                    let parameter = json!({ "name": "Api-Version", "in": "header", "schema": { "type": "string" } });
                    match operation
                        .get_mut("parameters")
                        .and_then(Value::as_array_mut)
                    {
                        Some(list) => list.push(parameter),
                        None => operation["parameters"] = json!([parameter]),
                    }
                }
            }),
            ("another response", |d| {
                d["paths"]["/orders/{order_id}"]["get"]["responses"] = json!({
                "200": { "description": "", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/schemas_photo_response" } } } } });
            }),
            ("a cancel that is no longer repeatable", |d| {
                // The correction matches the old path only.
                rename(
                    &mut d["paths"],
                    "/orders/{order_id}/cancel",
                    "/orders/{id}/cancel",
                );
                d["paths"]["/orders/{id}/cancel"]["post"]["parameters"][0]["name"] = json!("id");
            }),
        ],
    );
}

#[test]
fn changes_of_types_have_lines() {
    check_summaries(
        "types",
        &[
            ("a required field of a request", |d| {
                fields(d, "schemas_order_request")["table"] = json!({ "type": "string" });
                d["components"]["schemas"]["schemas_order_request"]["required"] =
                    json!(["dish", "table"]);
            }),
            ("an optional field of a request", |d| {
                fields(d, "schemas_order_request")["table"] = json!({ "type": "string" });
            }),
            (
                "a field of a request that becomes required, and one that becomes optional",
                |d| {
                    d["components"]["schemas"]["schemas_order_request"]["required"] =
                        json!(["note"]);
                },
            ),
            ("added, altered and removed fields of a response", |d| {
                let dish = fields(d, "schemas_dish_response");
                dish["allergens"] = json!({ "type": "array", "items": { "type": "string" } });
                dish["price"]["type"] = json!("integer");
                remove(dish, "photo");
            }),
            ("a renamed field", |d| {
                rename(fields(d, "schemas_dish_response"), "price", "cost")
            }),
            ("a field that many types gain", |d| {
                for component in ["order", "dish", "photo", "paginated_dish"] {
                    fields(d, &format!("schemas_{component}_response"))["object"] =
                        json!({ "type": "string" });
                }
            }),
            ("a grown enum", |d| {
                let status = &mut fields(d, "schemas_order_response")["status"]["enum"];
                status.as_array_mut().unwrap().push("burnt".into());
            }),
            ("a shrunk enum", |d| {
                fields(d, "schemas_order_response")["status"]["enum"] = json!(["queued", "ready"]);
            }),
            ("a renamed component", |d| {
                replace_text(d, "schemas_photo_response", "picture")
            }),
            (
                "a renamed component with types in it and one more field",
                |d| {
                    fields(d, "schemas_order_response")["eta"] = json!({ "type": "string" });
                    replace_text(d, "schemas_order_response", "order_v2");
                },
            ),
            ("a type that nothing uses", |d| {
                d["components"]["schemas"]["schemas_stray_response"] =
                    json!({ "type": "object", "properties": { "a": { "type": "string" } } });
            }),
            ("a type that becomes unused", |d| {
                remove(fields(d, "schemas_dish_response"), "photo");
                remove(&mut d["paths"], "/photos");
            }),
            ("an inline schema that becomes a component", |d| {
                let schema = &mut d["paths"]["/account"]["get"]["responses"]["200"]["content"]["application/json"]
                    ["schema"];
                let account = std::mem::replace(
                    schema,
                    json!({ "$ref": "#/components/schemas/schemas_account_response", "description": "Words." }),
                );
                d["components"]["schemas"]["schemas_account_response"] = account;
            }),
            ("words alone", |d| {
                fields(d, "schemas_dish_response")["price"]["description"] =
                    json!("Price in dollars.");
            }),
            ("words and a field", |d| {
                fields(d, "schemas_dish_response")["price"]["description"] =
                    json!("Price in dollars.");
                fields(d, "schemas_dish_response")["size"] = json!({ "type": "string" });
            }),
        ],
    );
}

/// Six changes at once, as a month brings them.
#[test]
fn a_month_of_changes_reads_as_a_list() {
    check_summaries(
        "next_month",
        &[("next month", |d| {
            let batch = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string" }, "state": { "type": "string", "enum": ["open", "done"] },
            "orders": { "type": "array", "items": { "$ref": "#/components/schemas/schemas_order_response" } } } });
            d["components"]["schemas"]["schemas_batch_response"] = batch;
            d["components"]["schemas"]["schemas_paginated_batch_response"] = json!({ "type": "object", "properties": {
            "next": { "type": "string" },
            "results": { "type": "array", "items": { "$ref": "#/components/schemas/schemas_batch_response" } } } });
            let response = |schema: &str| {
                json!({ "200": { "description": "", "content": {
            "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } } } })
            };
            d["paths"]["/batches"] = json!({
            "get": { "operationId": "batches.list", "responses": response("schemas_paginated_batch_response") },
            "post": { "operationId": "batches.create", "responses": response("schemas_batch_response"),
                "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "type": "object", "required": ["dishes"], "properties": {
                        "dishes": { "type": "array", "items": { "type": "string" } } } } } } } } });
            d["paths"]["/batches/{batch_id}/cancel"] = json!({ "post": {
            "operationId": "batches.cancel", "responses": response("schemas_batch_response"),
            "parameters": [{ "name": "batch_id", "in": "path", "required": true, "schema": { "type": "string" } }] } });
            rename(fields(d, "schemas_order_response"), "price", "cost");
            d["paths"]["/tables"]["get"]["deprecated"] = json!(true);
            let status = &mut fields(d, "schemas_order_response")["status"]["enum"];
            status.as_array_mut().unwrap().push("burnt".into());
            for operation in operations(d) {
                operation["responses"]["429"] = json!({ "description": "Too many requests." });
            }
            d["servers"][0]["url"] = json!("https://api.kitchen.example/v1");
        })],
    );
}
