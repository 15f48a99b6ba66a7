mod address_file;
mod exec;
mod serve;

use clap::{Args, Subcommand};
use replicate_emulator::{Builder, Emulator, RateLimit, StartError};

use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::terminal;

/// Serve a local Replicate, on this machine only: simulated models, no account
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Local {
    Serve(serve::Serve),
    Exec(exec::Exec),
}

impl Local {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let unused = [
            ("--timeout", global.timeout.is_some()),
            ("--base-url", global.base_url.is_some()),
        ];
        if let Some((option, _)) = unused.into_iter().find(|(_, given)| *given) {
            let message = format!("{option} has no effect on a local server");
            return Err(CliError::usage(message).hint("leave it out"));
        }
        match self {
            Self::Serve(serve) => serve.execute(global),
            Self::Exec(exec) => exec.execute(),
        }
    }
}

/// How the local Replicate is set up.
#[derive(Args, Debug)]
struct EmulatorArgs {
    /// The port; 0 is any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Where to listen: on this machine only
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1", value_parser = loopback)]
    host: String,
    /// Serve a Cog server as a model, such as me/model=http://127.0.0.1:5000
    #[arg(long, value_name = "OWNER/NAME=URL", value_parser = cog)]
    cog: Vec<(String, String)>,
    /// Write each request, and each delivery of a webhook, to standard error
    #[arg(long)]
    log: bool,
    /// Accept this token only
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    token: Option<String>,
    /// Limit the creates of each token: a burst and a rate, such as 5,2
    #[arg(long, value_name = "BURST,PER_SECOND", value_parser = rate_limit)]
    rate_limit: Option<RateLimit>,
    /// Limit creates as for an account with little credit: 6 a minute, one at a time
    #[arg(long, conflicts_with = "rate_limit")]
    low_credit: bool,
}

impl EmulatorArgs {
    fn builder(&self) -> Builder {
        let mut builder = Emulator::builder().port(self.port);
        if let Some(token) = &self.token {
            builder = builder.token(token);
        }
        for (name, address) in &self.cog {
            builder = builder.cog(name, address);
        }
        if let Some(limit) = &self.rate_limit {
            builder = builder.rate_limit(limit.clone());
        }
        if self.low_credit {
            builder = builder.rate_limit(RateLimit::low_credit());
        }
        if self.log {
            builder = builder
                .log(|exchange| terminal::say(exchange.to_string()))
                .log_deliveries(|delivery| terminal::say(delivery.to_string()));
        }
        builder
    }
}

/// Why it did not start: a wrong argument, or something on this machine.
fn not_started(error: StartError) -> CliError {
    match error {
        StartError::ModelName(_) | StartError::CogUrl(_) => CliError::usage(error),
        _ => CliError::error(error),
    }
}

fn loopback(host: &str) -> Result<String, String> {
    match host {
        "127.0.0.1" | "localhost" | "loopback" => Ok(host.to_owned()),
        _ => Err("it listens on this machine only: 127.0.0.1".to_owned()),
    }
}

/// A variable that is not set comes as an empty token, which no client can send.
fn token(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("the token is empty: give one, or leave --token out to accept any".to_owned());
    }
    Ok(text.to_owned())
}

fn rate_limit(text: &str) -> Result<RateLimit, String> {
    let limit = text.split_once(',').and_then(|(burst, rate)| {
        let burst = burst.trim().parse().ok().filter(|burst| *burst > 0)?;
        let rate: f64 = rate.trim().parse().ok()?;
        (rate.is_finite() && rate > 0.0).then(|| RateLimit::new(burst, rate))
    });
    limit.ok_or_else(|| "expected a burst and creates per second, such as 5,2".to_owned())
}

fn cog(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, address)) if name.contains('/') && address.starts_with("http") => {
            Ok((name.to_owned(), address.to_owned()))
        }
        _ => Err("write it as owner/name=http://127.0.0.1:5000".to_owned()),
    }
}

/// A runtime on which the emulator serves many at a time.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::error(format!("the runtime does not start: {error}")))
}
