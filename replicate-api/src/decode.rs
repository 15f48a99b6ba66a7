//! Answers that should be JSON: where they are not, and what can still be learnt from them.

use bytes::Bytes;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use crate::answer::Context;
use crate::error::{Error, ErrorKind};

/// Decodes the answer of a generated operation. What it answered comes along in its extensions.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) async fn response<T: DeserializeOwned>(
    mut response: reqwest::Response,
) -> Result<ResponseValue<T>, progenitor_client::Error<()>> {
    let context = response.extensions_mut().remove::<Context>();
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let body = response
        .bytes()
        .await
        .map_err(progenitor_client::Error::ResponseBodyError)?;
    match serde_json::from_slice(&body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(_) => {
            let error = failure::<T>(body, context.as_ref());
            Err(progenitor_client::Error::UnexpectedResponse(
                error.into_response(),
            ))
        }
    }
}

/// Decodes an answer.
pub(crate) fn decode<T: DeserializeOwned>(body: &Bytes, context: &Context) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|_| failure::<T>(body.clone(), Some(context)))
}

pub(crate) fn failure<T: DeserializeOwned>(body: Bytes, context: Option<&Context>) -> Error {
    let (path, why) = locate::<T>(&body);
    let message = match context.and_then(Context::foreign_content_type) {
        Some(content_type) => format!("the answer is {content_type}, not JSON"),
        None if path == "." => format!("the answer is not what the API describes: {why}"),
        None => format!("the answer is not what the API describes, at `{path}`: {why}"),
    };
    let id = context
        .filter(|context| !context.idempotent)
        .map(|_| created_id(&body));
    let mut error = Error::new(ErrorKind::Decode, message).with_undecoded(body, path);
    error = match id {
        Some(None) => error.into_outcome_unknown(),
        Some(id) => error.with_created_id(id),
        None => error,
    };
    match context {
        Some(context) => context.describe(error),
        None => error,
    }
}

/// Where the first misfit is, and what it is.
fn locate<T: DeserializeOwned>(body: &[u8]) -> (String, String) {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let result: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    match result {
        Err(error) => (
            error.path().to_string(),
            without_values(&error.inner().to_string()),
        ),
        Ok(_) => {
            let why = reader
                .end()
                .err()
                .map_or_else(String::new, |error| error.to_string());
            (".".to_owned(), why)
        }
    }
}

/// Takes out the value that serde repeats: it is the body's, and errors are logged.
fn without_values(message: &str) -> String {
    let Some(start) = message.find('"').or_else(|| message.find('`')) else {
        return message.to_owned();
    };
    let Some(end) = message.rfind(", expected ").filter(|end| *end > start) else {
        return message.to_owned();
    };
    format!("{}{}", message[..start].trim_end(), &message[end..])
}

/// The `id` of a JSON object that may be cut off or malformed after it. Ids inside nested
/// values are someone else's.
pub(crate) fn created_id(body: &[u8]) -> Option<String> {
    let mut depth = 0_u32;
    let mut at = 0;
    let mut key: Option<&[u8]> = None;
    while at < body.len() {
        match body[at] {
            b'"' => {
                let start = at + 1;
                let end = string_end(body, start)?;
                let text = &body[start..end];
                at = end;
                let follows = body[end + 1..]
                    .iter()
                    .find(|byte| !byte.is_ascii_whitespace());
                if depth == 1 && follows == Some(&b':') {
                    key = Some(text);
                } else if depth == 1 && key.take() == Some(b"id") {
                    return plain_id(text);
                }
            }
            b'{' | b'[' => {
                depth += 1;
                key = None;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => key = None,
            _ => {}
        }
        at += 1;
    }
    None
}

fn string_end(body: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < body.len() {
        match body[at] {
            b'\\' => at += 1,
            b'"' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn plain_id(text: &[u8]) -> Option<String> {
    let plain = (1..=128).contains(&text.len())
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    plain.then(|| String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_broken_answer_is_found_at_its_top_alone() {
        let id = |text: &str| created_id(text.as_bytes());
        assert_eq!(id(r#"{"id":"abc","status":"#).as_deref(), Some("abc"));
        assert_eq!(
            id(r#"{"input":{"id":"no"},"id" : "yes", oops"#).as_deref(),
            Some("yes")
        );
        assert_eq!(id(r#"{"a":"\"id\":\"no\"","b":"id"}"#), None);
        assert_eq!(id(r#"{"id":"cut"#), None);
        assert_eq!(id(r#"{"id":5,"x":"no"}"#), None);
        assert_eq!(id(r#"[{"id":"no"}]"#), None);
        assert_eq!(id(r#"{"id":"<script>"}"#), None);
        assert_eq!(id("<html>"), None);
        assert_eq!(id(r#"{"id":"abc\"#), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn a_misfit_is_told_with_its_path_and_without_its_value() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code, reason = "decoded alone")]
        struct Inner {
            count: u32,
        }
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code, reason = "decoded alone")]
        struct Outer {
            list: Vec<Inner>,
        }
        let (path, why) =
            locate::<Outer>(br#"{"list":[{"count":1},{"count":"my, expected \"secret"}]}"#);
        assert_eq!(path, "list[1].count");
        assert!(
            why.starts_with("invalid type: string, expected u32"),
            "{why}"
        );
        assert!(!why.contains("secret"), "{why}");

        let (path, why) = locate::<Outer>(br#"{"list":[]} trailing"#);
        assert_eq!(path, ".");
        assert!(why.starts_with("trailing characters"), "{why}");
    }
}
