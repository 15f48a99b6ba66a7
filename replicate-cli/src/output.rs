//! What a model gave, as it is printed.

use replicate::types::Prediction;
use replicate::{Client, FileOutput};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::schema::{OutputForm, Schema};

/// An output, in the form in which it is printed or saved.
#[derive(Debug)]
pub(crate) enum Printed {
    /// Text: the model's, whole.
    Text(String),
    /// Files, and nothing else.
    Files(Vec<FileOutput>),
    /// Anything else: its JSON as the API sent it, and the files in it.
    Json(String, Vec<FileOutput>),
}

/// The parts of a prediction's body that are printed apart from it.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    #[serde(default)]
    metrics: Option<serde_json::Map<String, Value>>,
}

/// The output of a prediction, from its body as the API sent it.
pub(crate) fn of_body(
    client: &Client,
    body: &[u8],
    schema: Option<&Schema>,
) -> Result<Printed, Failure> {
    let raw = parse(body)?.output.map_or("null", RawValue::get);
    let prediction: Prediction = serde_json::from_slice(body).map_err(unreadable)?;
    let mut output = client.output(&prediction)?;
    if let Some(schema) = schema {
        output = output.with_schema(schema.document().clone());
    }
    let files = output.files()?;
    Ok(match (output.value(), files.len()) {
        (Value::String(_), 1) => Printed::Files(files),
        (Value::String(text), _) => Printed::Text(text.clone()),
        (Value::Array(items), count)
            if count > 0 && items.len() == count && items.iter().all(Value::is_string) =>
        {
            Printed::Files(files)
        }
        (Value::Array(_), 0)
            if schema.is_some_and(|schema| schema.output() == OutputForm::ConcatenatedText) =>
        {
            match output.text() {
                Ok(text) => Printed::Text(text),
                Err(_) => Printed::Json(raw.to_owned(), files),
            }
        }
        _ => Printed::Json(raw.to_owned(), files),
    })
}

/// The metrics in a prediction's body, a line each.
pub(crate) fn metrics(body: &[u8]) -> Result<Vec<String>, Failure> {
    let metrics = parse(body)?.metrics.unwrap_or_default();
    Ok(metrics
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect())
}

fn parse(body: &[u8]) -> Result<Body<'_>, Failure> {
    serde_json::from_slice(body).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Failure {
    Failure::error(format!("the prediction cannot be read: {error}"))
}

impl Printed {
    /// The lines that go to standard output.
    pub(crate) fn lines(&self) -> String {
        match self {
            Self::Text(text) | Self::Json(text, _) => text.clone(),
            Self::Files(files) => files
                .iter()
                .map(FileOutput::url)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    /// The files in it.
    pub(crate) fn files(&self) -> &[FileOutput] {
        match self {
            Self::Text(_) => &[],
            Self::Files(files) | Self::Json(_, files) => files,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::tests::schema;
    use serde_json::json;

    fn printed(output: &str, form: Option<Value>) -> Printed {
        let client = Client::new("r8_example").expect("a client");
        let body = format!(r#"{{"id":"a","status":"succeeded","output":{output}}}"#);
        let schema = form.map(|form| schema(json!({}), form));
        of_body(&client, body.as_bytes(), schema.as_ref()).expect("an output")
    }

    #[test]
    fn a_text_is_text_with_a_schema_and_without() {
        assert_eq!(printed(r#""hello Alice""#, None).lines(), "hello Alice");
        let text = "https://example.com is a site";
        assert_eq!(
            printed(&json!(text).to_string(), Some(json!({"type": "string"}))).lines(),
            text
        );
    }

    #[test]
    fn a_list_is_one_text_only_where_the_schema_says_so() {
        let words = json!({"type": "array", "items": {"type": "string"}, "x-cog-array-display": "concatenate"});
        assert_eq!(printed(r#"["a", " b"]"#, Some(words)).lines(), "a b");
        assert_eq!(printed(r#"["a", " b"]"#, None).lines(), r#"["a", " b"]"#);
    }

    #[test]
    fn files_are_addresses_one_a_line() {
        let list = r#"["https://replicate.delivery/a.png", "https://replicate.delivery/b.png"]"#;
        let lines = printed(list, None).lines();
        assert_eq!(
            lines,
            "https://replicate.delivery/a.png\nhttps://replicate.delivery/b.png"
        );
    }

    #[test]
    fn addresses_tell_the_files_where_the_schema_says_nothing() {
        let output = printed(
            r#""https://replicate.delivery/a.png""#,
            Some(json!({"title": "Output"})),
        );
        assert_eq!(output.files().len(), 1);
    }

    #[test]
    fn anything_else_keeps_its_bytes() {
        let text = r#"{"score": 1.0, "big": 1e3, "mesh": "https://replicate.delivery/m.glb"}"#;
        let output = printed(text, None);
        assert_eq!((output.lines().as_str(), output.files().len()), (text, 1));
        assert_eq!(printed("null", None).lines(), "null");
    }
}
