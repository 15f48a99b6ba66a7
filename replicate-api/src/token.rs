use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use reqwest::header::HeaderValue;

use crate::error::{Error, ErrorKind};

/// Where an account's tokens are listed and created.
pub(crate) const TOKENS_PAGE: &str = "https://replicate.com/account/api-tokens";

/// The variable that [`TransportBuilder::from_env`](crate::TransportBuilder::from_env) reads
/// the token from.
pub(crate) const TOKEN_VARIABLE: &str = "REPLICATE_API_TOKEN";

/// An API token. `Debug` does not show it.
///
/// ```
/// let token = replicate_api::Token::new("r8_example")?;
/// assert_eq!(format!("{token:?}"), "Token(***)");
/// # Ok::<(), replicate_api::Error>(())
/// ```
#[derive(Clone)]
pub struct Token {
    authorization: HeaderValue,
    key: u64,
}

/// Hashes the tokens of this process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Token {
    const SCHEME: &str = "Bearer ";

    /// Takes a token as the account page shows it. White space around it, such as the line end
    /// of a file, is removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when it is empty, has quotes or the name of a variable around
    /// it, or contains white space, control characters or anything past ASCII. The error does
    /// not show it.
    pub fn new(token: impl AsRef<str>) -> Result<Self, Error> {
        let token = token.as_ref().trim();
        let invalid = |message: String, advice: String| {
            Err(Error::new(ErrorKind::Configuration, message).with_advice(advice))
        };
        if token.is_empty() {
            let advice = format!("get one at {TOKENS_PAGE}");
            return invalid("the API token is empty".to_owned(), advice);
        }
        if let Some(why) = pasted(token) {
            let advice = "pass the token alone, without quotes or anything around it";
            return invalid(format!("invalid API token: {why}"), advice.to_owned());
        }
        if let Some(position) = token.bytes().position(|byte| !byte.is_ascii_graphic()) {
            let message = format!(
                "invalid API token: the character at position {} is white space, a control \
                 character, or not ASCII",
                position + 1
            );
            return invalid(message, format!("copy it again from {TOKENS_PAGE}"));
        }
        let header = HeaderValue::try_from(format!("{}{token}", Self::SCHEME));
        let mut authorization = header.map_err(|_| {
            let message = "invalid API token: a header cannot hold it";
            Error::new(ErrorKind::Configuration, message)
        })?;
        authorization.set_sensitive(true);
        Ok(Self::from_header(&authorization))
    }

    /// The token in a header that the caller has set, under any scheme.
    pub(crate) fn from_header(header: &HeaderValue) -> Self {
        let mut token = Self {
            authorization: header.clone(),
            key: 0,
        };
        token.key = HASHER.hash_one(token.secret());
        token
    }

    /// The value of the `Authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.authorization
    }

    /// The token itself, to look for it in what a server sends back.
    pub(crate) fn secret(&self) -> &[u8] {
        let value = self.authorization.as_bytes();
        let scheme = value.iter().position(|byte| *byte == b' ');
        scheme.map_or(value, |space| value[space + 1..].trim_ascii())
    }

    /// The key of what belongs to the account of a token: a hash, of which nothing can be learned
    /// about the token.
    pub(crate) fn key(token: Option<&Self>) -> u64 {
        token.map_or(0, |token| token.key)
    }
}

/// Returns what is wrong with a token that was pasted with text around it, from a shell or a file
/// of variables.
fn pasted(token: &str) -> Option<&'static str> {
    if token.starts_with(['"', '\'', '`']) || token.ends_with(['"', '\'', '`']) {
        return Some("it has a quote mark around it");
    }
    let name = token.strip_prefix("export ").unwrap_or(token).trim_start();
    if name
        .strip_prefix(TOKEN_VARIABLE)
        .is_some_and(|rest| rest.trim_start().starts_with('='))
    {
        return Some("it begins with the name of the variable");
    }
    let scheme = token.split(' ').next().unwrap_or_default();
    let schemes = ["bearer", "token"];
    (scheme.len() < token.len() && schemes.contains(&&*scheme.to_ascii_lowercase()))
        .then_some("it begins with the name of the scheme")
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_trimmed() {
        let token = Token::new(" r8_abc\r\n").unwrap();
        assert_eq!(token.secret(), b"r8_abc");
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn malformed_token_is_refused_and_not_shown() {
        for wrong in ["r8_se cret", "r8_se\u{e9}cret", "r8_se\ncret"] {
            let error = Token::new(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("position 6"), "{error}");
            assert!(!format!("{error} {error:?}").contains("cret"), "{error:?}");
        }
    }

    #[test]
    fn token_with_quotes_or_its_variable_is_refused_and_says_so() {
        for (wrong, why) in [
            ("\"r8_secret\"", "quote mark"),
            ("'r8_secret'", "quote mark"),
            ("r8_secret'", "quote mark"),
            ("REPLICATE_API_TOKEN=r8_secret", "name of the variable"),
            ("export REPLICATE_API_TOKEN=\"r8_secret\"", "quote mark"),
            (
                "export REPLICATE_API_TOKEN = r8_secret",
                "name of the variable",
            ),
            ("Bearer r8_secret", "scheme"),
        ] {
            let error = Token::new(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong}");
            assert!(error.to_string().contains(why), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("r8_secret"), "{shown}");
        }
    }

    #[test]
    fn empty_token_is_refused_with_the_page_of_tokens() {
        let error = Token::new(" \n").unwrap_err();
        assert!(error.to_string().contains(TOKENS_PAGE), "{error}");
    }
}
