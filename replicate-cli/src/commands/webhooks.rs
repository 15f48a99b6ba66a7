use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::Local;
use clap::{Args, Subcommand};
use replicate::webhook::Verifier;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::{SessionCommand, parse_header, show};
use crate::duration;
use crate::error::{CliError, Result};
use crate::reader;
use crate::record::{Cell::Text, text_at};
use crate::session::{Ended, Session};
use crate::terminal;

/// The variable with the webhook secret; without it, the secret is read from the API.
const SECRET_VARIABLE: &str = "REPLICATE_WEBHOOK_SECRET";
/// Limit of a webhook's body, which holds the output.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// Maximum number of message ids that are remembered to detect duplicates.
const MAX_IDS: usize = 10_000;

/// Receive and verify webhooks
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Webhooks {
    /// Print the secret that the account's webhooks are signed with
    Secret,
    Verify(Verify),
    Listen(Listen),
}

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

/// Receive webhooks on this machine, verify them, and print them
///
/// A terminal gets a line for each, a pipe its JSON. Pass the printed URL with --webhook, or that
/// of a tunnel to it: Replicate must be able to reach it. Webhooks with an invalid signature are
/// rejected. The secret is taken from REPLICATE_WEBHOOK_SECRET, else it is read from the API.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate webhooks listen --port 8080
  replicate webhooks listen --count 1 --timeout 5m --jq .output")]
pub(crate) struct Listen {
    /// The port; 0 for any free port
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
    /// The address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Stop after N webhooks
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
}

impl SessionCommand for Webhooks {
    async fn execute(self, session: &Session) -> Result<()> {
        match self {
            Self::Secret if session.is_interactive() => {
                let secret = session.client.webhooks().secret();
                let secret = session.unless_interrupted(secret).await??;
                Ok(terminal::write_line(secret.key.expose_secret())?)
            }
            Self::Secret => {
                let secret = session.client.webhooks().secret();
                show(session, secret, &[("key", Text("/key"))]).await
            }
            Self::Verify(verify) => verify.execute(session).await,
            Self::Listen(listen) => listen.execute(session).await,
        }
    }
}

async fn verifier(session: &Session) -> Result<Verifier> {
    let named = std::env::var(SECRET_VARIABLE)
        .ok()
        .filter(|secret| !secret.is_empty());
    Ok(match named {
        Some(secret) => Verifier::new(secret.trim())
            .map_err(|error| CliError::usage(format!("{SECRET_VARIABLE}: {error}")))?,
        None => {
            let secret = session.client.webhooks().secret();
            let secret = session.unless_interrupted(secret).await??;
            Verifier::new(secret.key.expose_secret()).map_err(CliError::error)?
        }
    })
}

impl Verify {
    async fn execute(self, session: &Session) -> Result<()> {
        let mut headers = HeaderMap::new();
        for header in &self.headers {
            let (name, value) = parse_header(header)?;
            headers.append(name, value);
        }
        let body = reader::read(&self.body)?;
        let verifier = verifier(session).await?.tolerance(self.tolerance);
        let verified = verifier.verify(&headers, &body).map_err(CliError::error)?;
        if session.json {
            let verified = serde_json::json!({"verified": true, "id": verified.id});
            return session.write_json(verified.to_string());
        }
        session.note(format!("webhook {} is valid", verified.id));
        Ok(())
    }
}

/// A request that was received, and where its status is expected.
struct Received {
    headers: HeaderMap,
    body: Bytes,
    reply: oneshot::Sender<StatusCode>,
}

impl Listen {
    async fn execute(self, session: &Session) -> Result<()> {
        let verifier = verifier(session).await?;
        let bound = TcpListener::bind((self.host, self.port)).await;
        let listener = bound.map_err(|error| {
            let message = format!("could not listen on {}:{}: {error}", self.host, self.port);
            CliError::error(message).hint("pass --port N, or --port 0 for any free port")
        })?;
        let addr = listener.local_addr().map_err(CliError::error)?;
        let (sender, receiver) = mpsc::channel(16);
        let routes = Router::new()
            .fallback(receive)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(sender);
        let server = tokio::spawn(async move { axum::serve(listener, routes).await });
        session.note(format!("listening on http://{addr}/"));
        let printing = print(session, &verifier, receiver, self.count);
        let ended = session.until(None, printing).await;
        server.abort();
        match ended {
            Ended::Done(result) => result,
            Ended::Interrupted => Err(CliError::interrupted("")),
            Ended::TimedOut => Err(CliError::timeout("timed out waiting for webhooks")),
        }
    }
}

/// Passes a request on, and replies with the status that the verification has.
async fn receive(
    State(sender): State<mpsc::Sender<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let (reply, status) = oneshot::channel();
    let received = Received {
        headers,
        body,
        reply,
    };
    match sender.send(received).await {
        Ok(()) => status.await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Prints what is received until there were `count` webhooks.
async fn print(
    session: &Session,
    verifier: &Verifier,
    mut receiver: mpsc::Receiver<Received>,
    count: Option<u64>,
) -> Result<()> {
    // The ids of the latest messages, newest first.
    let mut seen = VecDeque::new();
    let mut printed = 0;
    while let Some(received) = receiver.recv().await {
        let status = match verifier.verify(&received.headers, &received.body) {
            Err(error) => {
                session.note(format!("refused: {error}"));
                StatusCode::BAD_REQUEST
            }
            Ok(message) if seen.contains(&message.id) => StatusCode::OK,
            Ok(message) => {
                seen.truncate(MAX_IDS - 1);
                seen.push_front(message.id.clone());
                printed += 1;
                print_webhook(session, message.body)?;
                StatusCode::OK
            }
        };
        // The sender may have left meanwhile.
        let _ = received.reply.send(status);
        if count.is_some_and(|count| printed >= count) {
            // Until the reply is on its way.
            tokio::task::yield_now().await;
            return Ok(());
        }
    }
    Ok(())
}

fn print_webhook(session: &Session, body: &[u8]) -> Result<()> {
    if session.is_interactive() {
        let job: Value = serde_json::from_slice(body).unwrap_or_default();
        let status = text_at(&job, "/status");
        let line = format!(
            "{}  {}  {}  {}",
            Local::now().format("%H:%M:%S"),
            terminal::styled(&format!("{status:<10}"), terminal::status_style(&status)),
            terminal::strip_control_chars(&text_at(&job, "/id")),
            terminal::strip_control_chars(&text_at(&job, "/model")),
        );
        return Ok(terminal::write_line(line)?);
    }
    // One line each: JSON has no line ends but between its values.
    let mut line = body.to_vec();
    line.retain(|byte| !matches!(byte, b'\n' | b'\r'));
    session.write_json(line)
}
