use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The API's description of a failed request: the [problem details of RFC 9457][RFC 9457],
/// read as far as possible.
///
/// [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProblemDetails {
    /// A short name for this kind of failure.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Explanation of this occurrence.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The status, as the document repeats it.
    #[serde(deserialize_with = "status", skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// A URI that identifies this kind of failure.
    #[serde(
        rename = "type",
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// The fields that were rejected; the API lists them with 422.
    #[serde(
        deserialize_with = "invalid_fields",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub invalid_fields: Vec<InvalidField>,
    /// Every other member.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One field that the API rejected.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InvalidField {
    /// Where the field is, such as `input.prompt`.
    pub field: String,
    /// Description of the problem.
    pub description: String,
    /// The rule that it breaks, such as `required`.
    #[serde(rename = "type")]
    pub rule: String,
    /// Every other member.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ProblemDetails {
    /// Reads a body that is a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Changes every string, such as to redact a secret that the server repeats.
    pub(crate) fn map_strings(&mut self, change: &impl Fn(String) -> String) {
        for text in [&mut self.title, &mut self.detail, &mut self.kind] {
            *text = text.take().map(change);
        }
        for field in &mut self.invalid_fields {
            for text in [&mut field.field, &mut field.description, &mut field.rule] {
                *text = change(std::mem::take(text));
            }
            map_members(&mut field.extra, change);
        }
        map_members(&mut self.extra, change);
    }

    /// The sentence that says most.
    pub(crate) fn summary(&self) -> Option<&str> {
        let extra = |name: &str| self.extra.get(name)?.as_str();
        let detail = self.detail.as_deref();
        detail
            .or_else(|| extra("error"))
            .or_else(|| extra("message"))
            .or(self.title.as_deref())
    }
}

fn map_members(members: &mut Map<String, Value>, change: &impl Fn(String) -> String) {
    let old = std::mem::take(members);
    members.extend(old.into_iter().map(|(name, mut value)| {
        map_value(&mut value, change);
        (change(name), value)
    }));
}

/// Recursion is as deep as serde_json reads.
fn map_value(value: &mut Value, change: &impl Fn(String) -> String) {
    match value {
        Value::String(text) => *text = change(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(|item| map_value(item, change)),
        Value::Object(members) => map_members(members, change),
        _ => {}
    }
}

/// A text; some bodies hold a list or an object in its place.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    })
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().and_then(|status| status.try_into().ok()))
}

fn invalid_fields<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<InvalidField>, D::Error> {
    let Value::Array(fields) = Value::deserialize(deserializer)? else {
        return Ok(Vec::new());
    };
    Ok(fields
        .into_iter()
        .filter_map(|field| serde_json::from_value(field).ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_document_is_read_with_its_fields() {
        let problem = ProblemDetails::read(
            br#"{"title":"Invalid","detail":"no prompt","status":422,"more":[1],
                "invalid_fields":[{"type":"required","field":"input.prompt","description":"prompt is required"}]}"#,
        )
        .unwrap();
        assert_eq!(problem.title.as_deref(), Some("Invalid"));
        assert_eq!(problem.detail.as_deref(), Some("no prompt"));
        assert_eq!(problem.status, Some(422));
        assert_eq!(problem.invalid_fields[0].field, "input.prompt");
        assert_eq!(problem.invalid_fields[0].rule, "required");
        assert_eq!(problem.extra["more"], serde_json::json!([1]));
    }

    #[test]
    fn odd_members_lose_nothing_and_fail_nothing() {
        let problem = ProblemDetails::read(
            br#"{"detail":["a","b"],"status":"x","invalid_fields":[3,{"field":"f"}]}"#,
        )
        .unwrap();
        assert_eq!(problem.detail.as_deref(), Some(r#"["a","b"]"#));
        assert_eq!(problem.status, None);
        assert_eq!(problem.invalid_fields.len(), 1);
        assert_eq!(ProblemDetails::read(b"<html>"), None);
        assert_eq!(ProblemDetails::read(b"[3]"), None);
        let problem = ProblemDetails::read(br#"{"error":"broken"}"#).unwrap();
        assert_eq!(problem.summary(), Some("broken"));
    }
}
