//! The output of a prediction, as it is printed.

use replicate::schema::OutputKind;
use replicate::types::Prediction;
use replicate::{Client, FileOutput};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::CliError;
use crate::schema::Schema;

/// An output in the form in which it is printed or saved.
#[derive(Debug)]
pub(crate) enum Printed {
    /// Text, joined.
    Text(String),
    /// Files, and nothing else.
    Files(Vec<FileOutput>),
    /// Any other JSON, as the API sent it, and the files in it.
    Json(String, Vec<FileOutput>),
}

/// The output of a prediction. `body` is the response that the prediction was decoded from.
pub(crate) fn from_prediction(
    client: &Client,
    prediction: &Prediction,
    body: &[u8],
    schema: Option<&Schema>,
) -> Result<Printed, CliError> {
    let mut output = client.output(prediction)?;
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
            if schema.is_some_and(|schema| schema.output().kind() == OutputKind::StreamedText) =>
        {
            match output.text() {
                Ok(text) => Printed::Text(text),
                Err(_) => Printed::Json(raw_output(body, output.value()), files),
            }
        }
        _ => Printed::Json(raw_output(body, output.value()), files),
    })
}

/// The output's JSON as the API sent it; `value` written again where the body cannot be read.
fn raw_output(body: &[u8], value: &Value) -> String {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        output: Option<&'a RawValue>,
    }
    match serde_json::from_slice::<Body<'_>>(body) {
        Ok(Body { output: Some(raw) }) => raw.get().to_owned(),
        _ => value.to_string(),
    }
}

/// The metrics of a prediction, one a line. Metrics that are not an object are left out.
pub(crate) fn metrics(body: &[u8]) -> Vec<String> {
    #[derive(Default, Deserialize)]
    struct Body {
        metrics: Option<Value>,
    }
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let metrics = body.metrics.as_ref().and_then(Value::as_object);
    metrics
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect()
}

impl Printed {
    /// The text for standard output.
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
        let prediction = serde_json::from_str(&body).expect("a prediction");
        from_prediction(&client, &prediction, body.as_bytes(), schema.as_ref()).expect("an output")
    }

    #[test]
    fn string_is_text_with_and_without_a_schema() {
        assert_eq!(printed(r#""hello Alice""#, None).lines(), "hello Alice");
        let text = "https://example.com is a site";
        assert_eq!(
            printed(&json!(text).to_string(), Some(json!({"type": "string"}))).lines(),
            text
        );
    }

    #[test]
    fn list_is_joined_only_if_the_schema_says_so() {
        let words = json!({"type": "array", "items": {"type": "string"}, "x-cog-array-display": "concatenate"});
        assert_eq!(printed(r#"["a", " b"]"#, Some(words)).lines(), "a b");
        assert_eq!(printed(r#"["a", " b"]"#, None).lines(), r#"["a", " b"]"#);
    }

    #[test]
    fn files_are_printed_as_urls_one_a_line() {
        let list = r#"["https://replicate.delivery/a.png", "https://replicate.delivery/b.png"]"#;
        let lines = printed(list, None).lines();
        assert_eq!(
            lines,
            "https://replicate.delivery/a.png\nhttps://replicate.delivery/b.png"
        );
    }

    #[test]
    fn urls_identify_files_if_the_schema_does_not() {
        let output = printed(
            r#""https://replicate.delivery/a.png""#,
            Some(json!({"title": "Output"})),
        );
        assert_eq!(output.files().len(), 1);
    }

    #[test]
    fn other_json_keeps_its_bytes() {
        let text = r#"{"score": 1.0, "big": 1e3, "mesh": "https://replicate.delivery/m.glb"}"#;
        let output = printed(text, None);
        assert_eq!((output.lines().as_str(), output.files().len()), (text, 1));
        assert_eq!(printed("null", None).lines(), "null");
    }

    #[test]
    fn metrics_that_are_not_an_object_are_left_out() {
        assert_eq!(metrics(br#"{"metrics": {"n": 1.50}}"#), ["n: 1.5"]);
        assert!(metrics(br#"{"metrics": []}"#).is_empty());
    }
}
