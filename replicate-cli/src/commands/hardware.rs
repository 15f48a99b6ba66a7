use clap::Subcommand;

use crate::error::CliError;
use crate::list;
use crate::record::text_at;
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
    Column::id("SKU", |item| text_at(item, "/sku")),
    Column::new("NAME", |item| text_at(item, "/name")),
];

impl Hardware {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let Self::List = self;
        let response = session
            .unless_interrupted(session.client.hardware().list().with_response())
            .await??;
        if !session.is_interactive() {
            return session.write_json(response.body());
        }
        let all: Vec<serde_json::Value> =
            serde_json::from_slice(response.body()).unwrap_or_default();
        list::print_values(session, &all, &COLUMNS)
    }
}
