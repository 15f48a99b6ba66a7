//! Redacts tokens in errors.

use std::error::Error as StdError;

use bytes::Bytes;

use super::{Error, chain};
use crate::token::Token;

/// Shorter tokens, as for a local server, are not redacted: they can be parts of words.
const SHORTEST: usize = 8;

/// The tokens of a call, which no error may show: one, unless its supplier has changed it.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    last: Option<Token>,
    earlier: Vec<Token>,
}

impl From<Token> for Secrets {
    fn from(token: Token) -> Self {
        let mut secrets = Self::default();
        secrets.add(Some(token));
        secrets
    }
}

impl Secrets {
    pub(crate) fn add(&mut self, token: Option<Token>) {
        let Some(token) = token else { return };
        match self.last.replace(token) {
            Some(before) if Some(before.secret()) != self.last.as_ref().map(Token::secret) => {
                self.earlier.push(before);
            }
            _ => {}
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let tokens = self.last.iter().chain(&self.earlier);
        tokens
            .filter_map(|token| std::str::from_utf8(token.secret()).ok())
            .filter(|secret| secret.len() >= SHORTEST)
    }

    fn show_in(&self, text: &str) -> bool {
        self.all().any(|secret| text.contains(secret))
    }

    /// Redacts the tokens in a text.
    pub(crate) fn redact_text(&self, mut text: String) -> String {
        for secret in self.all() {
            if text.contains(secret) {
                text = text.replace(secret, HIDDEN);
            }
        }
        text
    }

    /// Redacts the tokens in a body: servers repeat what they were sent, and what they send ends
    /// up in errors.
    pub fn redact(&self, body: Bytes) -> Bytes {
        self.all()
            .fold(body, |body, secret| redact(body, secret.as_bytes()))
    }
}

/// Placeholder for a token.
const HIDDEN: &str = "***";

fn redact(body: Bytes, secret: &[u8]) -> Bytes {
    let mut clean = Vec::new();
    let mut end = 0;
    for at in memchr::memmem::find_iter(&body, secret) {
        clean.extend_from_slice(&body[end..at]);
        clean.extend_from_slice(HIDDEN.as_bytes());
        end = at + secret.len();
    }
    if end == 0 {
        return body;
    }
    clean.extend_from_slice(&body[end..]);
    clean.into()
}

impl Error {
    /// The same error with the tokens redacted in everything that it says or carries.
    #[doc(hidden)]
    pub fn redacted(mut self, secrets: &Secrets) -> Self {
        let parts = &mut *self.0;
        parts.message = secrets.redact_text(std::mem::take(&mut parts.message));
        for text in [
            &mut parts.advice,
            &mut parts.request_id,
            &mut parts.path,
            &mut parts.created_id,
            &mut parts.context,
            &mut parts.job_id,
        ] {
            *text = text.take().map(|text| secrets.redact_text(text));
        }
        parts.body = parts.body.take().map(|body| secrets.redact(body));
        if let Some(problem) = &mut parts.problem {
            let before = problem.clone();
            problem.map_strings(&|text| secrets.redact_text(text));
            if *problem != before {
                // The token was escaped in the body.
                parts.body = serde_json::to_vec(problem).ok().map(Bytes::from);
            }
        }
        parts.url.take_if(|url| secrets.show_in(url.as_str()));
        // A source cannot be changed, only left out.
        parts
            .source
            .take_if(|source| shows_secret(&**source, secrets));
        self
    }
}

/// Whether an error or one below it shows a token, as one that repeats a server's words may.
fn shows_secret(error: &(dyn StdError + 'static), secrets: &Secrets) -> bool {
    secrets.all().next().is_some()
        && chain(error).any(|error| secrets.show_in(&format!("{error} {error:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "r8_secret";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(Some(Token::new(TOKEN).unwrap()));
        secrets
    }

    #[test]
    fn every_occurrence_of_the_token_is_taken_out() {
        let secrets = secrets();
        let clean = |text: &'static str| secrets.redact(Bytes::from_static(text.as_bytes()));
        assert_eq!(clean("a r8_secret b r8_secretr8_secret"), "a *** b ******");
        assert_eq!(clean("nothing"), "nothing");
        assert_eq!(clean(""), "");
        assert_eq!(secrets.redact_text("a r8_secret b".into()), "a *** b");
    }

    #[test]
    fn token_of_an_earlier_attempt_is_redacted_and_a_short_one_is_not() {
        let mut secrets = secrets();
        for token in ["r8_another", "r8_another", "any"] {
            secrets.add(Some(Token::new(token).unwrap()));
        }
        let clean = secrets.redact_text("r8_secret r8_another many".into());
        assert_eq!(clean, "*** *** many");
    }

    #[test]
    fn error_does_not_show_the_token() {
        let url = "https://api.invalid/r8_secret".parse().unwrap();
        let id = (
            "x-request-id".parse().unwrap(),
            "id-r8_secret".parse().unwrap(),
        );
        let headers = reqwest::header::HeaderMap::from_iter([id]);
        let error = Error::new(crate::ErrorKind::Decode, "it is r8_secret")
            .with_advice("not r8_secret")
            .with_request(reqwest::Method::GET, &url)
            .with_whole_body("a r8_secret b".into())
            .with_path("in.r8_secret")
            .with_created_id(Some(TOKEN.into()))
            .with_source(std::io::Error::other("below: r8_secret"))
            .with_response(reqwest::StatusCode::OK, &headers)
            .redacted(&secrets());
        let shown = format!("{error} {error:?} {:?} {:?}", error.url(), error.path());
        assert!(!shown.contains(TOKEN), "{shown}");
        assert!(shown.contains("it is ***"), "{shown}");
        assert!(shown.contains("id-***"), "{shown}");
        assert_eq!(error.body().unwrap(), "a *** b");
        assert_eq!(error.created_id(), Some("***"));
        assert!(StdError::source(&error).is_none());
    }

    #[test]
    fn token_that_is_escaped_in_a_problem_document_is_redacted() {
        let body = Bytes::from_static(
            br#"{"detail":"no \u0072\u0038_secret","more":[{"r8\u005fsecret":"r8\u005fsecret"}],
                "invalid_fields":[{"field":"\u00728_secret"}]}"#,
        );
        let error = Error::new(crate::ErrorKind::InvalidRequest, "")
            .with_problem(crate::problem::ProblemDetails::read(&body))
            .with_body(&body)
            .redacted(&secrets());
        let shown = format!("{error} {error:?} {:?}", error.problem());
        assert!(!shown.contains(TOKEN), "{shown}");
        assert_eq!(error.detail(), Some("no ***"));
        let body = String::from_utf8_lossy(error.body().unwrap());
        assert!(!body.contains("secret"), "{body}");
    }

    #[test]
    fn source_without_a_token_stays() {
        let error = Error::new(crate::ErrorKind::Connect, "no")
            .with_source(std::io::Error::other("refused"))
            .redacted(&secrets());
        assert!(StdError::source(&error).is_some());
    }
}
