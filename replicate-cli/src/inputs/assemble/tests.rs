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

fn rules(schema: &Schema) -> Rules<'_> {
    Rules::of(Some(schema))
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
    for (arguments, input) in [
        (&["prompt=12", "n=12"][..], json!({"prompt": "12", "n": 12})),
        (&["a red bicycle"], json!({"prompt": "a red bicycle"})),
        (
            &["box.x=1", "box.name=2"],
            json!({"box": {"x": 1, "name": "2"}}),
        ),
        (&["words=a", "words=b"], json!({"words": ["a", "b"]})),
        (&[r#"words:=["a","b"]"#], json!({"words": ["a", "b"]})),
    ] {
        assert_eq!(typed(arguments), input);
    }
}

#[test]
fn values_without_a_schema_are_json_or_text() {
    let given = given(json!({}), &["a=1", "b=true", "c=x y", "d.e=2"]);
    let input = assemble(given, Rules::of(None)).expect("an input").input;
    assert_eq!(input, json!({"a": 1, "b": true, "c": "x y", "d": {"e": 2}}));
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

/// A file with this content, and its path.
fn file(name: &str, content: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    std::fs::write(&path, content).expect("a file");
    let path = path.to_str().expect("UTF-8").to_owned();
    (directory, path)
}

#[test]
fn file_goes_in_as_url_or_text_as_the_schema_says() {
    let (_directory, path) = file("note.txt", "a note");
    let text = typed(&[&format!("prompt=@{path}")]);
    assert_eq!(text, json!({"prompt": "a note"}));
    let [image, images] = ["image", "images"].map(|key| format!("{key}=@{path}"));
    let given = given(json!({}), &[&image, &images, &images]);
    let assembled = assemble(given, rules(&model())).expect("an input");
    let slot = |slot: &FileSlot| (slot.key.join("."), slot.index);
    let slots: Vec<_> = assembled.files.iter().map(slot).collect();
    let expected = [("image", None), ("images", Some(0)), ("images", Some(1))];
    assert_eq!(slots, expected.map(|(key, index)| (key.to_owned(), index)));
}

#[test]
fn missing_or_empty_file_is_reported_with_its_key() {
    let (_directory, empty) = file("empty.png", "");
    for (path, why) in [
        ("no-such-file.png", "could not read file"),
        (&empty, "is empty"),
    ] {
        let said = refused(&[&format!("image=@{path}")]);
        for part in ["image", path, why] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
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
    let (_directory, path) = file("small.png", "x");
    for (key, path) in [
        ("image", path.as_str()),
        ("images", &path),
        ("image", "photo.png"),
    ] {
        let said = refused(&[&format!("{key}={path}")]);
        assert!(said.contains(&format!("write {key}=@{path}")), "{said}");
    }
    let url = "https://a.example/x.png";
    assert_eq!(typed(&[&format!("image={url}")])["image"], url);
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
        let mut raw = given(json!({}), &[&format!("{key}=")]);
        raw.arguments[0].value = Literal::Filled(value);
        assemble(raw, rules(&model())).expect("an input").input[key].take()
    };
    for (key, earlier, value) in [
        ("prompt", json!(["a", " b"]), json!("a b")),
        ("words", json!(["a", "b"]), json!(["a", "b"])),
        ("prompt", json!(42), json!("42")),
        ("n", json!("42"), json!(42)),
    ] {
        assert_eq!(filled(key, earlier), value, "{key}");
    }
}

#[test]
fn without_validation_unknown_inputs_pass() {
    let model = model();
    let rules = Rules {
        validate: false,
        ..rules(&model)
    };
    let given = given(json!({}), &["unknown=1", "prompt=2", "image=a.png"]);
    assert_eq!(
        assemble(given, rules).expect("an input").input,
        json!({"unknown": 1, "prompt": "2", "image": "a.png"})
    );
}
