//! Webhooks: signature verification and decoding.
//!
//! Replicate signs each message as [Standard Webhooks] says; the secret is that of
//! [`webhooks().secret()`](crate::resources::Webhooks::secret). Verify the body's bytes as
//! received, before anything parses them:
//!
//! ```
//! use http::HeaderMap;
//! use replicate::webhook::{Event, Verifier};
//!
//! fn receive(secret: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), replicate::Error> {
//!     let message = Verifier::new(secret)?.verify(headers, body)?;
//!     // Messages can be delivered twice: `message.id` is the same for both.
//!     match message.event()? {
//!         Event::Completed(prediction) => println!("{} is {}", prediction.id, prediction.status),
//!         Event::Started(_) | Event::Updated(_) => {}
//!         _ => {}
//!     }
//!     Ok(())
//! }
//! ```
//!
//! API: <https://replicate.com/docs/topics/webhooks/verify-webhook>
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::error::{Error, ErrorKind};
use crate::types::{Prediction, Status, Training};

/// Default tolerance for the age of a message, and for a timestamp in the future: 300 s.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// The header with the message's id.
const ID: &str = "webhook-id";
/// The header with the time of sending, in seconds since 1970.
const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
const SIGNATURE: &str = "webhook-signature";

/// Secrets are written with their padding or without.
const EITHER_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Verifies that a message was signed with `secret` in the last five minutes.
///
/// Short for [`Verifier::new`] and [`Verifier::verify`]; `body` is the request's body as
/// received, byte for byte.
///
/// # Errors
/// [`VerifyError`], which converts into [`Error`].
pub fn verify<'a>(
    secret: &str,
    headers: &HeaderMap,
    body: &'a [u8],
) -> Result<Verified<'a>, VerifyError> {
    Verifier::new(secret)?.verify(headers, body)
}

/// Verifies messages signed with one secret. `Debug` does not show it.
#[derive(Clone)]
pub struct Verifier {
    mac: Hmac<Sha256>,
    tolerance: Duration,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier for `secret`: base64, with or without its prefix `whsec_` and its padding.
    ///
    /// # Errors
    /// [`VerifyError::Secret`] when there is nothing after the prefix, or it is not base64.
    pub fn new(secret: &str) -> Result<Self, VerifyError> {
        // A file or a variable often ends with a line end.
        let secret = secret.trim();
        let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
        let key = EITHER_PADDING
            .decode(encoded)
            .map_err(|_| VerifyError::Secret)?;
        if key.is_empty() {
            return Err(VerifyError::Secret);
        }
        let mac = Hmac::new_from_slice(&key).map_err(|_| VerifyError::Secret)?;
        Ok(Self {
            mac,
            tolerance: TOLERANCE,
            clock: Arc::new(SystemTime::now),
        })
    }

    /// Accepts messages up to this old, and up to this far ahead of the clock (whole seconds).
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Takes the time from `clock` instead of the system's, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Verifies that the message is signed with the secret, and recent.
    ///
    /// # Errors
    /// [`VerifyError`] says what is wrong with the message; none of them shows the secret.
    pub fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
    ) -> Result<Verified<'a>, VerifyError> {
        let id = single(headers, ID)?;
        let sent = single(headers, TIMESTAMP)?;
        let signatures = single(headers, SIGNATURE)?;
        let seconds = parse_seconds(sent)?;
        self.check_age(seconds)?;

        let mut mac = self.mac.clone();
        for part in [id.as_bytes(), b".", sent.as_bytes(), b".", body] {
            mac.update(part);
        }
        let mut accepted = false;
        for signature in signatures
            .split(' ')
            .filter_map(|entry| entry.strip_prefix("v1,"))
        {
            let Ok(signature) = STANDARD.decode(signature) else {
                continue;
            };
            // Compares in constant time, and refuses a signature of another length.
            accepted |= mac.clone().verify_slice(&signature).is_ok();
        }
        if !accepted {
            return Err(VerifyError::Signature);
        }
        Ok(Verified {
            id: id.to_owned(),
            sent_at: UNIX_EPOCH + Duration::from_secs(seconds),
            body,
        })
    }

    fn check_age(&self, sent: u64) -> Result<(), VerifyError> {
        let now = (self.clock)()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let tolerance = self.tolerance.as_secs();
        if now.abs_diff(sent) <= tolerance {
            Ok(())
        } else if sent < now {
            Err(VerifyError::TooOld {
                seconds: now - sent,
            })
        } else {
            Err(VerifyError::TooNew {
                seconds: sent - now,
            })
        }
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, VerifyError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(VerifyError::MissingHeader { name })?;
    if values.next().is_some() {
        return Err(VerifyError::RepeatedHeader { name });
    }
    match value.to_str() {
        Ok("") => Err(VerifyError::MissingHeader { name }),
        Ok(value) => Ok(value),
        Err(_) => Err(VerifyError::UnreadableHeader { name }),
    }
}

fn parse_seconds(text: &str) -> Result<u64, VerifyError> {
    // `parse` alone takes a sign too.
    if text.bytes().all(|b| b.is_ascii_digit())
        && let Ok(seconds) = text.parse::<i64>()
    {
        return Ok(seconds.unsigned_abs());
    }
    Err(VerifyError::UnreadableHeader { name: TIMESTAMP })
}

/// A verified message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified<'a> {
    /// The message's id: the same when a message is redelivered.
    pub id: String,
    /// When it was sent.
    pub sent_at: SystemTime,
    /// Its body, unchanged.
    pub body: &'a [u8],
}

impl Verified<'_> {
    /// The prediction that the message is about, as an event.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) with the path that could not be decoded.
    pub fn event(&self) -> Result<Event, Error> {
        let prediction: Prediction = self.json()?;
        Ok(if prediction.status.is_terminal() {
            Event::Completed(prediction)
        } else if prediction.status == Status::Starting {
            Event::Started(prediction)
        } else {
            Event::Updated(prediction)
        })
    }

    /// The training that the message is about, for a webhook given to a training.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) with the path that could not be decoded.
    pub fn training(&self) -> Result<Training, Error> {
        self.json()
    }

    /// Returns the body decoded as `T`.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) with the path that could not be decoded.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let body = bytes::Bytes::copy_from_slice(self.body);
        Ok(replicate_api::decode(&body)?)
    }
}

/// An event of a prediction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// It was created and waits for its model.
    Started(Prediction),
    /// It has new output or logs.
    Updated(Prediction),
    /// It ended: succeeded, failed, canceled or aborted.
    Completed(Prediction),
}

impl Event {
    /// The prediction, in any state.
    pub fn prediction(&self) -> &Prediction {
        match self {
            Self::Started(prediction) | Self::Updated(prediction) | Self::Completed(prediction) => {
                prediction
            }
        }
    }
}

/// Why the verification of a message failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The secret is empty or not base64.
    Secret,
    /// A header is missing or empty.
    MissingHeader {
        /// Its name.
        name: &'static str,
    },
    /// A header came more than once.
    RepeatedHeader {
        /// Its name.
        name: &'static str,
    },
    /// A header is malformed: not text, or not whole seconds.
    UnreadableHeader {
        /// Its name.
        name: &'static str,
    },
    /// The message was sent longer ago than the tolerance: it may be a replay.
    TooOld {
        /// Its age, in seconds.
        seconds: u64,
    },
    /// The timestamp is in the future by more than the tolerance.
    TooNew {
        /// Seconds in the future.
        seconds: u64,
    },
    /// No signature of version `v1` matches this secret, id, time and body.
    Signature,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str(
                "invalid webhook secret: expected base64, optionally prefixed with `whsec_`, and no quotes around it",
            ),
            Self::MissingHeader { name } => write!(f, "the webhook's header `{name}` is missing or empty"),
            Self::RepeatedHeader { name } => write!(f, "the webhook's header `{name}` came more than once"),
            Self::UnreadableHeader { name } => write!(f, "the webhook's header `{name}` cannot be read"),
            Self::TooOld { seconds } => write!(f, "the webhook is {seconds} s old: refused as a replay"),
            Self::TooNew { seconds } => {
                write!(f, "the webhook is {seconds} s ahead of this clock: check the clock")
            }
            Self::Signature => f.write_str(
                "no signature of the webhook is right: another secret, or a body that is not the bytes that came",
            ),
        }
    }
}

impl std::error::Error for VerifyError {}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        Error::new(ErrorKind::Webhook, error.to_string())
    }
}
