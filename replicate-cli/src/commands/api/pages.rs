//! The pages of a list, one request each.

use std::collections::HashSet;

use bytes::Bytes;
use serde::Deserialize;

use super::{Prepared, print};
use crate::error::CliError;
use crate::session::Session;

/// Requests every page, and prints each as it arrived; or all as one list, at the end.
pub(super) async fn print_all(
    session: &Session,
    mut request: Prepared,
    slurp: bool,
    silent: bool,
) -> Result<(), CliError> {
    if !matches!(request.method.as_str(), "GET" | "QUERY") {
        let message = format!("--paginate is not possible with {}", request.method);
        return Err(CliError::usage(message).hint("lists are read with GET"));
    }
    let mut seen = HashSet::new();
    let mut pages: Vec<Bytes> = Vec::new();
    loop {
        let sent = request.send(session).await;
        let response = sent.map_err(|(error, _)| error)?;
        let body = response.body().clone();
        let next = next_cursor(&body)?;
        match (slurp, silent) {
            (true, _) => pages.push(body),
            (false, true) => {}
            (false, false) => print(session, &body)?,
        }
        match next {
            Some(cursor) if seen.insert(cursor.clone()) => {
                request.query.retain(|(name, _)| name != "cursor");
                request.path = without_cursor(&request.path);
                request.query.push(("cursor".to_owned(), cursor));
            }
            _ => break,
        }
    }
    if !slurp || silent {
        return Ok(());
    }
    let list = pages.join(&b',');
    session.write_json([b"[", list.as_slice(), b"]"].concat())
}

/// The cursor of the next page. Only the cursor of its URL is used, so that no other host is
/// followed.
fn next_cursor(body: &[u8]) -> Result<Option<String>, CliError> {
    #[derive(Default, Deserialize)]
    struct Page {
        #[serde(default)]
        next: Option<String>,
    }
    let page: Page = serde_json::from_slice(body).unwrap_or_default();
    let Some(next) = page.next.filter(|next| !next.is_empty()) else {
        return Ok(None);
    };
    let (_, query) = next.split_once('?').unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let cursor = pairs.find(|(name, _)| name == "cursor");
    match cursor {
        Some((_, cursor)) => Ok(Some(cursor.into_owned())),
        None => Err(CliError::error(
            "the page's `next` has no cursor: the rest of the list cannot be requested",
        )),
    }
}

/// The path, with its query but without a cursor in it.
fn without_cursor(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.starts_with("cursor="))
        .collect();
    match kept.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", kept.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_page_is_known_by_its_cursor_only() {
        let next = |body: &str| next_cursor(body.as_bytes());
        let other = r#"{"next": "https://evil.example/x?a=b&cursor=cD0%3D"}"#;
        assert_eq!(next(other).expect("a cursor").as_deref(), Some("cD0="));
        assert_eq!(next(r#"{"next": null}"#).expect("the end"), None);
        assert_eq!(next("[]").expect("the end"), None);
        assert!(next(r#"{"next": "https://evil.example/x"}"#).is_err());
    }

    #[test]
    fn cursor_of_a_later_page_replaces_the_one_in_the_path() {
        assert_eq!(without_cursor("/p?cursor=a"), "/p");
        assert_eq!(without_cursor("/p?x=1&cursor=a&y=2"), "/p?x=1&y=2");
        assert_eq!(without_cursor("/p"), "/p");
    }
}
