use clap::Args;

use crate::error::CliError;
use crate::list::{self, Limit};
use crate::record::{age_at, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// List the account's predictions, newest first
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    limit: Limit,
}

const COLUMNS: [Column; 5] = [
    Column::new("ID", |item| text_at(item, "/id")),
    Column::new("MODEL", |item| text_at(item, "/model")),
    Column::styled(
        "STATUS",
        |item| text_at(item, "/status"),
        terminal::status_style,
    ),
    Column::new("SOURCE", |item| text_at(item, "/source")),
    Column::new("CREATED", |item| age_at(item, "/created_at")),
];

impl List {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let list = session.client.predictions().list().decode_as::<()>();
        list::print(session, list, self.limit, &COLUMNS).await
    }
}
