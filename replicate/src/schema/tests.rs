use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

/// A version's document.
pub(super) fn document(input: Value, output: Value) -> Value {
    let sampler = json!({
        "type": "string", "enum": ["euler", "ddim"],
        "title": "sampler", "description": "An enumeration.",
    });
    let schemas = json!({ "Input": input, "Output": output, "sampler": sampler });
    json!({ "openapi": "3.0.2", "components": { "schemas": schemas } })
}

pub(super) fn schema(properties: Value) -> ModelSchema {
    of_input(json!({ "type": "object", "properties": properties }))
}

pub(super) fn of_input(input: Value) -> ModelSchema {
    read(document(input, json!({}))).unwrap()
}

/// The schema of one input.
pub(super) fn value(property: Value) -> ValueSchema {
    schema(json!({ "it": property }))
        .input("it")
        .unwrap()
        .schema()
        .clone()
}

fn read(document: Value) -> Result<ModelSchema, SchemaError> {
    Ok(ModelSchema::new(document)?.expect("an input"))
}

fn output(output: Value) -> OutputSchema {
    let schema = read(document(json!({}), output)).unwrap();
    schema.output().clone()
}

#[test]
fn inputs_are_in_the_order_of_their_author() {
    let text = |order: Value| json!({ "type": "string", "x-order": order });
    let schema = schema(json!({
        "a": text(json!(2)), "b": text(json!(0)), "d": text(Value::Null), "c": text(json!(1.5)),
        "aa": { "type": "string" },
    }));
    assert_eq!(
        schema.keys().collect::<Vec<_>>(),
        ["b", "c", "a", "aa", "d"]
    );
}

#[test]
fn choices_are_read_through_references_and_keep_their_own_description() {
    let style = value(json!({
        "allOf": [{ "$ref": "#/components/schemas/sampler" }], "default": "ddim",
    }));
    assert_eq!(style.kind(), ValueKind::Text);
    assert_eq!(style.choices(), [json!("euler"), json!("ddim")]);
    assert_eq!(style.default_value(), Some(&json!("ddim")));
    assert_eq!(style.description(), None);
    assert_eq!(style.to_string(), "one of euler, ddim");
}

#[test]
fn optional_values_are_nullable_in_each_form() {
    for property in [
        json!({ "type": "integer", "nullable": true, "minimum": 3 }),
        json!({ "anyOf": [{ "type": "integer", "minimum": 3 }, { "type": "null" }] }),
        json!({ "oneOf": [{ "type": "null" }, { "type": "integer" }], "minimum": 3 }),
        json!({ "type": ["integer", "null"], "minimum": 3 }),
        json!({ "allOf": [{ "type": "integer", "nullable": true }], "minimum": 3 }),
    ] {
        let value = value(property.clone());
        assert!(value.is_nullable(), "{property}");
        assert_eq!(value.kind(), ValueKind::Integer, "{property}");
        assert_eq!(value.range().unwrap(), "at least 3", "{property}");
    }
}

#[test]
fn types_and_limits_are_written_in_a_few_words() {
    for row in [
        r#"{ "type": "integer", "minimum": 1.0, "maximum": 4.0 } => integer, 1 to 4"#,
        r#"{ "type": "number", "maximum": 0.5 } => number, at most 0.5"#,
        r#"{ "type": "number", "minimum": 0, "exclusiveMinimum": true } => number, more than 0"#,
        r#"{ "type": "number", "exclusiveMinimum": 0, "maximum": 1 } => number, at most 1 and more than 0"#,
        r#"{ "type": "string", "maxLength": 10 } => text, at most 10 characters"#,
        r#"{ "type": "string", "minLength": 1 } => text, at least 1 character"#,
        r#"{ "type": "string", "format": "password" } => secret"#,
        r#"{ "type": "array", "items": { "format": "uri" }, "minItems": 2, "maxItems": 2 } => list of files, exactly 2 items"#,
        r#"{ "type": "string", "format": "uri", "x-cog-accept": "image/*,.zip" } => file (image/*, .zip)"#,
        r#"{ "anyOf": [{ "type": "string" }, { "type": "number" }, { "type": "string" }] } => text or number"#,
        r#"{ "type": ["boolean", "integer"] } => true or false or integer"#,
        r#"{} => any JSON"#,
        r#"{ "type": "array", "items": { "type": "array" } } => list of lists"#,
    ] {
        let (property, says) = row.split_once(" => ").unwrap();
        let property = serde_json::from_str(property).unwrap();
        assert_eq!(value(property).to_string(), says);
    }
}

#[test]
fn an_empty_list_of_alternatives_says_nothing() {
    // Cog 0.16 writes it of the items of an optional list.
    let list = value(
        json!({ "type": "array", "items": { "anyOf": [], "type": "string", "format": "uri" } }),
    );
    assert_eq!(list.items().unwrap().kind(), ValueKind::File);
}

#[test]
fn output_forms_are_distinguished() {
    let file = json!({ "type": "string", "format": "uri" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let with = |schema: &Value, keyword: &str, value: Value| {
        let mut schema = schema.clone();
        schema[keyword] = value;
        schema
    };
    let kind = |schema: &Value| output(schema.clone()).kind();
    assert_eq!(kind(&json!({ "type": "string" })), OutputKind::Text);
    assert_eq!(kind(&texts), OutputKind::Json);
    let streamed = with(&texts, "x-cog-array-display", json!("concatenate"));
    let streamed = with(&streamed, "x-cog-array-type", json!("iterator"));
    assert_eq!(kind(&streamed), OutputKind::StreamedText);
    assert!(output(streamed).is_iterator());
    assert_eq!(kind(&file), OutputKind::File);
    let files = json!({ "type": "array", "items": file });
    assert_eq!(kind(&files), OutputKind::Files);
    assert!(output(files.clone()).has_files() && !output(files.clone()).has_several_files());
    assert!(output(with(&files, "minItems", json!(2))).has_several_files());
    let pair = json!({ "properties": { "mesh": file, "preview": file } });
    assert_eq!(kind(&pair), OutputKind::Json);
    assert!(output(pair).has_several_files());
    assert_eq!(kind(&json!({})), OutputKind::Json);
}

#[test]
fn main_input_is_the_prompt_or_the_first_required_text() {
    let text = json!({ "type": "string" });
    let file = json!({ "type": "string", "format": "uri" });
    let main = |required: Value, properties: Value| {
        let input = json!({ "type": "object", "required": required, "properties": properties });
        let schema = of_input(input);
        let key = |input: Option<&Input>| input.map(|input| input.key().to_owned());
        (key(schema.main_text_input()), key(schema.main_file_input()))
    };
    let named = |key: &str| Some(key.to_owned());
    let two = json!({ "a": text, "prompt": text });
    assert_eq!(main(json!([]), two), (named("prompt"), None));
    let two = json!({ "a": text, "b": text });
    assert_eq!(main(json!(["b"]), two), (named("b"), None));
    let secret = json!({ "key": { "type": "string", "x-cog-secret": true }, "image": file });
    assert_eq!(main(json!(["key"]), secret), (None, named("image")));
}

#[test]
fn a_value_is_found_at_a_path_through_objects_and_lists() {
    let layer = json!({ "properties": { "name": { "type": "string" } } });
    let schema = schema(json!({ "layers": { "type": "array", "items": layer }, "one": layer }));
    for path in [["layers", "name"], ["one", "name"]] {
        assert_eq!(schema.value_at(path).unwrap().kind(), ValueKind::Text);
    }
    assert_eq!(schema.value_at(["one", "size"]), None);
}

#[test]
fn secrets_are_masked_wherever_they_are() {
    let secret = json!({ "type": "string", "x-cog-secret": true });
    let schema = schema(json!({
        "prompt": { "type": "string" },
        "key": secret,
        "keys": { "type": "array", "items": secret },
        "login": { "properties": { "user": { "type": "string" }, "password": secret } },
        "either": { "anyOf": [{ "type": "integer" }, secret] },
    }));
    let input = json!({
        "prompt": "a", "key": "s3cret", "keys": ["s3cret"],
        "login": { "user": "me", "password": "s3cret", "pasword": "s3cret" },
        "either": "s3cret", "kye": "s3cret",
    });
    let masked = schema.masked(&input).to_string();
    assert!(!masked.contains("s3cret"), "{masked}");
    for shown in [r#""prompt":"a""#, r#""user":"me""#] {
        assert!(masked.contains(shown), "{masked}");
    }
    let key = schema.input("key").unwrap().schema();
    assert_eq!(key.to_string(), "secret");
    let none = json!({ "key": null });
    assert_eq!(schema.masked(&none), none);
}

#[test]
fn a_document_without_an_input_has_no_schema() {
    for document in [
        json!({}),
        json!(null),
        json!({ "components": { "schemas": { "Output": {} } } }),
        json!({ "components": { "schemas": { "Input": null } } }),
    ] {
        assert!(ModelSchema::new(document).unwrap().is_none());
    }
    let version: Version = serde_json::from_value(json!({ "id": "v" })).unwrap();
    assert!(version.schema().unwrap().is_none());
    let model: Model = serde_json::from_value(json!({ "owner": "a", "name": "b" })).unwrap();
    assert!(model.schema().unwrap().is_none());
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    for (input, path, reason) in [
        (r#""text""#, "", "expected an object"),
        (r#"{ "type": "string" }"#, "", "found text"),
        (
            r#"{ "properties": [] }"#,
            ".properties",
            "expected an object",
        ),
        (
            r#"{ "properties": { "a": { "items": 3 } } }"#,
            ".properties.a.items",
            "expected an object",
        ),
        (
            r##"{ "$ref": "#/components/schemas/Input" }"##,
            "",
            "refers to itself",
        ),
        (
            r#"{ "properties": { "a": { "$ref": "other.json" } } }"#,
            ".properties.a",
            "leads nowhere",
        ),
    ] {
        let input = serde_json::from_str(input).unwrap();
        let error = read(document(input, json!({}))).unwrap_err();
        assert_eq!(error.path(), format!("components.schemas.Input{path}"));
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(Error::from(error).kind(), ErrorKind::Decode);
    }
}

#[test]
fn a_schema_that_contains_itself_is_read_once() {
    let own = json!({ "$ref": "#/components/schemas/Input" });
    let input = json!({ "properties": { "next": own, "all": { "type": "array", "items": own } } });
    let schema = of_input(input);
    let all = schema.input("all").unwrap().schema();
    let inside = all.items().unwrap();
    assert_eq!(inside.kind(), ValueKind::Object);
    let next = inside.fields().iter().find(|field| field.key() == "next");
    assert_eq!(next.unwrap().schema().kind(), ValueKind::Any);
}

#[test]
fn hostile_documents_end_in_an_error() {
    // Each schema has two parts that are the next one: 2^40 in all.
    let mut schemas = serde_json::Map::new();
    for number in 0..40 {
        let next = json!({ "$ref": format!("#/components/schemas/S{}", number + 1) });
        let twice = json!({ "properties": { "a": next, "b": next } });
        schemas.insert(format!("S{number}"), twice);
    }
    schemas.insert("S40".into(), json!({}));
    let first = json!({ "$ref": "#/components/schemas/S0" });
    schemas.insert("Input".into(), json!({ "properties": { "a": first } }));
    let doubling = json!({ "components": { "schemas": schemas } });
    // One large list of choices, referred to by every input.
    let many: Vec<Value> = (0..20_000).map(Value::from).collect();
    let reference = json!({ "$ref": "#/components/schemas/many" });
    let properties = (0..20_000).map(|n| (n.to_string(), reference.clone()));
    let properties: serde_json::Map<String, Value> = properties.collect();
    let choices = json!({ "components": { "schemas": {
        "Input": { "properties": properties }, "many": { "enum": many },
    } } });
    let deep = (0..120).fold(json!({}), |inner, _| json!({ "items": inner }));
    let deep = document(json!({ "properties": { "a": deep } }), json!({}));
    for (document, reason) in [
        (doubling, "too large"),
        (choices, "too large"),
        (deep, "nested too deeply"),
    ] {
        let began = Instant::now();
        let error = read::document(&document).expect_err("it is hostile");
        assert!(error.to_string().contains(reason), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{reason}");
    }
}
