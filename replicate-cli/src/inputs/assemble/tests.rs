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
            "box": {"type": "object", "properties": {"x": {"type": "integer"}, "name": {"type": "string"}}},
        },
    });
    schema(input, json!({}))
}

fn given(base: Value, arguments: &[&str]) -> RawInput {
    let arguments = arguments
        .iter()
        .map(|text| argument::parse(text).expect("an argument"))
        .collect();
    let Value::Object(base) = base else {
        panic!("an object")
    };
    RawInput { base, arguments }
}

fn typed(arguments: &[&str]) -> Value {
    assemble(given(json!({}), arguments), Some(&model()))
        .expect("an input")
        .input
}

fn refused(arguments: &[&str]) -> String {
    let error = assemble(given(json!({}), arguments), Some(&model())).expect_err("no input");
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
    let input = assemble(given(json!({}), &["a=1", "b=true", "c=x y", "d.e=2"]), None);
    assert_eq!(
        input.expect("an input").input,
        json!({"a": 1, "b": true, "c": "x y", "d": {"e": 2}})
    );
}

#[test]
fn arguments_go_over_the_object_that_was_read() {
    let base = json!({"prompt": "old", "n": 1});
    let input = assemble(given(base, &["prompt=new"]), Some(&model())).expect("an input");
    assert_eq!(input.input, json!({"prompt": "new", "n": 1}));
}

#[test]
fn a_key_given_twice_is_refused() {
    assert!(refused(&["n=1", "n=2"]).contains("`n` is given twice"));
    assert!(refused(&["one", "two"]).contains("`two` has no key"));
    assert!(refused(&["n=1", "n.x=2"]).contains("no object"));
}

#[test]
fn files_go_where_the_schema_has_addresses_and_texts_where_it_has_text() {
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
    let assembled = assemble(given(json!({}), &arguments), Some(&model())).expect("an input");
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
fn a_file_that_is_not_there_is_named_with_its_key() {
    let said = refused(&["image=@no-such-file.png"]);
    assert!(
        said.contains("image") && said.contains("no-such-file.png"),
        "{said}"
    );
}
