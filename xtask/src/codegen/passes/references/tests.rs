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
fn methods_beside_those_that_openapi_names_join_them() {
    let (item, notes) = notes_on(json!({ "get": {}, "additionalOperations": {
        "COPY": { "operationId": "a" }, "get": {} }, "foo": {}, "x y": { "responses": {} } }));
    assert_eq!(
        item.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["get", "COPY"]
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn a_schema_reference_to_another_place_becomes_a_component() {
    let mut document = document(json!({ "get": { "responses": {
        "200": { "content": { "application/json": { "schema": { "type": "object" } } } },
        "202": { "content": { "application/json": { "schema":
            { "$ref": "#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema" } } } },
    } } }));
    inline(&mut document, &mut Notes::default()).unwrap();
    let schema = &document["paths"]["/a/{id}"]["get"]["responses"]["202"]["content"]["application/json"]
        ["schema"];
    let name = schemas::component_of(schema).unwrap();
    assert_eq!(
        document["components"]["schemas"][name],
        json!({ "type": "object" })
    );
}

#[test]
fn an_operation_with_an_address_of_its_own_is_named() {
    let (_, notes) = notes_on(json!({ "get": { "servers": [{ "url": "https://other" }] } }));
    assert!(
        notes[0].starts_with("#/paths/~1a~1{id}/get/servers: an address of its own"),
        "{notes:?}"
    );
}
