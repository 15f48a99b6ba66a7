use serde::Deserialize;
use serde_json::{Map, Value};

/// What the API says about a request that failed: a [problem document][RFC 9457], read as far
/// as it can be.
///
/// [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// A short name for this kind of failure.
    pub title: Option<String>,
    /// What went wrong this time.
    pub detail: Option<String>,
    /// The status, as the document repeats it.
    pub status: Option<u16>,
    /// An address that stands for this kind of failure.
    pub kind: Option<String>,
    /// The fields that were refused; the API lists them with 422.
    pub invalid_fields: Vec<InvalidField>,
    /// Every other member.
    pub extra: Map<String, Value>,
}

/// One field that the API refused.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InvalidField {
    /// Where the field is, such as `input.prompt`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
    /// The rule that it breaks, such as `required`.
    #[serde(rename = "type")]
    pub rule: String,
}

impl Problem {
    /// Reads a body. One that is no JSON object is no problem document.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let mut extra: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let mut text = |name: &str| match extra.remove(name) {
            Some(Value::String(text)) => Some(text),
            // Some error bodies hold a list or an object here.
            Some(Value::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        let title = text("title");
        let detail = text("detail")
            .or_else(|| text("error"))
            .or_else(|| text("message"));
        let kind = text("type");
        let status = extra
            .remove("status")
            .and_then(|status| status.as_u64()?.try_into().ok());
        let invalid_fields = match extra.remove("invalid_fields") {
            Some(Value::Array(fields)) => fields
                .into_iter()
                .filter_map(|field| serde_json::from_value(field).ok())
                .collect(),
            _ => Vec::new(),
        };
        Some(Self {
            title,
            detail,
            status,
            kind,
            invalid_fields,
            extra,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_is_read_with_its_fields() {
        let problem = Problem::read(
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
        let problem = Problem::read(
            br#"{"detail":["a","b"],"status":"x","invalid_fields":[3,{"field":"f"}]}"#,
        )
        .unwrap();
        assert_eq!(problem.detail.as_deref(), Some(r#"["a","b"]"#));
        assert_eq!(problem.status, None);
        assert_eq!(problem.invalid_fields.len(), 1);
        assert_eq!(Problem::read(b"<html>"), None);
        assert_eq!(Problem::read(b"[]"), None);
    }
}
