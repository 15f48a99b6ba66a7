use super::*;
use serde_json::json;

fn through_json(file: &FileInput) -> FileInput {
    find(json!(file).as_str().unwrap(), &[]).unwrap().unwrap()
}

#[test]
fn a_file_survives_a_json_value() {
    let file = through_json(&FileInput::path("a b/photo.JPG").name("x.jpg"));
    assert_eq!(file.source_path(), Some(Path::new("a b/photo.JPG")));
    assert_eq!(file.upload_name(), "x.jpg");
    let file = through_json(&FileInput::bytes(&b"\x89PNG"[..], "image/png"));
    assert_eq!(file.given_bytes().unwrap(), &b"\x89PNG"[..]);
    assert_eq!(file.upload_name(), "file.png");
    let file = through_json(&FileInput::url("https://example.com/a.png"));
    assert_eq!(file.given_url(), Some("https://example.com/a.png"));
}

#[test]
fn names_and_types_come_from_the_path_unless_given() {
    let file = FileInput::path("in/photo.jpeg");
    assert_eq!(file.upload_name(), "photo.jpeg");
    assert_eq!(file.media_type_or_guess(), "image/jpeg");
    assert_eq!(file.media_type("image/x").media_type_or_guess(), "image/x");
    let unknown = FileInput::path("blob").media_type_or_guess();
    assert_eq!(unknown, media_type::UNKNOWN);
}

#[test]
fn no_text_from_elsewhere_is_taken_for_a_file() {
    let files = [FileInput::path("x")];
    for text in ["replicate-file-:{}", "#0", "/etc/x", "replicate-file-x:"] {
        assert_eq!(find(text, &files), Ok(None), "{text}");
    }
    let foreign = format!("{MARKER}{}", "0".repeat(32));
    for rest in [":{}", ":#0", r#":{"content":{"Path":"/etc/passwd"}}"#] {
        assert_eq!(find(&format!("{foreign}{rest}"), &files), Err(Foreign));
    }
}

#[test]
fn files_are_equal_by_what_they_are() {
    let bytes = || FileInput::bytes(&b"abc"[..], "text/plain");
    assert_eq!(FileInput::path("a"), FileInput::from(PathBuf::from("a")));
    assert_ne!(FileInput::path("a"), FileInput::path("b"));
    assert_eq!(bytes(), bytes());
    assert_ne!(bytes(), bytes().name("a.txt"));
    let url = reqwest::Url::parse("https://example.com/a.png").unwrap();
    assert_eq!(FileInput::from(url.clone()), FileInput::url(url));
    let reader = || FileInput::reader(3, "text/plain", &b"abc"[..]);
    let one = reader();
    assert_eq!(one, one.clone());
    assert_ne!(one, reader());
}

#[test]
fn collecting_ends_even_when_serializing_panics() {
    let panicked = std::panic::catch_unwind(|| collect(|| panic!("inside")));
    assert!(panicked.is_err());
    let outside = json!(FileInput::path("x"));
    assert!(outside.as_str().unwrap().contains("Path"));
}

#[cfg(feature = "schemars")]
#[test]
fn files_are_uris_in_a_json_schema() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code)]
    struct Scene {
        image: FileInput,
        masks: Vec<crate::FileOutput>,
    }
    let schema = serde_json::to_value(schemars::schema_for!(Scene)).unwrap();
    let uri = json!({ "type": "string", "format": "uri" });
    assert_eq!(schema["properties"]["image"], uri);
    assert_eq!(schema["properties"]["masks"]["items"], uri);
}

#[test]
fn a_reader_is_taken_once() {
    let file = FileInput::reader(3, "text/plain", &b"abc"[..]).name("a.txt");
    assert_eq!(file.reader_length(), Some(3));
    assert!(file.take_reader().is_some());
    assert!(file.take_reader().is_none());
    assert_eq!(format!("{file:?}"), "FileInput(reader of 3 bytes)");
}

#[test]
fn a_strategy_decides_by_size() {
    assert!(FileStrategy::default().inlines(256 * 1024));
    assert!(!FileStrategy::default().inlines(256 * 1024 + 1));
    assert!(FileStrategy::Inline.inlines(u64::MAX) && !FileStrategy::Upload.inlines(0));
}
