use clap::Args;

use super::fields;
use crate::cli::Global;
use crate::commands::creation::CreationArguments;
use crate::commands::run::WaitArguments;
use crate::commands::{online, print_one};
use crate::failure::{Exit, Failure};
use crate::job;

/// Create a prediction, and print it; --wait waits for its end
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// owner/name, owner/name:version, a version's id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    creation: CreationArguments,
    #[command(flatten)]
    wait: WaitArguments,
}

impl Create {
    pub(crate) fn execute(self, global: &Global) -> Result<Exit, Failure> {
        let wanted = self.creation.read(&self.reference)?;
        online(global, async |session| {
            let checked = wanted.check(session).await?;
            if self.creation.printed(session, &checked)? {
                return Ok(());
            }
            let (creation, _) = self.creation.creation(session, checked).await?;
            let created = job::create(session, creation).await?;
            if !self.wait.asked() {
                return print_one(session, &created.body, fields);
            }
            let ended = job::wait(session, &created.prediction, self.wait.until(), false).await?;
            print_one(session, &ended.body, fields)?;
            ended.result
        })
    }
}
