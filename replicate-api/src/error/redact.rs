//! Servers repeat what they were sent, and what they send ends up in errors.

use bytes::Bytes;

use crate::token::Token;

/// Takes a token out of a body that an error will carry.
#[derive(Clone, Copy)]
pub(crate) struct Redactor<'a>(Option<&'a Token>);

impl<'a> Redactor<'a> {
    pub(crate) fn new(token: Option<&'a Token>) -> Self {
        Self(token)
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
    }
}
