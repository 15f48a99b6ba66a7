use clap::Args;

use super::COLUMNS;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::session::Session;

/// Search public models
#[derive(Args, Debug)]
pub(crate) struct Search {
    /// What to look for
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Search {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let list = session.client.models().search(self.words.join(" "));
        list::print(session, list, self.limit, &COLUMNS).await
    }
}
