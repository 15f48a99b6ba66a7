//! Templates such as `{{.output[0]}}`, filled from what an earlier command printed.

use serde_json::{Value, json};

use super::Stdin;
use super::argument::{Argument, Literal};
use crate::error::{CliError, Result};
use crate::reader::{self, stdin_for};
use crate::session::Session;

/// Fills the arguments whose whole value is a template, from standard input: a prediction's
/// JSON, or what `run` prints. Text that merely contains `{{` is text.
pub(super) async fn fill(
    session: &Session,
    arguments: &mut [Argument],
    stdin: &mut Stdin,
) -> Result<()> {
    let mut templates: Vec<(&mut Literal, Template)> = arguments
        .iter_mut()
        .map(|argument| &mut argument.value)
        .filter_map(|literal| {
            let template = match &*literal {
                Literal::Text(text) => Template::parse(text)?,
                _ => return None,
            };
            Some((literal, template))
        })
        .collect();
    let Some((_, first)) = templates.first() else {
        return Ok(());
    };
    let written = first.written.clone();
    stdin.take()?;
    let content = match reader::stdin_is_pipe_or_file() {
        true => stdin_for(session, &format!("`{written}`")).await?,
        false => Vec::new(),
    };
    if content.trim_ascii().is_empty() {
        let message = format!("standard input is empty, and `{written}` is filled from it");
        return Err(CliError::usage(message)
            .hint("pipe a run into this command; for the text itself, pass it by -i FILE"));
    }
    let earlier = Earlier::read(content)?;
    for (literal, template) in &mut templates {
        **literal = Literal::Filled(template.find(&earlier)?);
    }
    Ok(())
}

#[derive(Debug)]
struct Template {
    written: String,
    pointer: String,
}

impl Template {
    /// Parses `{{.output[0].url}}`, in which spaces may stand inside the braces.
    fn parse(text: &str) -> Option<Self> {
        let path = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
        Some(Self {
            written: text.trim().to_owned(),
            pointer: pointer(path.strip_prefix('.')?)?,
        })
    }

    fn find(&self, earlier: &Earlier) -> Result<Value> {
        let line = self
            .pointer
            .strip_prefix("/output/")
            .and_then(|line| line.parse().ok());
        let found = match (&earlier.lines, line) {
            (Some(lines), Some(line)) => lines.get::<usize>(line),
            _ => earlier.json.pointer(&self.pointer),
        };
        found.filter(|value| !value.is_null()).cloned().ok_or_else(|| {
            let message = format!("what came on standard input has nothing at `{}`", self.written);
            CliError::usage(message).hint(
                "run the earlier command alone to see what it prints; with --json it prints the whole prediction",
            )
        })
    }
}

/// Output of an earlier command.
#[derive(Debug)]
struct Earlier {
    json: Value,
    /// The lines of text that is not JSON.
    lines: Option<Vec<Value>>,
}

impl Earlier {
    /// An object with an id and a status is a prediction; other JSON is an output itself, and so
    /// is text.
    fn read(content: Vec<u8>) -> Result<Self> {
        let text = String::from_utf8(content).map_err(|_| {
            CliError::usage("standard input is not UTF-8 text")
                .hint("a file is passed on by its URL, or as key=@-")
        })?;
        let json = match serde_json::from_str(&text) {
            Ok(json @ (Value::Object(_) | Value::Array(_))) => json,
            _ => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                return Ok(Self {
                    json: json!({"output": text}),
                    lines: Some(text.lines().map(Value::from).collect()),
                });
            }
        };
        let text_at = |key: &str| json.get(key).and_then(Value::as_str);
        match (text_at("id"), text_at("status")) {
            (Some(_), Some("succeeded")) => Ok(Self { json, lines: None }),
            (Some(id), Some(status)) => Err(CliError::usage(format!(
                "prediction {id} on standard input has not succeeded; its status is {status}"
            ))),
            _ => Ok(Self {
                json: json!({"output": json}),
                lines: None,
            }),
        }
    }
}

/// The JSON pointer of a path such as `output[0].url`; `None` if it is not one.
fn pointer(path: &str) -> Option<String> {
    let mut pointer = String::new();
    for part in path.split('.') {
        let (key, mut indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if !key.chars().all(is_inside) || part.is_empty() {
            return None;
        }
        if !key.is_empty() {
            pointer.extend(["/", key]);
        }
        while !indices.is_empty() {
            let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
            let index: usize = index.trim().parse().ok()?;
            pointer.push_str(&format!("/{index}"));
            indices = rest;
        }
    }
    Some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, earlier: &str) -> Result<Value> {
        let template = Template::parse(text).expect(text);
        template.find(&Earlier::read(earlier.into())?)
    }

    const PREDICTION: &str = r#"{"id": "abc", "status": "succeeded", "output": ["https://a.example/0.png", "b"],
        "metrics": {"predict_time": 1.5}}"#;

    #[test]
    fn template_is_replaced_by_the_value_at_its_path() {
        for (text, value) in [
            ("{{.output[0]}}", json!("https://a.example/0.png")),
            ("{{ .output[1] }}", json!("b")),
            ("{{.id}}", json!("abc")),
            ("{{.metrics.predict_time}}", json!(1.5)),
        ] {
            assert_eq!(filled(text, PREDICTION).expect(text), value);
        }
    }

    #[test]
    fn printed_text_and_urls_are_outputs() {
        let urls = "https://a.example/0.png\nhttps://a.example/1.png\n";
        for (text, earlier, value) in [
            ("{{.output[1]}}", urls, json!("https://a.example/1.png")),
            ("{{.output}}", "two\nlines\n", json!("two\nlines")),
            ("{{.output[0]}}", "two\nlines\n", json!("two")),
            ("{{.output}}", "42\n", json!("42")),
            ("{{.output[0]}}", r#"["a", "b"]"#, json!("a")),
            ("{{.output.score}}", r#"{"score": 2}"#, json!(2)),
        ] {
            assert_eq!(filled(text, earlier).expect(text), value, "{earlier}");
        }
    }

    #[test]
    fn text_that_contains_a_template_is_text() {
        for text in [
            "{{x}}",
            "{{.}",
            "a {{.output}}",
            "{{.a b}}",
            "{{.output[x]}}",
            "{{",
            "{{}}",
        ] {
            assert!(Template::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn template_without_a_value_is_an_error() {
        let failed = r#"{"id": "a", "status": "failed", "output": null}"#;
        let empty = r#"{"id": "a", "status": "succeeded", "output": null}"#;
        for (text, earlier) in [
            ("{{.outputs[0]}}", PREDICTION),
            ("{{.output[2]}}", PREDICTION),
            ("{{.output[0]}}", failed),
            ("{{.output}}", empty),
            ("{{.output[1]}}", "one line\n"),
            ("{{.id}}", "text\n"),
        ] {
            assert!(filled(text, earlier).is_err(), "{text} {earlier}");
        }
    }
}
