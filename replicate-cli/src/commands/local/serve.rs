use std::path::PathBuf;

use clap::Args;

use super::EmulatorArgs;
use super::address_file::AddressFile;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::signals::{self, Hangups};
use crate::terminal;

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
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let runtime = super::runtime()?;
        runtime.block_on(async {
            let interrupted = signals::listen().map_err(CliError::error)?;
            let mut hangups = Hangups::listen().map_err(CliError::error)?;
            let emulator = self
                .emulator
                .builder()
                .start()
                .await
                .map_err(super::not_started)?;
            let file = self
                .address_file
                .as_deref()
                .map(|path| AddressFile::write(path, emulator.url()))
                .transpose()?;
            terminal::write_line(emulator.url())?;
            if !global.quiet && terminal::stderr_is_terminal() {
                terminal::say(greeting(emulator.url(), self.emulator.token.as_deref()));
            }
            tokio::select! {
                () = interrupted.cancelled() => {}
                () = hangups.next() => {}
            }
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
