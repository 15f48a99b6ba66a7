//! One input argument: `key=value`, `key:=json`, `key=@file`, `key=@-`, or text without a key.

use std::ffi::OsStr;
use std::path::PathBuf;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{CliError, Result};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    /// A key, or a field inside of one (`a.b`); `None` for the model's main input.
    pub(crate) key: Option<String>,
    pub(crate) value: Literal,
}

/// A value before it is typed by the model's schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    /// Typed by `:=`, independent of the schema.
    Json(Value),
    JsonFile(PathBuf),
    File(PathBuf),
    /// Content of a pipe, a device or standard input.
    Content {
        content: Bytes,
        name: String,
    },
    Stdin {
        json: bool,
    },
    /// The value of an environment variable, which is never shown.
    Env(String),
    /// The value that a template was filled with.
    Filled(Value),
}

impl Argument {
    pub(crate) fn pair(key: &str, value: Literal) -> Self {
        let key = Some(key.to_owned());
        Self { key, value }
    }

    fn main(value: Literal) -> Self {
        Self { key: None, value }
    }
}

impl Literal {
    /// The content of standard input, which must not be empty.
    pub(super) fn from_stdin(content: Vec<u8>) -> Result<Self> {
        if content.is_empty() {
            return Err(CliError::usage("standard input is empty"));
        }
        Ok(Self::Content {
            content: content.into(),
            name: "-".to_owned(),
        })
    }
}

/// Parses one argument. Text with spaces before its first `=` has no key. Only the name of a
/// file may be other than UTF-8.
pub(crate) fn parse(text: &OsStr) -> Result<Argument> {
    match text.to_str() {
        Some(text) => parse_text(text),
        None => parse_path(text)
            .ok_or_else(|| CliError::usage(format!("`{}` is not UTF-8 text", text.display()))),
    }
}

fn parse_text(text: &str) -> Result<Argument> {
    let Some((key, value)) = text.split_once('=') else {
        return Ok(Argument::main(literal("", text)?));
    };
    let (key, is_json) = match key.strip_suffix(':') {
        Some(key) => (key, true),
        None => (key, false),
    };
    if !is_key(key) {
        return Ok(Argument::main(literal("", text)?));
    }
    let value = match is_json {
        true => json_literal(key, value)?,
        false => literal(&format!("{key}="), value)?,
    };
    Ok(Argument::pair(key, value))
}

/// `key=@PATH` or `@PATH`, whose path is not UTF-8.
#[cfg(unix)]
fn parse_path(text: &OsStr) -> Option<Argument> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = text.as_bytes();
    let file = |path: &[u8]| Literal::File(OsStr::from_bytes(path).into());
    if let Some(path) = bytes.strip_prefix(b"@") {
        return Some(Argument::main(file(path)));
    }
    let at = bytes.windows(2).position(|pair| pair == b"=@")?;
    let key = std::str::from_utf8(&bytes[..at]).ok()?;
    is_key(key).then(|| Argument::pair(key, file(&bytes[at + 2..])))
}

#[cfg(not(unix))]
fn parse_path(_text: &OsStr) -> Option<Argument> {
    None
}

/// Parses a value: `@FILE`, `@-`, `@env:NAME`, or text, in which `@@` is a literal `@` at the
/// start. `written` is what stands before it.
fn literal(written: &str, text: &str) -> Result<Literal> {
    Ok(match text.strip_prefix('@') {
        None => Literal::Text(text.to_owned()),
        Some("") => {
            return Err(
                CliError::usage(format!("missing file name after `{written}@`")).hint(format!(
                    "if it comes from a shell variable, that is empty; for the text @, write {written}@@"
                )),
            );
        }
        Some("-") => Literal::Stdin { json: false },
        Some(rest) if rest.starts_with('@') => Literal::Text(rest.to_owned()),
        Some(rest) => match rest.strip_prefix("env:") {
            Some(name) => Literal::Env(name.to_owned()),
            None => Literal::File(rest.into()),
        },
    })
}

fn json_literal(key: &str, text: &str) -> Result<Literal> {
    match text.strip_prefix('@') {
        Some("-") => Ok(Literal::Stdin { json: true }),
        Some("") => literal(&format!("{key}:="), text),
        Some(path) => Ok(Literal::JsonFile(path.into())),
        None => match serde_json::from_str(text) {
            Ok(value) => Ok(Literal::Json(value)),
            Err(error) => Err(
                CliError::usage(format!("invalid JSON in `{key}:={text}`: {error}"))
                    .hint(format!("for text, write {key}={text}")),
            ),
        },
    }
}

/// Parses JSON that was read from what `from` names.
pub(super) fn json(from: &str, content: &[u8]) -> Result<Value> {
    serde_json::from_slice(content)
        .map_err(|error| CliError::usage(format!("invalid JSON in {from}: {error}")))
}

/// Whether this can be the key of an input: words joined by dots.
fn is_key(text: &str) -> bool {
    let is_word = |word: &str| {
        let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        !word.is_empty() && !word.starts_with('-') && word.chars().all(is_inside)
    };
    text.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_form_is_parsed() {
        let text = |text: &str| Literal::Text(text.to_owned());
        let photo = || Literal::File("photo.jpg".into());
        for (written, key, value) in [
            ("prompt=a red bicycle", "prompt", text("a red bicycle")),
            ("prompt=", "prompt", text("")),
            ("prompt=a=b", "prompt", text("a=b")),
            ("n:=3", "n", Literal::Json(json!(3))),
            (r#"list:=["a"]"#, "list", Literal::Json(json!(["a"]))),
            ("list:=@l.json", "list", Literal::JsonFile("l.json".into())),
            ("image=@photo.jpg", "image", photo()),
            ("image=@-", "image", Literal::Stdin { json: false }),
            ("list:=@-", "list", Literal::Stdin { json: true }),
            ("key=@env:NAME", "key", Literal::Env("NAME".to_owned())),
            ("name=@@bob", "name", text("@bob")),
            ("a.b=1", "a.b", text("1")),
        ] {
            let expected = Argument::pair(key, value);
            assert_eq!(parse(OsStr::new(written)).expect(written), expected);
        }
        for (written, value) in [
            ("a red bicycle", text("a red bicycle")),
            ("what is 1+1=2?", text("what is 1+1=2?")),
            ("=x", text("=x")),
            ("--prompt=x", text("--prompt=x")),
            (".a=x", text(".a=x")),
            ("@photo.jpg", photo()),
        ] {
            let expected = Argument::main(value);
            assert_eq!(parse(OsStr::new(written)).expect(written), expected);
        }
    }

    #[test]
    fn invalid_json_and_a_missing_file_name_are_rejected() {
        for written in ["n:=three", "n:=", "image=@", "@", "list:=@"] {
            assert!(parse(OsStr::new(written)).is_err(), "{written}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn file_name_may_be_other_than_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let written = OsStr::from_bytes(b"image=@\xff.png");
        let path = OsStr::from_bytes(b"\xff.png").into();
        assert_eq!(
            parse(written).expect("a file"),
            Argument::pair("image", Literal::File(path))
        );
        assert!(parse(OsStr::from_bytes(b"prompt=\xff")).is_err());
    }
}
