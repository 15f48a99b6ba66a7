use super::super::tests::schema;
use super::*;
use serde_json::json;

fn model() -> Schema {
    let input = json!({
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "prompt": {"type": "string", "x-order": 0, "description": "What to draw.", "maxLength": 20},
            "width": {"type": "integer", "minimum": 16, "maximum": 2048, "x-order": 1},
            "strength": {"type": "number", "exclusiveMinimum": 0, "x-order": 2},
            "format": {"type": "string", "enum": ["webp", "png"], "x-order": 3},
            "sampler": {"allOf": [{"$ref": "#/components/schemas/sampler"}], "x-order": 4},
            "sizes": {"type": "array", "items": {"type": "integer"}, "maxItems": 2, "x-order": 5},
            "seed": {"anyOf": [{"type": "integer"}, {"type": "null"}], "x-order": 6},
            "box": {"type": "object", "properties": {"x": {"type": "integer"}}, "x-order": 7},
        },
    });
    schema(input, json!({}))
}

/// The error of an input; empty if it is valid.
fn error_of(input: Value) -> String {
    match check(&model(), &input) {
        Ok(()) => String::new(),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn valid_input_passes() {
    for input in [
        json!({"prompt": "x"}),
        json!({"prompt": "x", "width": 64, "strength": 0.5, "format": "png", "sampler": "ddim"}),
        json!({"prompt": "x", "width": 64.0, "sizes": [1, 2], "seed": null, "box": {"x": 1}}),
        json!({"prompt": "x", "width": null}),
    ] {
        assert_eq!(error_of(input), "");
    }
}

#[test]
fn unknown_key_is_reported_with_the_nearest_known_one() {
    let error = error_of(json!({"promt": "x"}));
    assert!(
        error.contains("unknown input `promt`; did you mean `prompt`?"),
        "{error}"
    );
    assert!(error.contains("prompt, width, strength"), "{error}");
}

#[test]
fn missing_key_is_reported_with_its_description() {
    let error = error_of(json!({"width": 64}));
    assert!(
        error.contains("missing required input `prompt` (What to draw)"),
        "{error}"
    );
    assert!(error.contains("prompt=TEXT"), "{error}");
}

#[test]
fn each_violated_rule_is_reported_with_key_and_value() {
    for (key, value, rule) in [
        (
            "width",
            json!("wide"),
            "`width` must be an integer, not \\\"wide\\\"",
        ),
        ("width", json!(7.5), "`width` must be an integer, not 7.5"),
        ("width", json!(5000), "`width` must be 16 to 2048, not 5000"),
        (
            "strength",
            json!(0),
            "`strength` must be more than 0, not 0",
        ),
        (
            "format",
            json!("pgn"),
            "`format` must be one of \\\"webp\\\", \\\"png\\\", not \\\"pgn\\\"",
        ),
        ("sampler", json!("eule"), "did you mean sampler=euler?"),
        (
            "sizes",
            json!([1, "b"]),
            "`sizes[1]` must be an integer, not \\\"b\\\"",
        ),
        (
            "sizes",
            json!([1, 2, 3]),
            "`sizes` must be at most 2 items long",
        ),
        ("seed", json!("x"), "`seed` must be an integer"),
        ("box", json!({"x": "y"}), "`box.x` must be an integer"),
        (
            "prompt",
            json!("012345678901234567890"),
            "`prompt` must be at most 20 characters long",
        ),
    ] {
        let mut input = json!({"prompt": "x"});
        input[key] = value;
        let error = error_of(input);
        assert!(error.contains(rule), "{rule}: {error}");
    }
}

#[test]
fn model_without_listed_inputs_takes_any() {
    let open = schema(json!({"type": "object", "properties": {}}), json!({}));
    assert!(check(&open, &json!({"anything": 1})).is_ok());
}
