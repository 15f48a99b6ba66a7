//! Names and URLs that callers choose.

use serde_json::Value;

use crate::problem::Problem;

/// The longest URL, in characters.
pub(crate) const MAX_URL_LENGTH: usize = 8192;

/// The name in `field` of a body.
pub(crate) fn read_name<'a>(body: &'a Value, field: &str) -> Result<&'a str, Problem> {
    let name = body[field].as_str().unwrap_or_default();
    if is_name(name) {
        return Ok(name);
    }
    Err(Problem::invalid_field(
        field,
        "pattern",
        "Invalid name: expected 1 to 100 letters, digits, dots, dashes and underscores, the first \
         a letter or digit",
    ))
}

/// Whether it can be part of a URL without being encoded.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=100).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(allowed)
}

/// Owner and name of a model.
pub(crate) type ModelName = (String, String);

/// Splits `owner/name` of a model.
pub(crate) fn split_model_name(full_name: &str) -> Option<ModelName> {
    full_name
        .split_once('/')
        .filter(|(owner, name)| is_name(owner) && is_name(name))
        .map(|(owner, name)| (owner.to_owned(), name.to_owned()))
}

/// Whether it is an http or https URL.
pub(crate) fn is_web_url(url: &str) -> bool {
    let is_web = |url: reqwest::Url| ["http", "https"].contains(&url.scheme());
    url.len() <= MAX_URL_LENGTH && url.is_ascii() && reqwest::Url::parse(url).is_ok_and(is_web)
}
