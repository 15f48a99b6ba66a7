//! `{{.output[0]}}`: what an earlier command printed as JSON, put into an input.

use serde_json::Value;

use super::argument::{Argument, Literal};
use crate::error::CliError;
use crate::reader;

const OPEN: &str = "{{.";
const CLOSE: &str = "}}";

/// Fills the templates of all arguments from the JSON on standard input. Without any there, or
/// where standard input is no pipe or file, `{{` is text.
pub(super) fn fill(arguments: &mut [Argument]) -> Result<(), CliError> {
    let mut texts: Vec<&mut Literal> = arguments
        .iter_mut()
        .map(Argument::literal_mut)
        .filter(|literal| matches!(literal, Literal::Text(text) if text.contains(OPEN)))
        .collect();
    if texts.is_empty() || !reader::is_pipe_or_file() {
        return Ok(());
    }
    let Ok(json @ (Value::Object(_) | Value::Array(_))) =
        serde_json::from_slice(&reader::read_stdin()?)
    else {
        return Ok(());
    };
    for literal in &mut texts {
        if let Literal::Text(text) = literal {
            **literal = filled(text, &json)?;
        }
    }
    Ok(())
}

/// The text with every template in it filled. A text that is one template, and nothing else,
/// takes the value as it is.
fn filled(text: &str, json: &Value) -> Result<Literal, CliError> {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, template)) = rest.split_once(OPEN) {
        let Some((path, after)) = template.split_once(CLOSE) else {
            break;
        };
        let Some(steps) = steps(path) else {
            // Not of this form, so it is text.
            done.extend([before, OPEN]);
            rest = template;
            continue;
        };
        let value = find(json, &steps).ok_or_else(|| missing(path))?;
        if before.is_empty() && after.is_empty() && done.is_empty() {
            return Ok(match value {
                Value::String(text) => Literal::Text(text.clone()),
                value => Literal::Json(value.clone()),
            });
        }
        done.push_str(before);
        match value {
            Value::String(text) => done.push_str(text),
            value => done.push_str(&value.to_string()),
        }
        rest = after;
    }
    done.push_str(rest);
    Ok(Literal::Text(done))
}

fn missing(path: &str) -> CliError {
    CliError::usage(format!(
        "the JSON on standard input has no `{path}`, which {{{{.{path}}}}} asks for"
    ))
    .hint("print the earlier prediction whole: replicate run --json ...")
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The steps of a path such as `output[0].url`; none where it is no path.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.trim().split('.') {
        let (key, mut indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        let is_key = key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !is_key || (key.is_empty() && indices.is_empty()) {
            return None;
        }
        if !key.is_empty() {
            steps.push(Step::Key(key));
        }
        while !indices.is_empty() {
            let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Index(index.parse().ok()?));
            indices = rest;
        }
    }
    Some(steps)
}

fn find<'a>(json: &'a Value, steps: &[Step<'_>]) -> Option<&'a Value> {
    steps.iter().try_fold(json, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fill_one(text: &str) -> Literal {
        let prediction = json!({
            "id": "abc",
            "output": ["https://a.example/0.png", "https://a.example/1.png"],
            "metrics": {"predict_time": 1.5},
        });
        filled(text, &prediction).expect(text)
    }

    #[test]
    fn a_template_takes_what_the_path_leads_to() {
        assert_eq!(
            fill_one("{{.output[0]}}"),
            Literal::Text("https://a.example/0.png".into())
        );
        assert_eq!(fill_one("id {{.id}}!"), Literal::Text("id abc!".into()));
        assert_eq!(
            fill_one("{{.metrics.predict_time}}"),
            Literal::Json(json!(1.5))
        );
        assert_eq!(fill_one("{{.id}}{{.id}}"), Literal::Text("abcabc".into()));
    }

    #[test]
    fn what_is_no_template_stays() {
        for text in [
            "{{x}}",
            "{{.}",
            "{{. }} x",
            "{{.a b}}",
            "{{.output[x]}}",
            "a {{",
        ] {
            assert_eq!(fill_one(text), Literal::Text(text.into()), "{text}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error() {
        assert!(filled("{{.outputs[0]}}", &json!({"output": []})).is_err());
    }
}
