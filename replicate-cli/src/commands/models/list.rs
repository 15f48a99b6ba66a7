use clap::Args;

use super::COLUMNS;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::session::Session;

/// List public models
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    limit: Limit,
}

impl List {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let list = session.client.models().list().decode_as::<()>();
        list::print(session, list, self.limit, &COLUMNS).await
    }
}
