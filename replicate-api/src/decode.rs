//! Decodes JSON: fast where it fits its type, and as far as possible where it does not.

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{Error, ErrorKind};
use crate::response::ResponseContext;

mod repair;

use repair::{Change, Step};

/// Maximum number of times that a value is removed and decoding repeated.
const MAX_REPAIRS: usize = 16;

/// Decodes JSON that the API sent, in a response or a webhook, so that a field of an unexpected
/// type does not hide the others.
///
/// Where an optional field does not fit its type, it is left out, with a warning in the trace;
/// in a list, this happens within the item, and a `null` in a list is left out. At most 16
/// such fields are left out; the same one in every item of a list counts once. An integer may
/// be written as `3.0`. An `error` or `logs` that is not a string is kept as its JSON text.
///
/// ```
/// use replicate_api::types::Prediction;
///
/// let body = br#"{"id": "gm3qorzdhgbf", "status": "failed", "error": {"code": 7}, "metrics": []}"#;
/// let prediction: Prediction = replicate_api::decode(&body[..].into())?;
/// assert_eq!(prediction.id, "gm3qorzdhgbf");
/// # Ok::<(), replicate_api::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Decode`] with the path and the body, when the body is not JSON, or when an
/// `id`, `status` or `output` cannot be read, or `results` is not a list.
pub fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    lenient(body, |path| path).map_err(|misfit| misfit.into_error(body, None))
}

/// Decodes a response, and describes it in the error.
pub(crate) fn decode_response<T: DeserializeOwned>(
    body: &Bytes,
    context: &ResponseContext,
) -> Result<T, Error> {
    lenient(body, |path| context.secrets.redact_text(path))
        .map_err(|misfit| misfit.into_error(body, Some(context)))
}

/// Why and where JSON does not fit its type.
struct Misfit {
    path: String,
    reason: String,
}

impl Misfit {
    fn into_error(self, body: &Bytes, context: Option<&ResponseContext>) -> Error {
        let Self { path, reason } = self;
        let message = match context.and_then(ResponseContext::foreign_content_type) {
            Some(content_type) => format!("the response is {content_type}, not JSON"),
            None if path == "." => format!("unexpected response body: {reason}"),
            None => format!("unexpected response body at `{path}`: {reason}"),
        };
        let error = Error::new(ErrorKind::Decode, message)
            .with_whole_body(body.clone())
            .with_path(path);
        let Some(context) = context else { return error };
        let error = match (context.idempotent, created_id(body)) {
            (true, _) => error,
            (false, None) => error.into_outcome_unknown(),
            (false, id) => error.with_created_id(id),
        };
        context.describe(error)
    }
}

/// Decodes; where that fails, removes what does not fit and tries again.
fn lenient<T: DeserializeOwned>(
    body: &[u8],
    redact: impl Fn(String) -> String,
) -> Result<T, Misfit> {
    // Checked as a whole, its encoding takes less time than string by string.
    let text = std::str::from_utf8(body);
    if let Ok(Ok(value)) = text.map(serde_json::from_str) {
        return Ok(value);
    }
    // Only what is JSON by its grammar and encoding can be repaired.
    let repairable = text.is_ok() && serde_json::from_slice::<IgnoredAny>(body).is_ok();
    let mut repaired: Option<Vec<u8>> = None;
    let mut repairs = 0;
    loop {
        let text = repaired.as_deref().unwrap_or(body);
        let failure = match located::<T>(text) {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        let next = match repairable && repairs < MAX_REPAIRS {
            true => failure.repaired(text),
            false => None,
        };
        let Some(next) = next else {
            return Err(failure.misfit);
        };
        tracing::warn!(
            target: "replicate_api",
            path = redact(failure.misfit.path),
            reason = failure.misfit.reason,
            "left out a value of an unexpected type"
        );
        repaired = Some(next);
        repairs += 1;
    }
}

/// A failed attempt to decode.
struct Failure {
    misfit: Misfit,
    path: Option<Vec<Step>>,
    /// serde's message, with the value.
    message: String,
}

fn located<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let message = error.inner().to_string();
        let misfit = Misfit {
            path: shown(error.path()),
            reason: without_values(&message),
        };
        let path = repair::steps(error.path());
        Failure {
            misfit,
            path,
            message,
        }
    })?;
    reader.end().map_err(|error| {
        let message = error.to_string();
        let misfit = Misfit {
            path: ".".to_owned(),
            reason: message.clone(),
        };
        let path = None;
        Failure {
            misfit,
            path,
            message,
        }
    })?;
    Ok(value)
}

/// A path as errors show it. Its end is not known where a key could not be read.
fn shown(path: &serde_path_to_error::Path) -> String {
    let text = path.to_string();
    let known = text.strip_suffix('?').unwrap_or(&text);
    match known.strip_suffix('.').unwrap_or(known) {
        "" => ".".to_owned(),
        known => known.to_owned(),
    }
}

impl Failure {
    /// The text without what failed; `None` where that must not go.
    fn repaired(&self, text: &[u8]) -> Option<Vec<u8>> {
        let path = self.path.as_deref()?;
        let (item, field) = split_at_item(path);
        let value = text.get(repair::value_at(text, path)?)?;
        if field.is_empty() {
            // The body, or an item of its list, cannot be read at all.
            let null_item = matches!(path, [.., Step::Index(_)]) && value == b"null";
            return null_item.then(|| self.change(path, Change::Remove, text))?;
        }
        let Some(Step::Key(name)) = field.first() else {
            return None;
        };
        match name.as_str() {
            "id" | "status" | "output" => return None,
            "results" if item.is_empty() && field.len() == 1 => return None,
            "error" | "logs" => {
                let whole = &path[..=item.len()];
                let value = text.get(repair::value_at(text, whole)?)?;
                let change = match value.first()? {
                    b'"' | b'n' => Change::Remove,
                    _ => Change::Text,
                };
                return self.change(whole, change, text);
            }
            _ => {}
        }
        if self.message.starts_with("invalid type: floating point") {
            return self.change(path, Change::Integer, text);
        }
        let path = match self.is_inside_untyped() || name == "input" {
            true => field_of(path, item.len()),
            false => path,
        };
        self.change(path, Change::Remove, text)
    }

    fn change(&self, path: &[Step], change: Change, text: &[u8]) -> Option<Vec<u8>> {
        let same_type = self.message.starts_with("invalid type");
        repair::repair(text, path, change, same_type)
    }

    /// Whether only a part of a free-form value was reached, so that the whole goes.
    fn is_inside_untyped(&self) -> bool {
        self.message.starts_with("recursion limit")
    }
}

/// Splits a path behind the place of the object that a response is about: the body itself, or
/// an item of the body's list or of its `results`.
fn split_at_item(path: &[Step]) -> (&[Step], &[Step]) {
    let length = match path {
        [Step::Index(_), ..] => 1,
        [Step::Key(name), Step::Index(_), ..] if name == "results" => 2,
        _ => 0,
    };
    path.split_at(length)
}

/// The start of a path up to the first field behind `from` that is not a list of objects.
fn field_of(path: &[Step], from: usize) -> &[Step] {
    let mut at = from;
    while let [Step::Key(_), Step::Index(_), Step::Key(_), ..] = path[at..] {
        at += 2;
    }
    &path[..=at]
}

/// Removes the value that serde repeats: it is the user's, and errors are logged.
fn without_values(message: &str) -> String {
    let Some(start) = message.find('"').or_else(|| message.find('`')) else {
        return message.to_owned();
    };
    let Some(end) = message.rfind(", expected ").filter(|end| *end > start) else {
        return message.to_owned();
    };
    format!("{}{}", message[..start].trim_end(), &message[end..])
}

/// The `id` of a JSON object that may be truncated or malformed after it. Ids inside nested
/// values are not considered.
pub(crate) fn created_id(body: &[u8]) -> Option<String> {
    let mut depth = 0_u32;
    let mut follows_id = false;
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        let mut end = at + 1;
        match byte {
            b'"' => {
                end = repair::string_end(body, at)?;
                let text = &body[at + 1..end - 1];
                let mut rest = body[end..].iter();
                let is_key = rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                if depth == 1 && is_key {
                    follows_id = text == b"id";
                } else if depth == 1 && follows_id {
                    return plain_id(text);
                }
            }
            b'{' | b'[' => {
                depth += 1;
                follows_id = false;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => follows_id = false,
            // A malformed response may have anything here.
            _ => {}
        }
        at = end;
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
mod tests;
