use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::EmulatorArguments;
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::interrupts;
use crate::terminal;

/// Serve a local Replicate until Ctrl-C; its address is the first line that is printed
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    emulator: EmulatorArguments,
    /// Write the address to this file too
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn execute(self, global: &Global) -> Result<Exit, Failure> {
        let runtime = super::runtime()?;
        runtime.block_on(async {
            let interrupted = interrupts::listen().map_err(Failure::error)?;
            let emulator = self
                .emulator
                .builder()
                .start()
                .await
                .map_err(super::not_started)?;
            if let Some(path) = &self.address_file {
                write_address(path, emulator.url())?;
            }
            terminal::write_line(emulator.url())?;
            if !global.quiet && terminal::stderr_is_terminal() {
                terminal::say(greeting(emulator.url(), self.emulator.token.as_deref()));
            }
            interrupted.cancelled().await;
            emulator.shutdown().await;
            if let Some(path) = &self.address_file {
                // Nobody is to find the address of what is gone.
                let _ = std::fs::remove_file(path);
            }
            Ok(Exit::Done)
        })
    }
}

/// What to do next. A token that was chosen may be one to keep, and is not written out.
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

/// Writes the file whole or not at all, so that a script never reads half of an address.
fn write_address(path: &Path, address: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::error(format!("`{}` cannot be written: {error}", path.display()))
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    writeln!(temporary, "{address}").map_err(failed)?;
    temporary
        .persist(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_never_shows_a_token_that_was_chosen() {
        let open = greeting("http://127.0.0.1:1", None);
        assert!(open.contains("BASE_URL=http://127.0.0.1:1 REPLICATE_API_TOKEN=local"));
        let chosen = greeting("http://127.0.0.1:1", Some("r8_secret"));
        assert!(!chosen.contains("r8_secret") && !chosen.contains("=local"));
        assert!(chosen.contains("the token given with --token"));
    }
}
