//! The token, and which requests carry it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::ACCEPT;
use tokio::time::{Instant, timeout_at};

use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::token::{TOKEN_VARIABLE, TOKENS_PAGE, Token};

type Supplied = Pin<Box<dyn Future<Output = Result<Token, Error>> + Send>>;

/// Where the token comes from.
#[derive(Clone)]
pub(super) enum Authorization {
    Missing,
    Token(Token),
    Supplier(Arc<dyn Fn() -> Supplied + Send + Sync>),
}

impl Authorization {
    pub(super) async fn token(&self, deadline: Instant) -> Result<Token, Error> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::Supplier(supplier) => {
                timeout_at(deadline, supplier()).await.unwrap_or_else(|_| {
                    let message = "the token supplier did not return before the call's deadline";
                    Err(Error::new(ErrorKind::Timeout, message))
                })
            }
            Self::Missing => Err(missing()),
        }
    }
}

/// The error of a call without a token.
fn missing() -> Error {
    // The variable of Replicate's older clients, and of many other APIs.
    let misnamed = std::env::var_os("REPLICATE_API_KEY").is_some_and(|value| !value.is_empty());
    let advice = match misnamed {
        true => {
            format!("REPLICATE_API_KEY is set, but {TOKEN_VARIABLE} is the variable that is read")
        }
        false => format!("set {TOKEN_VARIABLE}, or pass a token; get one at {TOKENS_PAGE}"),
    };
    Error::new(ErrorKind::Authentication, "no API token is set").with_advice(advice)
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Token(_) => "token",
            Self::Supplier(_) => "supplier",
        })
    }
}

/// Whether a request may carry the token: to one of the API's routes, and not for a stream of
/// events. Stream URLs are capabilities: send no other credentials to them.
pub(super) fn should_authorize(base: &BaseUrl, request: &reqwest::Request) -> bool {
    base.contains(request.url()) && !asks_for_events(request)
}

fn asks_for_events(request: &reqwest::Request) -> bool {
    let is_events = |word: &[u8]| word.eq_ignore_ascii_case(EVENTS);
    let mut accepted = request.headers().get_all(ACCEPT).iter();
    accepted.any(|value| value.as_bytes().windows(EVENTS.len()).any(is_events))
}

const EVENTS: &[u8] = b"text/event-stream";

pub(super) fn insecure(url: &Url) -> Error {
    let host = url.host_str().unwrap_or_default();
    Error::new(
        ErrorKind::Configuration,
        format!("refusing to send the token to {host} in clear text, over http://"),
    )
    .with_advice("use https://")
}
