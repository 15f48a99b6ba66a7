use clap::Args;

use super::fields;
use crate::commands::show;
use crate::error::CliError;
use crate::session::Session;

/// Show a prediction
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The prediction's id
    id: String,
}

impl Show {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        show(
            session,
            session.client.predictions().get(&self.id).raw(),
            fields,
        )
        .await
    }
}
