use super::*;

fn inferred(id: &str, method: &str, responses: Value) -> (Value, Vec<String>) {
    let mut document = json!({
        "components": { "schemas": { "Prediction": {}, "ModelPage": {} } },
        "paths": { "/a": { method: { "operationId": id, "responses": responses } } },
    });
    let mut notes = Notes::default();
    infer(&mut document, &mut notes).unwrap();
    successes_only(&mut document).unwrap();
    let responses = document["paths"]["/a"][method]["responses"].clone();
    (responses, notes.lines().map(String::from).collect())
}

fn typed(schema: Value) -> Value {
    json!({ "description": "", "content": { JSON: { "schema": schema } } })
}

#[test]
fn a_success_without_content_gets_the_type_that_the_name_tells() {
    let (responses, notes) = inferred(
        "predictions.create",
        "post",
        json!({ "201": {}, "202": {}, "404": {} }),
    );
    let prediction = typed(json!({ "$ref": "#/components/schemas/Prediction" }));
    assert_eq!(responses, json!({ "201": prediction, "202": prediction }));
    assert_eq!(notes.len(), 2);
}

#[test]
fn a_success_without_content_and_without_a_known_type_is_any_json() {
    let (responses, notes) = inferred("trainings.get", "get", json!({ "200": {} }));
    assert_eq!(responses, json!({ "200": typed(json!({})) }));
    assert_eq!(
        notes,
        ["#/paths/~1a/get/responses/200: no content described: any JSON value"]
    );
}

#[test]
fn a_delete_without_content_stays_empty() {
    let (responses, _) = inferred("models.delete", "delete", json!({ "202": {} }));
    assert_eq!(responses, json!({ "202": { "description": "" } }));
}

#[test]
fn two_successes_of_one_shape_are_one_and_of_two_shapes_any_json() {
    let a = json!({ "content": { JSON: { "schema": { "type": "string" } } } });
    let b = json!({ "content": { "application/hal+json": { "schema": { "type": "object" } } } });
    let (responses, notes) = inferred("x", "get", json!({ "200": a, "201": a }));
    assert_eq!(responses["201"], typed(json!({ "type": "string" })));
    assert!(notes.is_empty());
    let (responses, notes) = inferred("x", "get", json!({ "200": a, "201": b }));
    assert_eq!(responses["200"], typed(json!({})));
    assert_eq!(notes.len(), 1);
}

#[test]
fn a_bodiless_success_beside_a_typed_one_is_named() {
    let a = json!({ "content": { JSON: { "schema": { "type": "string" } } } });
    let (responses, notes) = inferred("x", "get", json!({ "200": a, "204": {} }));
    assert!(responses.get("204").is_none());
    assert_eq!(
        notes,
        [
            "#/paths/~1a/get/responses/204: no JSON, beside a success that is: reported as unexpected"
        ]
    );
}

#[test]
fn what_cannot_have_a_body_has_no_type() {
    let text = json!({ "content": { JSON: { "schema": { "type": "string" } } } });
    let (responses, _) = inferred("x", "head", json!({ "200": text }));
    assert_eq!(responses["200"], json!({ "description": "" }));
    let (responses, _) = inferred("x", "delete", json!({ "204": text }));
    assert_eq!(responses["204"], json!({ "description": "" }));
}

#[test]
fn a_status_is_three_digits_and_another_one_is_named() {
    for (code, known) in [
        ("200", Some("200")),
        ("2xx", Some("2XX")),
        ("default", Some("default")),
        ("20", None),
        ("2000", None),
        ("ok", None),
        ("XX", None),
    ] {
        assert_eq!(known_code(code).as_deref(), known);
    }
    let (_, notes) = inferred("x", "delete", json!({ "20": {}, "204": {} }));
    assert_eq!(
        notes,
        ["#/paths/~1a/delete/responses/20: no status: left out"]
    );
}

#[test]
fn json_is_chosen_among_several_and_the_choice_is_named() {
    let content = json!({ "text/event-stream": {}, "Application/JSON": {} });
    let (responses, notes) = inferred("x", "get", json!({ "200": { "content": content } }));
    assert_eq!(responses["200"], typed(json!({})));
    assert!(
        notes[0].contains("200/content: several media types"),
        "{notes:?}"
    );
}

#[test]
fn default_is_the_success_where_there_is_no_other() {
    let a = json!({ "content": { "application/pdf": {} } });
    let (responses, _) = inferred("x", "get", json!({ "default": a, "404": {} }));
    assert_eq!(
        responses.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["2XX"]
    );
}
