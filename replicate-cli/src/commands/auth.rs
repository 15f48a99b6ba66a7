use std::io::IsTerminal;

use clap::{Args, Subcommand};
use replicate::Token;
use serde_json::json;

use super::with_session;
use crate::credentials::{self, Credentials, DEFAULT_PROFILE, Source, TOKEN_VARIABLE};
use crate::error::{CliError, ExitCode, Result};
use crate::global::GlobalArgs;
use crate::reader;
use crate::record;
use crate::session::Session;
use crate::terminal;

const TOKENS_PAGE: &str = "https://replicate.com/account/api-tokens";

/// Log in, log out, and show where the token comes from
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Auth {
    Login(Login),
    /// Show which token is used, and its account
    Status,
    /// Remove the stored token
    Logout,
}

/// Store an API token in a file that only you can read
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate auth login
  replicate auth login --token-stdin < token.txt
  replicate auth login --profile work")]
pub(crate) struct Login {
    /// Read the token from standard input
    #[arg(long, alias = "with-token")]
    token_stdin: bool,
}

impl Auth {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode> {
        if global.local {
            return Err(CliError::usage("--local has no effect here").hint("omit it"));
        }
        let profile = global.profile.as_deref();
        let name = profile.unwrap_or(DEFAULT_PROFILE);
        // The profile may not exist yet, or no longer.
        let anonymous = GlobalArgs {
            profile: None,
            ..global.clone()
        };
        match self {
            Self::Login(login) => {
                // Read before a session is started, which would take over Ctrl-C.
                let token = login.read_token()?;
                with_session(&anonymous, async |session| {
                    log_in(session, token, name).await
                })
            }
            Self::Status => with_session(global, async |session| status(session, profile).await),
            Self::Logout => with_session(&anonymous, async |session| log_out(session, name)),
        }
    }
}

impl Login {
    /// The text of the token, which is a valid one.
    fn read_token(&self) -> Result<String> {
        let text = if self.token_stdin {
            let content = reader::read_stdin()?;
            String::from_utf8(content)
                .map_err(|_| CliError::usage("standard input is not a token: it is not text"))?
        } else if std::io::stdin().is_terminal() {
            terminal::say(format!("Get a token at {TOKENS_PAGE}"));
            rpassword::prompt_password("Paste it here (it is not shown): ")
                .map_err(|error| CliError::error(format!("could not read the token: {error}")))?
        } else {
            return Err(CliError::usage("standard input is not a terminal")
                .hint("pass the token with --token-stdin"));
        };
        checked(&text)?;
        Ok(text.trim().to_owned())
    }
}

fn checked(text: &str) -> Result<Token> {
    Ok(Token::new(text).map_err(replicate::Error::from)?)
}

/// Checks the token against the API, and stores it.
async fn log_in(session: &Session, token: String, profile: &str) -> Result<()> {
    let client = session.client.with_token(checked(&token)?);
    let account = session.unless_interrupted(client.account().get()).await??;
    let username = account.username;
    let base = credentials::base_url(&session.client);
    let path = credentials::store(&base, profile, token, Some(username.clone()))?;
    if session.json {
        let stored =
            json!({"username": username, "base_url": base, "profile": profile, "file": path});
        return session.write_json(stored.to_string());
    }
    session.note(format!(
        "logged in to {base} as {username}; the token is in {}",
        path.display()
    ));
    if credentials::is_in_environment() {
        session.note(format!(
            "note: {TOKEN_VARIABLE} is set, and is used instead; unset it, or pass --profile {profile}"
        ));
    }
    Ok(())
}

/// Shows where the token comes from, and whose it is.
async fn status(session: &Session, profile: Option<&str>) -> Result<()> {
    let base = credentials::base_url(&session.client);
    let Some(source) = credentials::source(&session.client, profile)? else {
        let message = format!("not logged in to {base}");
        return Err(CliError::new(ExitCode::NotAllowed, message).hint(format!(
            "log in: replicate auth login; or set {TOKEN_VARIABLE}"
        )));
    };
    let account = session.client.account().get();
    let account = session.unless_interrupted(account).await??;
    let name = match &source {
        Source::File { profile, .. } => Some(profile),
        _ => None,
    };
    let credentials = Credentials::load()?;
    let others = credentials.profiles(&base).map(|(other, _)| other);
    // The profiles that are stored beside the one in use.
    let others: Vec<_> = others
        .filter(|other| Some(*other) != name)
        .cloned()
        .collect();
    if !session.is_interactive() {
        let status = json!({
            "base_url": base,
            "username": account.username,
            "source": source.to_string(),
            "profile": name,
            "other_profiles": others,
        });
        return session.write_json(status.to_string());
    }
    let fields = [
        ("API", base),
        ("account", account.username),
        ("token", format!("from {source}")),
        ("profiles", others.join(", ")),
    ];
    terminal::write_data(record::render_texts(&fields))?;
    if let Source::File { path, .. } = &source
        && crate::config::is_shared(path)
    {
        session.note(format!(
            "warning: other users can read {0}: chmod 600 {0}",
            path.display()
        ));
    }
    Ok(())
}

fn log_out(session: &Session, profile: &str) -> Result<()> {
    let base = credentials::base_url(&session.client);
    if !credentials::remove(&base, profile)? {
        let message = format!("no token is stored for {base} (profile {profile})");
        return Err(CliError::not_found(message));
    }
    // Schemas of private models are this account's.
    if let Some(schemas) = crate::config::cache_directory() {
        let _ = std::fs::remove_dir_all(schemas);
    }
    if session.json {
        return session.write_json(json!({"base_url": base, "profile": profile}).to_string());
    }
    session.note(format!("removed the token for {base} (profile {profile})"));
    match credentials::source(&session.client, None)? {
        Some(Source::GoFile(path)) => session.note(format!(
            "note: the token in {} is still used; it belongs to another tool",
            path.display()
        )),
        Some(Source::Variable) => session.note(format!("note: {TOKEN_VARIABLE} is still set")),
        _ => {}
    }
    Ok(())
}
