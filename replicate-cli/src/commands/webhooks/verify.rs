//! Verifies one webhook, for a script that has received it.

use std::time::Duration;

use clap::Args;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::duration;
use crate::error::CliError;
use crate::reader::{read_file, read_stdin};
use crate::session::Session;

/// Verify the signature of a webhook; exits with 1 if it is invalid
///
/// The secret is taken from REPLICATE_WEBHOOK_SECRET, else it is read from the API.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate webhooks verify -H \"webhook-id: $ID\" -H \"webhook-timestamp: $TIMESTAMP\" \\
    -H \"webhook-signature: $SIGNATURE\" body.json")]
pub(crate) struct Verify {
    /// The body, byte for byte as it was received: a file, or - for standard input
    #[arg(value_name = "FILE|-", default_value = "-")]
    body: String,
    /// A header of the request; webhook-id, webhook-timestamp and webhook-signature are required
    #[arg(
        short = 'H',
        long = "header",
        value_name = "NAME: VALUE",
        required = true
    )]
    headers: Vec<String>,
    /// Maximum age of the webhook
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration::parse)]
    tolerance: Duration,
}

impl Verify {
    pub(super) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let mut headers = HeaderMap::new();
        for header in &self.headers {
            let (name, value) = parse(header).ok_or_else(|| {
                CliError::usage(format!("invalid header `{header}`: expected `Name: value`"))
            })?;
            headers.append(name, value);
        }
        let body = match self.body.as_str() {
            "-" => read_stdin()?,
            path => read_file(path)?,
        };
        let verifier = super::verifier(session).await?.tolerance(self.tolerance);
        let verified = verifier.verify(&headers, &body).map_err(CliError::error)?;
        if session.json {
            let verified = serde_json::json!({"verified": true, "id": verified.id});
            return session.write_json(verified.to_string());
        }
        session.note(format!("webhook {} is valid", verified.id));
        Ok(())
    }
}

fn parse(header: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = header.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    Some((name, HeaderValue::from_str(value.trim()).ok()?))
}
