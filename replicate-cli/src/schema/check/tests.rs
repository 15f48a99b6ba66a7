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

/// What is said about an input, or nothing if it is right.
fn said(input: Value) -> String {
    match check(&model(), &input) {
        Ok(()) => String::new(),
        Err(failure) => format!("{failure:?}"),
    }
}

#[test]
fn a_right_input_passes() {
    for input in [
        json!({"prompt": "x"}),
        json!({"prompt": "x", "width": 64, "strength": 0.5, "format": "png", "sampler": "ddim"}),
        json!({"prompt": "x", "width": 64.0, "sizes": [1, 2], "seed": null, "box": {"x": 1}}),
        json!({"prompt": "x", "width": null}),
    ] {
        assert_eq!(said(input), "");
    }
}

#[test]
fn a_wrong_key_is_named_with_the_nearest_right_one() {
    let said = said(json!({"promt": "x"}));
    assert!(
        said.contains("`promt` is no input of this model: did you mean `prompt`?"),
        "{said}"
    );
    assert!(said.contains("prompt, width, strength"), "{said}");
}

#[test]
fn a_missing_key_is_named_with_what_it_is_for() {
    let said = said(json!({"width": 64}));
    assert!(
        said.contains("`prompt` is missing (What to draw)"),
        "{said}"
    );
    assert!(said.contains("prompt=TEXT"), "{said}");
}

#[test]
fn each_broken_rule_is_told_with_the_key_and_the_value() {
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
        let said = said(input);
        assert!(said.contains(rule), "{rule}: {said}");
    }
}

#[test]
fn a_model_that_lists_no_inputs_takes_any() {
    let open = schema(json!({"type": "object", "properties": {}}), json!({}));
    assert!(check(&open, &json!({"anything": 1})).is_ok());
}
