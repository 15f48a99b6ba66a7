use serde_json::{Value, json};

use super::*;
use crate::schema::tests::{of_input, schema};

fn violations(properties: Value, input: Value) -> Vec<String> {
    found(&schema(properties), &input)
}

fn found(schema: &ModelSchema, input: &Value) -> Vec<String> {
    match schema.validate(input) {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_violation_is_reported_at_once_as_a_person_reads_it() {
    let input = json!({
        "type": "object",
        "required": ["prompt", "size"],
        "properties": {
            "prompt": { "type": "string", "description": "What is drawn.", "x-order": 0 },
            "size": { "type": "integer", "x-order": 1 },
            "width": { "type": "integer", "minimum": 16, "maximum": 2048, "x-order": 2 },
            "seed": { "type": "integer", "nullable": true, "x-order": 3 },
            "scheduler": { "$ref": "#/components/schemas/sampler", "x-order": 4 },
            "code": { "type": "string", "pattern": "^[a-z]+$", "maxLength": 3, "x-order": 5 },
            "image": { "type": "string", "format": "uri", "x-order": 6 },
            "mask": { "type": "string", "format": "uri", "x-order": 7 },
            "words": { "type": "array", "items": { "type": "string" }, "maxItems": 1, "x-order": 8 },
            "exact": { "type": "boolean", "x-order": 9 },
        },
    });
    let schema = of_input(input);
    let input = json!({
        "promt": "a cat", "size": "large", "width": 9000, "seed": 1.5, "scheduler": "dim",
        "code": "ABCD", "image": "photo.png", "mask": "", "words": ["a", 2], "exact": "yes",
    });
    let error = schema.validate(&input).unwrap_err();
    let lines: Vec<String> = error.violations().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    missing required input `prompt` (What is drawn)
    `size` must be an integer, not "large"
    `width` must be 16 to 2048, not 9000
    `seed` must be an integer or null, not 1.5
    `scheduler` must be one of euler, ddim, not "dim"; did you mean `ddim`?
    `code` must be at most 3 characters long, not "ABCD"
    `code` must match `^[a-z]+$`, not "ABCD"
    `image` must be the URL of a file (https or data), not the local path "photo.png"
    `mask` must be the URL of a file (https or data), not ""
    `words` must be at most 1 item long, not ["a",2]
    `words[1]` must be text, not 2
    `exact` must be true or false, not "yes"
    unknown input `promt`; did you mean `prompt`?
    "#);
    assert!(error.to_string().ends_with("; and 3 more"), "{error}");
    assert!(!format!("{error:?}").contains('\n'), "{error:?}");
}

#[test]
fn null_is_accepted_only_where_the_schema_says_so() {
    let properties = json!({
        "a": { "type": "integer" }, "b": { "type": "integer", "default": 1 },
        "c": { "type": "integer", "nullable": true, "default": 1 },
        "d": { "enum": ["x"] },
    });
    let input = json!({ "a": null, "b": null, "c": null, "d": null });
    insta::assert_snapshot!(violations(properties, input).join("\n"), @r"
    `a` must be an integer, not null
    `b` must be an integer, not null
    `d` must be one of x, not null
    ");
}

#[test]
fn files_are_urls_or_file_inputs_and_never_local_paths() {
    let file = json!({ "type": "string", "format": "uri" });
    let schema = schema(json!({ "it": file, "more": { "type": "array", "items": file } }));
    let rule = |value: Value| {
        let error = schema.validate(&json!({ "it": value })).err()?;
        Some(error.violations()[0].rule())
    };
    for (texts, expected) in [
        ("https://x/a.png|http://x/|data:text/plain,a|DATA:,", None),
        (
            "photo.png|./a|/tmp/a.png|C:\\a.png|file:///a.png|FILE:a",
            Some(Rule::LocalFile),
        ),
        ("|a cat", Some(Rule::File)),
    ] {
        for text in texts.split('|') {
            assert_eq!(rule(json!(text)), expected, "{text}");
        }
    }
    assert_eq!(rule(json!(1)), Some(Rule::Type));
    assert_eq!(
        found(&schema, &json!({ "more": ["https://a/b", "a.png"] })),
        ["`more[1]` must be the URL of a file (https or data), not the local path \"a.png\""]
    );
}

#[cfg(feature = "files")]
#[test]
fn a_file_input_is_a_file_and_nothing_else() {
    use crate::FileInput;

    let file = json!({ "type": "string", "format": "uri" });
    let schema = schema(json!({ "it": file, "number": { "type": "integer" } }));
    let path = FileInput::path("photo.png");
    assert!(schema.validate(&json!({ "it": path })).is_ok());
    let url = FileInput::url("file:///a.png");
    let input = json!({ "it": url, "number": path });
    let violations = found(&schema, &input);
    assert!(
        violations[0].contains("the local path \"file:///a.png\""),
        "{violations:?}"
    );
    assert_eq!(violations[1], "`number` must be an integer, not a file");
}

#[test]
fn secrets_are_masked_in_violations() {
    let secret = json!({ "type": "string", "x-cog-secret": true, "minLength": 30 });
    let properties = json!({
        "key": secret, "keys": { "type": "array", "items": secret },
        "either": { "anyOf": [{ "type": "integer" }, secret] },
        "one": { "enum": ["s3cret1", "s3cret2"], "writeOnly": true },
    });
    let input = json!({
        "key": "s3cret", "keys": ["s3cret", 1], "either": "s3cret", "one": "s3cret", "kye": "s3cret",
    });
    let violations = violations(properties, input);
    assert_eq!(violations.len(), 6, "{violations:?}");
    assert!(!violations.join("\n").contains("s3cret"), "{violations:?}");
    let number = json!({ "key": { "type": "string", "format": "password" } });
    let found = self::violations(number, json!({ "key": 12345 }));
    assert_eq!(found, ["`key` must be text, not ********"]);
}

#[test]
fn of_several_types_the_one_that_fits_is_reported() {
    let properties = json!({ "it": { "anyOf": [
        { "type": "integer", "maximum": 10 },
        { "type": "array", "items": { "type": "string" } },
    ] } });
    let one = |value: Value| violations(properties.clone(), json!({ "it": value }));
    assert_eq!(one(json!(3)), [""; 0]);
    for (value, says) in [
        (json!(11), "`it` must be at most 10, not 11"),
        (json!(["a", 1]), "`it[1]` must be text, not 1"),
        (
            json!(true),
            "`it` must be integer or list of texts, not true",
        ),
    ] {
        assert_eq!(one(value), [says]);
    }
}

#[test]
fn values_inside_of_objects_are_named_by_their_path() {
    let layer = json!({
        "type": "object", "required": ["name"],
        "properties": { "name": { "type": "string" }, "size": { "type": "integer" } },
    });
    let properties = json!({ "layers": { "type": "array", "items": layer } });
    let input = json!({ "layers": [{ "name": "a", "size": 1 }, { "size": "big" }] });
    insta::assert_snapshot!(violations(properties, input).join("\n"), @r#"
    missing required input `layers[1].name`
    `layers[1].size` must be an integer, not "big"
    "#);
}

#[test]
fn a_pattern_that_cannot_be_compiled_is_skipped_with_a_note() {
    let schema = schema(json!({
        "a": { "type": "string", "pattern": "^(?=x)" },
        "b": { "type": "string", "pattern": "^[a-z]+$" },
        "c": { "type": "array", "items": { "pattern": "(" } },
    }));
    assert_eq!(found(&schema, &json!({ "a": "y", "c": ["x"] })), [""; 0]);
    assert_eq!(
        found(&schema, &json!({ "b": "Y" })),
        ["`b` must match `^[a-z]+$`, not \"Y\""]
    );
    let notes = schema.unchecked();
    assert_eq!(notes.len(), 2, "{notes:?}");
    for (note, key) in notes.iter().zip(["a", "c[]"]) {
        let start = format!("the pattern of `{key}` is not checked");
        assert!(note.starts_with(&start), "{note}");
    }
}

#[test]
fn a_pattern_takes_linear_time() {
    let properties = json!({ "a": { "type": "string", "pattern": "^(a+)+$" } });
    let text = format!("{}!", "a".repeat(50_000));
    let began = std::time::Instant::now();
    assert_eq!(violations(properties, json!({ "a": text })).len(), 1);
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn the_violations_inside_of_one_input_are_limited() {
    let item = json!({ "anyOf": [{ "type": "integer", "maximum": 1 }, { "type": "string" }] });
    let properties = json!({ "list": { "type": "array", "items": item } });
    let began = std::time::Instant::now();
    let found = violations(properties, json!({ "list": vec![5; 20_000] }));
    assert_eq!(found.len(), 100);
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn unknown_inputs_pass_where_the_schema_is_open() {
    let input = json!({ "properties": { "a": {} }, "additionalProperties": true });
    for open in [input, json!({})] {
        assert_eq!(found(&of_input(open), &json!({ "b": 1 })), [""; 0]);
    }
}

#[test]
fn an_input_that_is_not_an_object_is_an_error() {
    let error = schema(json!({ "a": {} })).validate("text").unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
    assert!(error.violations().is_empty());
}
