use super::*;
use serde_json::json;

fn document(item: Value) -> Value {
    json!({
        "paths": { "/a/{id}": item },
        "components": {
            "parameters": { "p": { "name": "Prefer", "in": "header" } },
            "responses": { "ok": { "description": "", "headers": { "x": {} } } },
            "schemas": { "s": {} },
        },
    })
}

#[test]
fn references_to_parameters_and_responses_are_replaced_by_their_targets() {
    let mut document = document(json!({
        "parameters": [{ "name": "id", "in": "path" }, { "name": "Prefer", "in": "header", "x": 1 }],
        "get": {
            "parameters": [{ "$ref": "#/components/parameters/p" }],
            "responses": { "200": { "$ref": "#/components/responses/ok" } },
        },
    }));
    inline(&mut document, &mut Notes::default()).unwrap();
    assert_eq!(
        document["paths"]["/a/{id}"]["get"],
        json!({
            "parameters": [{ "name": "Prefer", "in": "header" }, { "name": "id", "in": "path" }],
            "responses": { "200": { "description": "" } },
        })
    );
}

fn notes_on(item: Value) -> (Value, Vec<String>) {
    let mut document = document(item);
    let mut notes = Notes::default();
    inline(&mut document, &mut notes).unwrap();
    let item = document["paths"]["/a/{id}"].take();
    (item, notes.lines().map(String::from).collect())
}

#[test]
fn a_reference_to_nothing_or_out_of_the_document_is_named_and_the_operation_stays() {
    for (reference, what) in [
        ("#/components/parameters/gone", "points at nothing"),
        ("other.json#/p", "leaves the document"),
    ] {
        let (item, notes) = notes_on(json!({ "get": { "parameters": [{ "$ref": reference }] } }));
        assert_eq!(item, json!({ "get": { "parameters": [] } }));
        assert_eq!(notes.len(), 1);
        let start =
            format!("#/paths/~1a~1{{id}}/get/parameters/0: the reference {reference} {what}");
        assert!(notes[0].starts_with(&start), "{notes:?}");
    }
    let schema = json!({ "$ref": "#/components/schemas/gone" });
    let content = json!({ "application/json": { "schema": schema } });
    let (item, notes) =
        notes_on(json!({ "get": { "responses": { "200": { "content": content } } } }));
    assert_eq!(
        item["get"]["responses"]["200"]["content"]["application/json"]["schema"],
        json!({})
    );
    assert!(notes[0].contains("any JSON value"), "{notes:?}");
}

#[test]
fn a_reference_may_be_escaped_and_have_words_beside_it() {
    let mut document = json!({ "paths": {}, "components": { "schemas": {
        "a/b": { "type": "string" },
        "c": { "$ref": "#/components/schemas/a~1b", "description": "d", "maxLength": 3 } } } });
    inline(&mut document, &mut Notes::default()).unwrap();
    let schema = &document["components"]["schemas"]["c"];
    assert_eq!(schemas::component_of(schema), Some("a/b"));
    assert_eq!(schema["description"], "d");
}

#[test]
fn a_parameter_is_named_where_it_stands() {
    let mut document = document(json!({
        "parameters": [{ "name": "id", "in": "path" }],
        "get": { "parameters": [{ "$ref": "#/components/parameters/p" }] } }));
    let mut notes = Notes::default();
    inline(&mut document, &mut notes).unwrap();
    let place = "#/paths/~1a~1{id}/get/parameters";
    assert_eq!(
        notes.original(&format!("{place}/0/schema")),
        "#/components/parameters/p/schema"
    );
    assert_eq!(
        notes.original(&format!("{place}/1")),
        "#/paths/~1a~1{id}/parameters/0"
    );
}

#[test]
fn key_of_a_path_is_a_method_where_it_holds_an_operation() {
    let (item, notes) = notes_on(json!({
        "get": {}, "copy": { "operationId": "a" }, "foo": {}, "x y": { "responses": {} } }));
    assert_eq!(
        item.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["copy", "get"]
    );
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn reference_to_a_nested_place_gives_a_component_named_by_its_owner() {
    let object = json!({ "type": "object", "properties": { "get": {} } });
    let mut document = json!({ "paths": {}, "components": { "schemas": {
        "schemas_job_response": { "properties": {
            "id": { "type": "string" },
            "urls": object, "events": { "type": "array", "items": object } } },
        "a": { "$ref": "#/components/schemas/schemas_job_response/properties/urls" },
        "b": { "$ref": "#/components/schemas/schemas_job_response/properties/events/items" },
        "c": { "$ref": "#/components/schemas/schemas_job_response/properties/id" } } } });
    inline(&mut document, &mut Notes::default()).unwrap();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas::component_of(&schemas["a"]), Some("JobUrls"));
    assert_eq!(schemas::component_of(&schemas["b"]), Some("JobEventsItem"));
    assert_eq!(schemas["c"], json!({ "type": "string" }));
    assert_eq!(schemas["JobUrls"], object);
}

#[test]
fn reference_to_the_body_of_a_response_gives_its_schema() {
    let schema = json!({ "type": "object", "properties": { "a": {} } });
    let mut document = document(json!({ "get": { "responses": {
        "200": { "content": { "application/json": { "schema": schema } } },
        "202": { "content": { "application/json": { "schema":
            { "$ref": "#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema" } } } },
    } } }));
    inline(&mut document, &mut Notes::default()).unwrap();
    let responses = &document["paths"]["/a/{id}"]["get"]["responses"];
    let name = schemas::component_of(&responses["202"]["content"]["application/json"]["schema"]);
    assert_eq!(document["components"]["schemas"][name.unwrap()], schema);
}

#[test]
fn an_operation_with_an_address_of_its_own_is_named() {
    let (_, notes) = notes_on(json!({ "get": { "servers": [{ "url": "https://other" }] } }));
    assert!(
        notes[0].starts_with("#/paths/~1a~1{id}/get/servers: a server of its own"),
        "{notes:?}"
    );
}
