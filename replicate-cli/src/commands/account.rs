use clap::Args;

use super::show;
use crate::error::CliError;
use crate::record::text_at;
use crate::session::Session;

/// Show the current account
#[derive(Args, Debug)]
pub(crate) struct Account {}

impl Account {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let fetching = session.client.account().get().with_response();
        show(session, fetching, |account| {
            vec![
                ("username", text_at(account, "/username")),
                ("name", text_at(account, "/name")),
                ("type", text_at(account, "/type")),
                ("github", text_at(account, "/github_url")),
            ]
        })
        .await
    }
}
