use clap::Args;

use super::fields;
use crate::cli::GlobalArgs;
use crate::commands::creation::CreateArgs;
use crate::commands::run::WaitArgs;
use crate::commands::{print_one, with_session};
use crate::error::{CliError, ExitCode};
use crate::prediction;

/// Create a prediction and print it; --wait waits until it is done
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// owner/name, owner/name:version, a version's id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    creation: CreateArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

impl Create {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let parsed = self.creation.read(&self.reference)?;
        with_session(global, async |session| {
            let request = parsed.validate(session).await?;
            if self.creation.printed(session, &request)? {
                return Ok(());
            }
            let (run, _) = self.creation.run(session, request)?;
            let handle = prediction::start(session, run).await?;
            if !self.wait.is_requested() {
                return print_one(session, &prediction::body(&handle), fields);
            }
            let waited = prediction::wait(session, &handle, self.wait.until(), false).await;
            print_one(session, &waited.body, fields)?;
            waited.result
        })
    }
}
