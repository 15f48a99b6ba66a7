use clap::Subcommand;

use super::{SessionCommand, show_as};
use crate::error::Result;
use crate::list;
use crate::record::Cell::Text;
use crate::session::Session;
use crate::table::Column;

/// List the hardware that models can run on
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Hardware {
    /// List the hardware
    List,
}

const COLUMNS: [Column; 2] = [
    Column::id("SKU", Text("/sku")),
    Column::new("NAME", Text("/name")),
];

impl SessionCommand for Hardware {
    async fn execute(self, session: &Session) -> Result<()> {
        let Self::List = self;
        let printing = show_as(session, session.client.hardware().list(), |all| {
            let all = all.as_array().map(Vec::as_slice).unwrap_or_default();
            list::print_values(session, all, &COLUMNS)
        });
        printing.await
    }
}
