use std::path::PathBuf;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::config;
use crate::credentials;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::json_output;
use crate::session::Session;
use crate::terminal;

/// Maximum clock skew in seconds: webhooks are rejected beyond 300 s.
const MAX_CLOCK_SKEW: i64 = 60;

/// The variables that send requests through a proxy.
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

/// A check: what was looked at, how it ended, and what to know about it.
#[derive(Debug)]
struct Check {
    name: &'static str,
    outcome: Outcome,
    detail: String,
}

impl Check {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Outcome::Good, detail)
    }

    fn warning(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Outcome::Warning, detail)
    }

    fn failed(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Outcome::Failed, detail)
    }

    fn new(name: &'static str, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            name,
            outcome,
            detail: detail.into(),
        }
    }
}

impl Doctor {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::error(format!("could not start the runtime: {error}")))?;
        let mut checks = vec![Check::good("version", env!("CARGO_PKG_VERSION"))];
        let checked = runtime.block_on(async {
            match Session::start(global).await {
                Ok(session) => {
                    let online = online(&session, global.profile.as_deref());
                    session.unless_interrupted(online).await
                }
                Err(error) => Ok(vec![Check::failed("token", error.message())]),
            }
        });
        runtime.shutdown_background();
        checks.extend(checked?);
        checks.extend(proxies());
        checks.extend(files());
        print(global, &checks)?;
        let failed = checks.iter().any(|check| check.outcome == Outcome::Failed);
        Ok(if failed {
            ExitCode::Error
        } else {
            ExitCode::Done
        })
    }
}

/// The checks that send a request: one, for the account.
async fn online(session: &Session, profile: Option<&str>) -> Vec<Check> {
    let base = credentials::base_url(&session.client);
    let mut checks = vec![Check::good("base URL", base)];
    match credentials::source(&session.client, profile) {
        Ok(Some(source)) => checks.push(Check::good("token", format!("from {source}"))),
        Ok(None) => checks.push(Check::failed(
            "token",
            format!(
                "none: run replicate auth login, or set {}",
                credentials::TOKEN_VARIABLE
            ),
        )),
        Err(error) => checks.push(Check::failed("token", error.message())),
    }
    if checks.iter().any(|check| check.outcome == Outcome::Failed) {
        return checks;
    }
    let started = Instant::now();
    match session.client.account().get().with_response().await {
        Ok(response) => {
            let took = started.elapsed().as_millis();
            checks.push(Check::good("connection", format!("{took} ms")));
            checks.push(Check::good("account", response.username.clone()));
            let date = response
                .headers()
                .get("date")
                .and_then(|date| date.to_str().ok());
            checks.extend(date.and_then(clock));
        }
        Err(error) if error.status().is_some() => {
            checks.push(Check::good("connection", "the API responds"));
            checks.push(Check::failed("account", error.to_string()));
        }
        Err(error) => checks.push(Check::failed("connection", error.to_string())),
    }
    checks
}

/// Compares this machine's clock with that of the server.
fn clock(date: &str) -> Option<Check> {
    let server = DateTime::parse_from_rfc2822(date).ok()?.to_utc();
    let skew = Utc::now().signed_duration_since(server).num_seconds();
    Some(match skew.abs() {
        ..=MAX_CLOCK_SKEW => Check::good("clock", format!("{} s off", skew.abs())),
        _ => {
            let direction = if skew > 0 { "ahead of" } else { "behind" };
            let skew = skew.abs();
            Check::warning(
                "clock",
                format!("{skew} s {direction} the server: webhooks may be refused"),
            )
        }
    })
}

/// The proxies of the environment. Their URLs may hold passwords and are not shown.
fn proxies() -> Option<Check> {
    let set = PROXY_VARIABLES
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let names = set.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| Check::good("proxy", format!("{names} set")))
}

/// The files of the configuration.
fn files() -> Vec<Check> {
    let Some(directory) = config::directory() else {
        return vec![Check::warning(
            "configuration",
            "neither XDG_CONFIG_HOME nor HOME is set",
        )];
    };
    let mut checks = vec![Check::good(
        "configuration",
        directory.display().to_string(),
    )];
    let shared: Vec<PathBuf> = credentials::FILES
        .iter()
        .map(|name| directory.join(name))
        .filter(|path| config::is_shared(path))
        .collect();
    for path in shared {
        let path = path.display();
        let detail = format!("other users can read {path}: chmod 600 {path}");
        checks.push(Check::warning("permissions", detail));
    }
    checks
}

fn print(global: &GlobalArgs, checks: &[Check]) -> Result<(), CliError> {
    let word = |outcome| match outcome {
        Outcome::Good => "ok",
        Outcome::Warning => "warning",
        Outcome::Failed => "failed",
    };
    if global.json || global.jq.is_some() {
        let list: Vec<Value> = checks
            .iter()
            .map(|check| {
                json!({"check": check.name, "outcome": word(check.outcome), "detail": check.detail})
            })
            .collect();
        return json_output::write(
            global.jq.as_deref(),
            Value::from(list).to_string().as_bytes(),
        );
    }
    let mut text = String::new();
    for check in checks {
        let color = match check.outcome {
            Outcome::Good => AnsiColor::Green,
            Outcome::Warning => AnsiColor::Yellow,
            Outcome::Failed => AnsiColor::Red,
        };
        let style = Style::new().fg_color(Some(color.into()));
        let outcome = terminal::styled(&format!("{:<7}", word(check.outcome)), style);
        text.push_str(&format!(
            "{outcome}  {:<13}  {}\n",
            check.name, check.detail
        ));
    }
    Ok(terminal::write_data(text)?)
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
        assert_eq!(outcome(0), Some(Outcome::Good));
        assert_eq!(outcome(600), Some(Outcome::Warning));
        assert_eq!(outcome(-600), Some(Outcome::Warning));
        assert!(clock("yesterday").is_none());
    }
}
