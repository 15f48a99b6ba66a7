use clap::Args;

use super::{SessionCommand, show};
use crate::error::Result;
use crate::record::{Cell::Text, Field};
use crate::session::Session;

/// Show the current account
#[derive(Args, Debug)]
pub(crate) struct Account {}

const FIELDS: [Field; 4] = [
    ("username", Text("/username")),
    ("name", Text("/name")),
    ("type", Text("/type")),
    ("github", Text("/github_url")),
];

impl SessionCommand for Account {
    async fn execute(self, session: &Session) -> Result<()> {
        show(session, session.client.account().get(), &FIELDS).await
    }
}
