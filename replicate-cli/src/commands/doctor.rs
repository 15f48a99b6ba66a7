use std::time::Instant;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::config;
use crate::credentials::{self, TOKEN_VARIABLE};
use crate::error::{ExitCode, Result};
use crate::global::GlobalArgs;
use crate::json_output;
use crate::session::{Session, block_on};
use crate::terminal;
use Outcome::{Failed, Good, Warning};

/// Maximum clock skew in seconds: webhooks are rejected beyond 300 s.
const MAX_CLOCK_SKEW: i64 = 60;

const PROXY_VARIABLES: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Check the token, the connection and the configuration
///
/// Exits with 1 if a check fails. It creates nothing and costs nothing.
#[derive(Args, Debug)]
pub(crate) struct Doctor {}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    Good,
    Warning,
    Failed,
}

#[derive(Debug)]
struct Check {
    name: &'static str,
    outcome: Outcome,
    detail: String,
}

fn check(outcome: Outcome, name: &'static str, detail: impl Into<String>) -> Check {
    let detail = detail.into();
    Check {
        name,
        outcome,
        detail,
    }
}

impl Doctor {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode> {
        let mut checks = vec![check(Good, "version", env!("CARGO_PKG_VERSION"))];
        checks.extend(block_on(Box::pin(async {
            match Session::start(global).await {
                Ok(session) => {
                    let online = online(&session, global.profile.as_deref());
                    session.unless_interrupted(online).await
                }
                Err(error) => Ok(vec![check(Failed, "token", error.message())]),
            }
        }))??);
        checks.extend(proxies());
        checks.extend(files());
        print(global, &checks)?;
        Ok(match has_failed(&checks) {
            true => ExitCode::Error,
            false => ExitCode::Done,
        })
    }
}

/// The checks that send a request: one, for the account.
async fn online(session: &Session, profile: Option<&str>) -> Vec<Check> {
    let base = credentials::base_url(&session.client);
    let token = match credentials::source(&session.client, profile) {
        _ if session.local.is_some() => check(Good, "token", "that of the local server"),
        Ok(Some(source)) => check(Good, "token", format!("from {source}")),
        Ok(None) => {
            let what = format!("none: run replicate auth login, or set {TOKEN_VARIABLE}");
            check(Failed, "token", what)
        }
        Err(error) => check(Failed, "token", error.message()),
    };
    let mut checks = vec![check(Good, "base URL", base), token];
    if has_failed(&checks) {
        return checks;
    }
    let started = Instant::now();
    match session.client.account().get().with_response().await {
        Ok(response) => {
            let took = started.elapsed().as_millis();
            checks.push(check(Good, "connection", format!("{took} ms")));
            checks.push(check(Good, "account", response.username.clone()));
            let date = response.headers().get("date");
            checks.extend(date.and_then(|date| clock(date.to_str().ok()?)));
        }
        Err(error) if error.status().is_some() => {
            checks.push(check(Good, "connection", "the API responds"));
            checks.push(check(Failed, "account", error.to_string()));
        }
        Err(error) => checks.push(check(Failed, "connection", error.to_string())),
    }
    checks
}

/// Compares this machine's clock with that of the server.
fn clock(date: &str) -> Option<Check> {
    let server = DateTime::parse_from_rfc2822(date).ok()?.to_utc();
    let skew = Utc::now().signed_duration_since(server).num_seconds();
    Some(match skew.abs() {
        ..=MAX_CLOCK_SKEW => check(Good, "clock", format!("{} s off", skew.abs())),
        _ => {
            let direction = if skew > 0 { "ahead of" } else { "behind" };
            let skew = skew.abs();
            let what = format!("{skew} s {direction} the server: webhooks may be refused");
            check(Warning, "clock", what)
        }
    })
}

/// The proxies of the environment. Their URLs may hold passwords and are not shown.
fn proxies() -> Option<Check> {
    let set = PROXY_VARIABLES
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let names = set.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| check(Good, "proxy", format!("{names} set")))
}

fn files() -> Vec<Check> {
    let Some(directory) = config::directory() else {
        let what = "neither XDG_CONFIG_HOME nor HOME is set";
        return vec![check(Warning, "configuration", what)];
    };
    let mut checks = vec![check(
        Good,
        "configuration",
        directory.display().to_string(),
    )];
    for path in credentials::FILES.map(|name| directory.join(name)) {
        if config::is_shared(&path) {
            let path = path.display();
            let detail = format!("other users can read {path}: chmod 600 {path}");
            checks.push(check(Warning, "permissions", detail));
        }
    }
    checks
}

fn print(global: &GlobalArgs, checks: &[Check]) -> Result<()> {
    let look = |outcome| match outcome {
        Good => ("ok", AnsiColor::Green),
        Warning => ("warning", AnsiColor::Yellow),
        Failed => ("failed", AnsiColor::Red),
    };
    if global.json || global.jq.is_some() {
        let checks = checks.iter().map(|check| {
            let (outcome, _) = look(check.outcome);
            json!({"check": check.name, "outcome": outcome, "detail": check.detail})
        });
        let list = Value::from_iter(checks).to_string();
        return json_output::write(global.jq.as_deref(), list.as_bytes());
    }
    let mut text = String::new();
    for check in checks {
        let (outcome, color) = look(check.outcome);
        let style = Style::new().fg_color(Some(color.into()));
        let outcome = terminal::styled(&format!("{outcome:<7}"), style);
        text.push_str(&format!(
            "{outcome}  {:<13}  {}\n",
            check.name, check.detail
        ));
    }
    Ok(terminal::write_data(text)?)
}

fn has_failed(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.outcome == Failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_that_is_off_is_a_warning() {
        let outcome = |seconds: i64| {
            let date = Utc::now() + chrono::TimeDelta::seconds(seconds);
            clock(&date.to_rfc2822()).map(|check| check.outcome)
        };
        assert_eq!(outcome(0), Some(Good));
        assert_eq!(outcome(600), Some(Warning));
        assert_eq!(outcome(-600), Some(Warning));
        assert!(clock("yesterday").is_none());
    }
}
