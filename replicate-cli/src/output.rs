//! The output of a prediction, as it is printed.

use replicate::schema::OutputKind;
use replicate::types::Prediction;
use replicate::{Client, FileOutput};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Result;
use crate::schema::Schema;

/// An output in the form in which it is printed or saved.
#[derive(Debug)]
pub(crate) enum Printed {
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
) -> Result<Printed> {
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
    let line = |(name, value): (&String, &Value)| format!("{name}: {value}");
    metrics.into_iter().flatten().map(line).collect()
}

impl Printed {
    pub(crate) fn lines(&self) -> String {
        match self {
            Self::Text(text) | Self::Json(text, _) => text.clone(),
            Self::Files(files) => {
                let urls: Vec<&str> = files.iter().map(FileOutput::url).collect();
                urls.join("\n")
            }
        }
    }

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
    fn output_is_text_urls_or_its_json_by_schema_and_value() {
        let text = "https://example.com is a site";
        let string = json!({"type": "string"});
        let words = json!({"type": "array", "items": {"type": "string"}, "x-cog-array-display": "concatenate"});
        let urls = "https://replicate.delivery/a.png\nhttps://replicate.delivery/b.png";
        let (a, b) = urls.split_once('\n').expect("two");
        let (one, list) = (json!(a).to_string(), json!([a, b]).to_string());
        let other = r#"{"score": 1.0, "big": 1e3, "mesh": "https://replicate.delivery/m.glb"}"#;
        for (output, form, lines, files) in [
            (r#""hello Alice""#, None, "hello Alice", 0),
            (&json!(text).to_string(), Some(string), text, 0),
            // A list is joined only if the schema says so.
            (r#"["a", " b"]"#, Some(words), "a b", 0),
            (r#"["a", " b"]"#, None, r#"["a", " b"]"#, 0),
            (&list, None, urls, 2),
            (&one, Some(json!({"title": "Output"})), a, 1),
            // Other JSON keeps its bytes.
            (other, None, other, 1),
            ("null", None, "null", 0),
        ] {
            let printed = printed(output, form);
            assert_eq!(
                (printed.lines().as_str(), printed.files().len()),
                (lines, files)
            );
        }
    }

    #[test]
    fn metrics_that_are_not_an_object_are_left_out() {
        assert_eq!(metrics(br#"{"metrics": {"n": 1.50}}"#), ["n: 1.5"]);
        assert!(metrics(br#"{"metrics": []}"#).is_empty());
    }
}
