mod listen;
mod verify;

use clap::Subcommand;
use replicate::webhook::Verifier;

use super::show;
use crate::error::CliError;
use crate::record::text_at;
use crate::session::Session;
use crate::terminal;

/// The variable with the webhook secret; without it, the secret is read from the API.
const SECRET_VARIABLE: &str = "REPLICATE_WEBHOOK_SECRET";

/// Receive and verify webhooks
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Webhooks {
    /// Print the secret that the account's webhooks are signed with
    Secret,
    Verify(verify::Verify),
    Listen(listen::Listen),
}

impl Webhooks {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        match self {
            Self::Secret => {
                if session.is_interactive() {
                    let secret = session.client.webhooks().secret().into_future();
                    let secret = session.unless_interrupted(secret).await??;
                    return Ok(terminal::write_line(secret.key.expose_secret())?);
                }
                let secret = session.client.webhooks().secret().with_response();
                show(session, secret, |secret| {
                    vec![("key", text_at(secret, "/key"))]
                })
                .await
            }
            Self::Verify(verify) => verify.execute(session).await,
            Self::Listen(listen) => listen.execute(session).await,
        }
    }
}

/// A verifier with the secret of the environment, else that of the account.
async fn verifier(session: &Session) -> Result<Verifier, CliError> {
    let named = std::env::var(SECRET_VARIABLE)
        .ok()
        .filter(|secret| !secret.is_empty());
    let verifier = match named {
        Some(secret) => Verifier::new(secret.trim())
            .map_err(|error| CliError::usage(format!("{SECRET_VARIABLE}: {error}")))?,
        None => {
            let secret = session.client.webhooks().secret().into_future();
            let secret = session.unless_interrupted(secret).await??;
            Verifier::new(secret.key.expose_secret()).map_err(CliError::error)?
        }
    };
    Ok(verifier)
}
