mod exec;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use replicate_emulator::{Builder, Emulator, RateLimit, StartError};

use super::with_option;
use crate::error::{CliError, ExitCode, Result};
use crate::global::GlobalArgs;
use crate::new_file;
use crate::signals;
use crate::terminal;

/// Serve a local Replicate on this machine, with simulated models and without an account
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Local {
    Serve(Serve),
    Exec(exec::Exec),
}

impl Local {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode> {
        let unused = [
            ("--timeout", global.timeout.is_some()),
            ("--base-url", global.base_url.is_some()),
        ];
        if let Some((option, _)) = unused.into_iter().find(|(_, given)| *given) {
            let message = format!("{option} has no effect on a local server");
            return Err(CliError::usage(message).hint("omit it"));
        }
        match self {
            Self::Serve(serve) => serve.execute(global),
            Self::Exec(exec) => exec.execute(),
        }
    }
}

/// The options of the local Replicate.
#[derive(Args, Debug)]
struct EmulatorArgs {
    /// The port; 0 for any free port
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// The host to listen on; only this machine is possible
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
    /// Limit the creates of each token to a burst and a rate, such as 5,2
    #[arg(long, value_name = "BURST,PER_SECOND", value_parser = rate_limit)]
    rate_limit: Option<RateLimit>,
    /// Limit creates as for an account with little credit: 6 a minute, one at a time
    #[arg(long, conflicts_with = "rate_limit")]
    low_credit: bool,
}

impl EmulatorArgs {
    async fn start(&self) -> Result<Emulator> {
        let builder = Emulator::builder().port(self.port);
        let mut builder = with_option(builder, self.token.as_ref(), Builder::token);
        for (name, url) in &self.cog {
            builder = builder.cog(name, url);
        }
        let low_credit = self.low_credit.then(RateLimit::low_credit);
        let limit = self.rate_limit.clone().or(low_credit);
        builder = with_option(builder, limit, Builder::rate_limit);
        if self.log {
            builder = builder
                .log(|exchange| terminal::say(exchange.to_string()))
                .log_deliveries(|delivery| terminal::say(delivery.to_string()));
        }
        builder.start().await.map_err(|error| match error {
            StartError::ModelName(_) | StartError::CogUrl(_) => CliError::usage(error),
            _ => CliError::error(error),
        })
    }
}

fn loopback(host: &str) -> Result<String, String> {
    match host {
        "127.0.0.1" | "localhost" | "loopback" => Ok(host.to_owned()),
        _ => Err("only 127.0.0.1 is possible".to_owned()),
    }
}

/// Rejects an empty token, the value of an unset shell variable, which no client can send.
fn token(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("empty token: pass one, or omit --token to accept any".to_owned());
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
        Some((name, url)) if name.contains('/') && url.starts_with("http") => {
            Ok((name.to_owned(), url.to_owned()))
        }
        _ => Err("expected owner/name=URL, such as me/model=http://127.0.0.1:5000".to_owned()),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::error(format!("could not start the runtime: {error}")))
}

/// Serve a local Replicate until Ctrl-C; the first line of output is its URL
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    emulator: EmulatorArgs,
    /// Write the URL to this file as well
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode> {
        let runtime = runtime()?;
        runtime.block_on(async {
            let interrupted = signals::listen(true).map_err(CliError::signals)?;
            let emulator = self.emulator.start().await?;
            let file = match self.address_file {
                Some(path) => Some(AddressFile::write(path, emulator.url())?),
                None => None,
            };
            terminal::write_line(emulator.url())?;
            if !global.quiet && terminal::stderr_is_terminal() {
                terminal::say(greeting(emulator.url(), self.emulator.token.as_deref()));
            }
            interrupted.cancelled().await;
            // Before the port is released, so that no other server can have written this URL.
            drop(file);
            emulator.shutdown().await;
            Ok(ExitCode::Done)
        })
    }
}

/// Next steps. A token of the user's is not printed.
fn greeting(url: &str, token: Option<&str>) -> String {
    let (token, note) = match token {
        None => ("local", ""),
        Some(_) => ("TOKEN", ", with the token given with --token"),
    };
    format!(
        "\nA local Replicate: simulated models, nothing leaves this machine. In another \
         terminal{note}:\n\n  \
         export REPLICATE_BASE_URL={url} REPLICATE_API_TOKEN={token}\n  \
         replicate run emulator/text \"Once upon a time\"\n\nCtrl-C stops it."
    )
}

/// A file that holds the URL until this is dropped.
#[derive(Debug)]
struct AddressFile {
    path: PathBuf,
    content: String,
}

impl AddressFile {
    /// Writes the file atomically, so that a script never reads part of a URL.
    fn write(path: PathBuf, url: &str) -> Result<Self> {
        let failed = |error| CliError::not_written(&path, &error);
        check(&path, failed)?;
        let content = format!("{url}\n");
        new_file::write_private(&path, &content).map_err(failed)?;
        Ok(Self { path, content })
    }
}

/// Removes the file, unless another server has replaced its content.
impl Drop for AddressFile {
    fn drop(&mut self) {
        let regular = fs::symlink_metadata(&self.path).is_ok_and(|now| now.is_file());
        if regular && fs::read(&self.path).is_ok_and(|now| now == self.content.as_bytes()) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Only a regular file is replaced.
fn check(path: &Path, failed: impl Fn(std::io::Error) -> CliError) -> Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let what = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_symlink() {
        "a symbolic link"
    } else {
        "a device, pipe or socket"
    };
    Err(CliError::usage(format!(
        "could not write `{}`: it is {what}",
        path.display()
    ))
    .hint("pass a regular file, or a path that does not exist"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greeting_never_shows_the_given_token() {
        let open = greeting("http://127.0.0.1:1", None);
        assert!(open.contains("BASE_URL=http://127.0.0.1:1 REPLICATE_API_TOKEN=local"));
        let chosen = greeting("http://127.0.0.1:1", Some("r8_secret"));
        assert!(!chosen.contains("r8_secret") && !chosen.contains("=local"));
        assert!(chosen.contains("the token given with --token"));
    }
}
