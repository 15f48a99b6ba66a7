//! Stored API tokens: by base URL, so that no token is sent to another host than the one it was
//! stored for, and by profile.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use replicate::{Client, Token};
use serde::{Deserialize, Serialize};

use crate::config;
use crate::error::{CliError, ExitCode, Result};

/// The profile that is used if none is named.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// The variable with a token; it is used instead of a stored one, unless a profile is named.
pub(crate) const TOKEN_VARIABLE: &str = "REPLICATE_API_TOKEN";

/// The file of `auth login`, with mode 0600.
const FILE: &str = "credentials.json";

/// The file of Replicate's Go tool, which is only read.
const GO_FILE: &str = "hosts";

/// The files with tokens.
pub(crate) const FILES: [&str; 2] = [FILE, GO_FILE];

/// The host of Replicate's own API.
const API_HOST: &str = "api.replicate.com";

#[derive(Default, Deserialize, Serialize)]
pub(crate) struct Credentials {
    /// The profiles of each base URL, by name.
    #[serde(default)]
    hosts: BTreeMap<String, BTreeMap<String, Credential>>,
}

/// One stored token. It has no `Debug`, which would show the token.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Credential {
    token: String,
    /// The account that it belongs to, as it was at the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
}

/// Where the token of a command comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    Variable,
    /// The file of `auth login`.
    File {
        path: PathBuf,
        profile: String,
    },
    /// The file of Replicate's Go tool.
    GoFile(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str(TOKEN_VARIABLE),
            Self::File { path, profile } => write!(f, "{} (profile {profile})", path.display()),
            Self::GoFile(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The client with the token that applies to its base URL: that of the named profile, else that
/// of the environment, which it has already, else the stored one. Without any, it is unchanged,
/// and its first call fails.
pub(crate) fn sign_in(client: Client, profile: Option<&str>) -> Result<Client> {
    let Some((source, token)) = find(&client, profile)? else {
        return Ok(client);
    };
    let token = Token::new(token)
        .map_err(|error| CliError::new(ExitCode::NotAllowed, format!("{source}: {error}")))?;
    Ok(client.with_token(token))
}

/// Where the token for the client's base URL comes from; `None` if there is none.
pub(crate) fn source(client: &Client, profile: Option<&str>) -> Result<Option<Source>> {
    let stored = find(client, profile)?.map(|(source, _)| source);
    // The client may still have a token that was removed.
    Ok(stored.or(is_in_environment().then_some(Source::Variable)))
}

pub(crate) fn is_in_environment() -> bool {
    std::env::var_os(TOKEN_VARIABLE).is_some_and(|token| !token.is_empty())
}

/// The text of the token that is used, as part of a key of its account.
pub(crate) fn text(client: &Client, profile: Option<&str>) -> Option<String> {
    match find(client, profile).ok()? {
        Some((_, token)) => Some(token),
        None => std::env::var(TOKEN_VARIABLE).ok(),
    }
}

/// The stored token to use, unless that of the environment is to be used.
fn find(client: &Client, profile: Option<&str>) -> Result<Option<(Source, String)>> {
    if profile.is_none() && is_in_environment() {
        return Ok(None);
    }
    let Some(directory) = config::directory() else {
        return Ok(None);
    };
    let base = base_url(client);
    let name = profile.unwrap_or(DEFAULT_PROFILE);
    let path = directory.join(FILE);
    if let Some(credential) = Credentials::read(&path)?.get(&base, name) {
        let profile = name.to_owned();
        return Ok(Some((Source::File { path, profile }, credential.token)));
    }
    if let Some(name) = profile {
        let message = format!("no token is stored for profile `{name}` at {base}");
        return Err(CliError::new(ExitCode::NotAllowed, message)
            .hint(format!("store one: replicate auth login --profile {name}")));
    }
    let host = client.api().transport().base_url().host_str();
    let path = directory.join(GO_FILE);
    let content = read(&path)?.unwrap_or_default();
    let token = (host == Some(API_HOST))
        .then(|| go_token(&content))
        .flatten();
    Ok(token.map(|token| (Source::GoFile(path), token)))
}

pub(crate) fn base_url(client: &Client) -> String {
    client.api().transport().base_url().to_string()
}

/// The token in the file of the Go tool: `api.replicate.com:` and below it `token:`.
fn go_token(content: &str) -> Option<String> {
    let unquoted = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let mut is_host = false;
    for line in content.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        if !line.starts_with([' ', '\t']) {
            is_host = unquoted(key) == API_HOST;
        } else if is_host && key.trim() == "token" {
            return Some(unquoted(value)).filter(|token| !token.is_empty());
        }
    }
    None
}

fn read(path: &Path) -> Result<Option<String>> {
    config::read(path).map_err(|error| {
        let message = format!("could not read `{}`: {error}", path.display());
        CliError::new(ExitCode::NotAllowed, message)
    })
}

impl Credentials {
    /// Reads the file; one that does not exist has no tokens.
    fn read(path: &Path) -> Result<Self> {
        let Some(content) = read(path)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&content).map_err(|error| {
            // serde's message may repeat a value, which may be a token.
            let place = format!("line {}, column {}", error.line(), error.column());
            let message = format!("invalid JSON in `{}` at {place}", path.display());
            CliError::new(ExitCode::NotAllowed, message)
                .hint("remove the file, and log in again: replicate auth login")
        })
    }

    pub(crate) fn load() -> Result<Self> {
        Self::read(&config::file(FILE)?)
    }

    fn get(&self, base: &str, profile: &str) -> Option<Credential> {
        self.hosts.get(base)?.get(profile).cloned()
    }

    pub(crate) fn profiles(&self, base: &str) -> impl Iterator<Item = (&String, &Credential)> {
        self.hosts.get(base).into_iter().flatten()
    }
}

pub(crate) fn store(
    base: &str,
    profile: &str,
    token: String,
    username: Option<String>,
) -> Result<PathBuf> {
    let credential = Credential { token, username };
    change(|credentials| {
        let profiles = credentials.hosts.entry(base.to_owned()).or_default();
        profiles.insert(profile.to_owned(), credential);
    })
}

/// Removes a token; returns whether it was stored.
pub(crate) fn remove(base: &str, profile: &str) -> Result<bool> {
    if Credentials::load()?.get(base, profile).is_none() {
        return Ok(false);
    }
    change(|credentials| {
        if let Some(profiles) = credentials.hosts.get_mut(base) {
            profiles.remove(profile);
        }
        credentials.hosts.retain(|_, profiles| !profiles.is_empty());
    })?;
    Ok(true)
}

fn change(change: impl FnOnce(&mut Credentials)) -> Result<PathBuf> {
    let path = config::file(FILE)?;
    let failed = |error| CliError::not_written(&path, &error);
    let _lock = config::lock(&path).map_err(failed)?;
    let mut credentials = Credentials::read(&path)?;
    change(&mut credentials);
    let content = serde_json::to_string_pretty(&credentials).unwrap_or_default();
    config::write_private(&path, &format!("{content}\n")).map_err(failed)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_of_the_go_tool_is_read_for_its_host_only() {
        let quoted = "other.example:\n  token: no\n\"api.replicate.com\":\n  token: 'r8_abc'\n";
        for (content, token) in [
            ("api.replicate.com:\n    token: r8_abc\n", Some("r8_abc")),
            (quoted, Some("r8_abc")),
            ("other.example:\n  token: r8_abc\n", None),
            ("api.replicate.com:\n  token:\n", None),
            ("", None),
        ] {
            assert_eq!(go_token(content).as_deref(), token, "{content}");
        }
    }
}
