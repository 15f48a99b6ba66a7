use clap::Args;

use super::fields;
use crate::commands::show;
use crate::error::CliError;
use crate::session::Session;

/// Cancel a prediction
#[derive(Args, Debug)]
pub(crate) struct Cancel {
    /// The prediction's id
    id: String,
}

impl Cancel {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        show(
            session,
            session.client.predictions().cancel(&self.id).raw(),
            fields,
        )
        .await
    }
}
