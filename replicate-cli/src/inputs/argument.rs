//! One argument of an input: `key=value`, `key:=json`, `key=@file`, `key=@-`, or a text alone.

use serde_json::Value;

use crate::error::CliError;
use crate::reader::{self, read_file};

/// One argument of an input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    /// A value for a key, or for a field inside of one (`a.b=value`).
    Pair { key: String, value: Literal },
    /// A value for the model's main input.
    Main(Literal),
}

/// A value as it was written, before the model's schema says what it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    /// Of that type already, whatever the schema says.
    Json(Value),
    File(String),
    Stdin {
        json: bool,
        content: Vec<u8>,
    },
}

impl Argument {
    pub(crate) fn literal_mut(&mut self) -> &mut Literal {
        match self {
            Self::Pair { value, .. } | Self::Main(value) => value,
        }
    }
}

impl Literal {
    /// Puts the content of standard input in its place, if this is what asks for it.
    pub(super) fn read_stdin(&mut self) -> Result<(), CliError> {
        if let Self::Stdin { json, content } = self {
            *content = reader::read_stdin()?;
            if *json {
                *self = Self::Json(json_of("standard input", content)?);
            }
        }
        Ok(())
    }
}

/// Parses one argument. A text with spaces before its first `=` is a text, and no key.
pub(crate) fn parse(text: &str) -> Result<Argument, CliError> {
    let Some((key, value)) = text.split_once('=') else {
        return Ok(Argument::Main(literal(text)));
    };
    let (key, json) = match key.strip_suffix(':') {
        Some(key) => (key, true),
        None => (key, false),
    };
    if !is_key(key) {
        return Ok(Argument::Main(literal(text)));
    }
    let value = if json {
        json_literal(key, value)?
    } else {
        literal(value)
    };
    Ok(Argument::Pair {
        key: key.to_owned(),
        value,
    })
}

/// A text, or what `@` stands for; `@@` is an `@` that is meant.
fn literal(text: &str) -> Literal {
    match text.strip_prefix('@') {
        None | Some("") => Literal::Text(text.to_owned()),
        Some("-") => Literal::Stdin {
            json: false,
            content: Vec::new(),
        },
        Some(rest) if rest.starts_with('@') => Literal::Text(rest.to_owned()),
        Some(path) => Literal::File(path.to_owned()),
    }
}

fn json_literal(key: &str, text: &str) -> Result<Literal, CliError> {
    match text.strip_prefix('@') {
        Some("-") => Ok(Literal::Stdin {
            json: true,
            content: Vec::new(),
        }),
        Some(path) => Ok(Literal::Json(json_of(
            &format!("`{path}`"),
            &read_file(path)?,
        )?)),
        None => match serde_json::from_str(text) {
            Ok(value) => Ok(Literal::Json(value)),
            Err(error) => Err(
                CliError::usage(format!("`{key}:={text}` holds no JSON: {error}"))
                    .hint(format!("for a text write {key}={text}")),
            ),
        },
    }
}

fn json_of(from: &str, content: &[u8]) -> Result<Value, CliError> {
    serde_json::from_slice(content)
        .map_err(|error| CliError::usage(format!("{from} holds no JSON: {error}")))
}

/// Whether this can be the key of an input: words joined by dots.
fn is_key(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    text.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pair(key: &str, value: Literal) -> Argument {
        Argument::Pair {
            key: key.to_owned(),
            value,
        }
    }

    fn text(text: &str) -> Literal {
        Literal::Text(text.to_owned())
    }

    #[test]
    fn each_form_is_told_from_the_others() {
        let stdin = |json| Literal::Stdin {
            json,
            content: Vec::new(),
        };
        for (written, expected) in [
            (
                "prompt=a red bicycle",
                pair("prompt", text("a red bicycle")),
            ),
            ("prompt=", pair("prompt", text(""))),
            ("prompt=a=b", pair("prompt", text("a=b"))),
            ("n:=3", pair("n", Literal::Json(json!(3)))),
            (r#"list:=["a"]"#, pair("list", Literal::Json(json!(["a"])))),
            (
                "image=@photo.jpg",
                pair("image", Literal::File("photo.jpg".to_owned())),
            ),
            ("image=@-", pair("image", stdin(false))),
            ("list:=@-", pair("list", stdin(true))),
            ("name=@@bob", pair("name", text("@bob"))),
            ("name=@", pair("name", text("@"))),
            ("a.b=1", pair("a.b", text("1"))),
            ("a red bicycle", Argument::Main(text("a red bicycle"))),
            ("what is 1+1=2?", Argument::Main(text("what is 1+1=2?"))),
            ("=x", Argument::Main(text("=x"))),
            (".a=x", Argument::Main(text(".a=x"))),
            (
                "@photo.jpg",
                Argument::Main(Literal::File("photo.jpg".to_owned())),
            ),
        ] {
            assert_eq!(parse(written).expect(written), expected);
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert!(parse("n:=three").is_err());
        assert!(parse("n:=").is_err());
    }
}
