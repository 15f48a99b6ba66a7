//! A model's input: any value that serializes to an object, and the files in it.

#[cfg(feature = "files")]
use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;
#[cfg(feature = "files")]
use crate::file_input::{self, FileInput};

/// An input as JSON, with the files that are still missing in it.
#[derive(Clone)]
pub(crate) struct Input {
    pub(crate) value: Value,
    #[cfg(feature = "files")]
    pub(crate) files: Vec<FileSlot>,
}

/// Shows no value: an input often holds secrets.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").finish_non_exhaustive()
    }
}

/// A place in an input that gets the URL of a file.
#[cfg(feature = "files")]
#[derive(Clone, Debug)]
pub(crate) struct FileSlot {
    path: Vec<Step<'static>>,
    pub(crate) file: FileInput,
}

#[cfg(feature = "files")]
#[derive(Clone, Debug)]
enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

#[cfg(feature = "files")]
impl Step<'_> {
    fn to_owned(&self) -> Step<'static> {
        match self {
            Self::Key(key) => Step::Key(key.clone().into_owned().into()),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

impl Input {
    pub(crate) fn empty() -> Self {
        Self {
            value: Value::Object(Map::new()),
            #[cfg(feature = "files")]
            files: Vec::new(),
        }
    }

    /// Serializes `value`, and finds the files in it at any depth.
    pub(crate) fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        #[cfg(feature = "files")]
        let (value, met) = file_input::collect(|| serde_json::to_value(value));
        #[cfg(not(feature = "files"))]
        let value = serde_json::to_value(value);
        let value = value.map_err(|error| {
            Error::invalid(format!("could not serialize the input as JSON: {error}"))
        })?;
        let kind = match &value {
            Value::Object(_) => None,
            Value::Null => Some("null"),
            Value::Bool(_) => Some("a boolean"),
            Value::Number(_) => Some("a number"),
            Value::String(_) => Some("a string"),
            Value::Array(_) => Some("an array"),
        };
        if let Some(kind) = kind {
            return Err(Error::invalid(format!(
                "invalid input: expected an object such as {{\"{}\": …}}, found {kind}",
                crate::escape::escape(first_key(&value).unwrap_or("prompt"))
            )));
        }
        #[cfg(feature = "files")]
        {
            let mut files = Vec::new();
            find(&value, &met, &mut Vec::new(), &mut files)?;
            Ok(Self { value, files })
        }
        #[cfg(not(feature = "files"))]
        Ok(Self { value })
    }
}

/// The key that a list of pairs, such as `[("prompt", "…")]`, begins with.
fn first_key(value: &Value) -> Option<&str> {
    value.get(0)?.get(0)?.as_str()
}

#[cfg(feature = "files")]
fn find<'a>(
    value: &'a Value,
    serialized: &[FileInput],
    path: &mut Vec<Step<'a>>,
    slots: &mut Vec<FileSlot>,
) -> Result<(), Error> {
    match value {
        Value::String(text) => match file_input::find(text, serialized) {
            Ok(None) => {}
            Ok(Some(file)) => slots.push(FileSlot {
                path: path.iter().map(Step::to_owned).collect(),
                file,
            }),
            Err(file_input::Foreign) => {
                return Err(Error::invalid(format!(
                    "{} is a `FileInput` that was stored or serialized by another process, which is no longer readable; store the file's path or URL instead",
                    place(path)
                )));
            }
        },
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                find(item, serialized, path, slots)?;
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                path.push(Step::Key(key.into()));
                find(field, serialized, path, slots)?;
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// A place in the input as an error names it, such as `input.masks[1]`.
#[cfg(feature = "files")]
fn place(path: &[Step<'_>]) -> String {
    let mut place = String::from("input");
    for step in path {
        match step {
            Step::Key(key) => place.extend([".", key]),
            Step::Index(index) => place.push_str(&format!("[{index}]")),
        }
    }
    place
}

#[cfg(feature = "files")]
impl FileSlot {
    /// The place as an error names it, such as `input.masks[1]`.
    pub(crate) fn place(&self) -> String {
        place(&self.path)
    }

    pub(crate) fn fill(&self, value: &mut Value, url: String) {
        let place = self.path.iter().try_fold(value, |value, step| match step {
            Step::Key(key) => value.get_mut(&**key),
            Step::Index(index) => value.get_mut(index),
        });
        if let Some(place) = place {
            *place = Value::String(url);
        }
    }
}

#[cfg(all(test, feature = "files"))]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Serialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Layer {
        Picture { image: FileInput },
    }

    #[derive(Serialize)]
    struct Nested {
        prompt: String,
        first: FileInput,
        list: Vec<FileInput>,
        layers: Vec<Layer>,
        #[serde(flatten)]
        more: std::collections::BTreeMap<String, FileInput>,
        none: Option<FileInput>,
    }

    fn file(name: &str) -> FileInput {
        FileInput::path(name)
    }

    #[test]
    fn files_are_found_at_any_depth_with_their_paths() {
        let input = Input::new(&Nested {
            prompt: "x".into(),
            first: file("a"),
            list: vec![file("b"), file("c")],
            layers: vec![Layer::Picture { image: file("d") }],
            more: [("extra".to_owned(), file("e"))].into(),
            none: None,
        })
        .unwrap();
        let mut found: Vec<_> = input
            .files
            .iter()
            .map(|slot| {
                format!(
                    "{} {}",
                    slot.place(),
                    slot.file.source_path().unwrap().display()
                )
            })
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                "input.extra e",
                "input.first a",
                "input.layers[0].image d",
                "input.list[0] b",
                "input.list[1] c"
            ]
        );
        let mut value = input.value;
        for slot in &input.files {
            slot.fill(&mut value, slot.place());
        }
        assert_eq!(value["layers"][0]["image"], "input.layers[0].image");
        assert_eq!(value["extra"], "input.extra");
        assert_eq!(value["prompt"], "x");
    }

    #[test]
    fn an_input_that_is_not_an_object_is_refused_with_the_right_form() {
        for (wrong, says) in [
            (json!("a red bicycle"), r#"{"prompt": …}, found a string"#),
            (json!([1]), r#"{"prompt": …}, found an array"#),
            (json!(null), "found null"),
            (json!(3), "found a number"),
            (json!([["text", "x"]]), r#"{"text": …}, found an array"#),
        ] {
            let error = Input::new(&wrong).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn a_file_of_another_process_is_refused_with_its_place() {
        let marked = format!("replicate-file-{}:{{}}", "0f".repeat(16));
        let error = Input::new(&json!({ "a": [{ "b": marked }] })).unwrap_err();
        assert!(error.to_string().starts_with("input.a[0].b is"), "{error}");
    }
}
