use super::*;
use crate::inputs::argument;
use crate::schema::tests::schema;
use serde_json::json;

fn model() -> Schema {
    let file = json!({"type": "string", "format": "uri"});
    let input = json!({
        "type": "object",
        "properties": {
            "prompt": {"type": "string", "x-order": 0},
            "n": {"type": "integer", "x-order": 1},
            "image": file,
            "images": {"type": "array", "items": file},
            "words": {"type": "array", "items": {"type": "string"}},
            "token": {"type": "string", "x-cog-secret": true, "maxLength": 9},
            "box": {"type": "object", "properties": {"x": {"type": "integer"}, "name": {"type": "string"}}},
        },
    });
    schema(input, json!({}))
}

const UNKNOWN: Rules<'_> = Rules {
    schema: None,
    validate: true,
};

fn rules(schema: &Schema) -> Rules<'_> {
    Rules {
        schema: Some(schema),
        validate: true,
    }
}

fn given(base: Value, arguments: &[&str]) -> RawInput {
    let arguments = arguments
        .iter()
        .map(|text| argument::parse(text.as_ref()).expect("an argument"))
        .collect();
    let Value::Object(base) = base else {
        panic!("an object")
    };
    RawInput { base, arguments }
}

fn typed(arguments: &[&str]) -> Value {
    assemble(given(json!({}), arguments), rules(&model()))
        .expect("an input")
        .input
}

fn refused(arguments: &[&str]) -> String {
    let error = assemble(given(json!({}), arguments), rules(&model())).expect_err("no input");
    format!("{error:?}")
}

#[test]
fn values_get_the_types_of_the_schema() {
    assert_eq!(
        typed(&["prompt=12", "n=12"]),
        json!({"prompt": "12", "n": 12})
    );
    assert_eq!(
        typed(&["a red bicycle"]),
        json!({"prompt": "a red bicycle"})
    );
    assert_eq!(
        typed(&["box.x=1", "box.name=2"]),
        json!({"box": {"x": 1, "name": "2"}})
    );
    assert_eq!(typed(&["words=a", "words=b"]), json!({"words": ["a", "b"]}));
    assert_eq!(
        typed(&[r#"words:=["a","b"]"#]),
        json!({"words": ["a", "b"]})
    );
}

#[test]
fn values_without_a_schema_are_json_or_text() {
    let input = assemble(
        given(json!({}), &["a=1", "b=true", "c=x y", "d.e=2"]),
        UNKNOWN,
    );
    assert_eq!(
        input.expect("an input").input,
        json!({"a": 1, "b": true, "c": "x y", "d": {"e": 2}})
    );
}

#[test]
fn arguments_go_over_the_object_that_was_read() {
    let base = json!({"prompt": "old", "n": 1});
    let input = assemble(given(base, &["prompt=new"]), rules(&model())).expect("an input");
    assert_eq!(input.input, json!({"prompt": "new", "n": 1}));
}

#[test]
fn key_set_twice_is_rejected() {
    assert!(refused(&["n=1", "n=2"]).contains("`n` is set twice"));
    assert!(refused(&["one", "two"]).contains("`two` has no key"));
    assert!(refused(&["n=1", "n.x=2"]).contains("not an object"));
}

#[test]
fn file_goes_in_as_url_or_text_as_the_schema_says() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("note.txt");
    std::fs::write(&path, "a note").expect("a file");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(
        typed(&[&format!("prompt=@{path}")]),
        json!({"prompt": "a note"})
    );
    let arguments = [
        format!("image=@{path}"),
        format!("images=@{path}"),
        format!("images=@{path}"),
    ];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let assembled = assemble(given(json!({}), &arguments), rules(&model())).expect("an input");
    let slots: Vec<_> = assembled
        .files
        .iter()
        .map(|slot| (slot.key.join("."), slot.index))
        .collect();
    assert_eq!(
        slots,
        [
            ("image".into(), None),
            ("images".into(), Some(0)),
            ("images".into(), Some(1))
        ]
    );
}

#[test]
fn missing_file_is_reported_with_its_key() {
    let said = refused(&["image=@no-such-file.png"]);
    assert!(
        said.contains("image") && said.contains("no-such-file.png"),
        "{said}"
    );
}

#[test]
fn malformed_key_is_not_taken_for_the_prompt() {
    for (written, meant) in [
        ("prompt:hi", "`prompt=hi`"),
        ("prompt: hi", "`prompt=hi`"),
        ("--prompt=hi", "`prompt=hi`"),
        ("words[]=x", "`words=x`"),
        ("n = 3", "`n=3`"),
        ("promt = x", "`prompt=x`"),
    ] {
        assert!(refused(&[written]).contains(meant), "{written}");
    }
    for text in [
        "https://a.example",
        "note: buy milk",
        "1 + 1 = 2",
        "why [x]=y",
    ] {
        assert_eq!(typed(&[text]), json!({"prompt": text}));
    }
}

#[test]
fn path_where_a_file_is_expected_is_rejected() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("small.png");
    std::fs::write(&path, "x").expect("a file");
    let path = path.to_str().expect("UTF-8");
    for key in ["image", "images"] {
        let said = refused(&[&format!("{key}={path}")]);
        assert!(said.contains(&format!("write {key}=@{path}")), "{said}");
    }
    assert!(refused(&["image=photo.png"]).contains("write image=@photo.png"));
    assert_eq!(
        typed(&["image=https://a.example/x.png"])["image"],
        json!("https://a.example/x.png")
    );
}

#[test]
fn empty_file_is_rejected() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("empty.png");
    std::fs::write(&path, "").expect("a file");
    assert!(refused(&[&format!("image=@{}", path.display())]).contains("is empty"));
}

#[test]
fn secrets_are_masked_and_never_shown_by_an_error() {
    let given = given(json!({}), &["token=hunter2", "n=1"]);
    let assembled = assemble(given, rules(&model())).expect("an input");
    assert_eq!(assembled.input["token"], json!("hunter2"));
    assert_eq!(assembled.masked(), json!({"token": MASK, "n": 1}));
    let said = refused(&["token=hunter2hunter2"]);
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn list_of_texts_of_an_earlier_output_is_one_text_where_one_is_taken() {
    let filled = |key: &str, value: Value| {
        let argument = Argument::Pair {
            key: key.to_owned(),
            value: Literal::Filled(value),
        };
        let raw = RawInput {
            base: Map::new(),
            arguments: vec![argument],
        };
        assemble(raw, rules(&model())).expect("an input").input[key].clone()
    };
    assert_eq!(filled("prompt", json!(["a", " b"])), json!("a b"));
    assert_eq!(filled("words", json!(["a", "b"])), json!(["a", "b"]));
    assert_eq!(filled("prompt", json!(42)), json!("42"));
    assert_eq!(filled("n", json!("42")), json!(42));
}

#[test]
fn without_validation_unknown_inputs_pass() {
    let model = model();
    let rules = Rules {
        schema: Some(&model),
        validate: false,
    };
    let given = given(json!({}), &["unknown=1", "prompt=2", "image=a.png"]);
    assert_eq!(
        assemble(given, rules).expect("an input").input,
        json!({"unknown": 1, "prompt": "2", "image": "a.png"})
    );
}
