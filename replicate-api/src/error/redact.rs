//! Servers repeat what they were sent, and what they send ends up in errors.

use bytes::Bytes;

use super::Error;
use crate::token::Token;

/// Takes a token out of a body that an error will carry.
#[derive(Clone, Copy)]
pub(crate) struct Redactor<'a>(Option<&'a Token>);

impl<'a> Redactor<'a> {
    pub(crate) fn new(token: Option<&'a Token>) -> Self {
        Self(token)
    }

    pub(crate) fn text(&self, text: String) -> String {
        let secret = self.0.map(Token::secret).unwrap_or_default();
        match std::str::from_utf8(secret) {
            Ok(secret) if !secret.is_empty() && text.contains(secret) => {
                text.replace(secret, "***")
            }
            _ => text,
        }
    }

    pub(crate) fn body(&self, body: Bytes) -> Bytes {
        let Some(secret) = self
            .0
            .map(Token::secret)
            .filter(|secret| !secret.is_empty())
        else {
            return body;
        };
        let Some(first) = find(&body, secret) else {
            return body;
        };
        let mut clean = body[..first].to_vec();
        let mut rest = &body[first..];
        while let Some(at) = find(rest, secret) {
            clean.extend_from_slice(&rest[..at]);
            clean.extend_from_slice(b"***");
            rest = &rest[at + secret.len()..];
        }
        clean.extend_from_slice(rest);
        clean.into()
    }
}

impl Error {
    /// The same error with the token taken out of everything that it says or carries.
    pub(crate) fn without(mut self, token: Option<&Token>) -> Self {
        let Some(token) = token else { return self };
        let redactor = Redactor::new(Some(token));
        let parts = &mut *self.0;
        parts.message = redactor.text(std::mem::take(&mut parts.message));
        for text in [
            &mut parts.advice,
            &mut parts.request_id,
            &mut parts.path,
            &mut parts.created_id,
        ] {
            *text = text.take().map(|text| redactor.text(text));
        }
        parts.body = parts.body.take().map(|body| redactor.body(body));
        parts
            .url
            .take_if(|url| find(url.as_str().as_bytes(), token.secret()).is_some());
        self
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occurrence_of_the_token_is_taken_out() {
        let token = Token::new("r8_x").unwrap();
        let redactor = Redactor::new(Some(&token));
        let clean = |text: &'static str| redactor.body(Bytes::from_static(text.as_bytes()));
        assert_eq!(clean("a r8_x b r8_xr8_x"), "a *** b ******");
        assert_eq!(clean("nothing"), "nothing");
        assert_eq!(clean(""), "");
        assert_eq!(redactor.text("a r8_x b".into()), "a *** b");
    }

    #[test]
    fn an_error_says_nothing_of_the_token() {
        let token = Token::new("r8_x").unwrap();
        let url = "https://api.invalid/r8_x".parse().unwrap();
        let error = Error::new(crate::ErrorKind::Decode, "it is r8_x")
            .with_advice("not r8_x")
            .with_request(reqwest::Method::GET, &url)
            .with_undecoded("a r8_x b".into(), "in.r8_x".into())
            .with_created_id(Some("r8_x".into()))
            .with_status(
                reqwest::StatusCode::OK,
                Some(&reqwest::header::HeaderValue::from_static("id-r8_x")),
            )
            .without(Some(&token));
        let told = format!("{error} {error:?} {:?} {:?}", error.url(), error.path());
        assert!(!told.contains("r8_x"), "{told}");
        assert!(
            told.contains("it is ***") && told.contains("id-***"),
            "{told}"
        );
        assert_eq!(error.body().unwrap(), "a *** b");
        assert_eq!(error.created_id(), Some("***"));
    }
}
