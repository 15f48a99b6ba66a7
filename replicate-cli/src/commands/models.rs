mod list;
mod search;
mod show;
mod versions;

use clap::Subcommand;

use crate::error::CliError;
use crate::record::{full_name, text_at};
use crate::session::Session;
use crate::table::Column;

/// Look at models and their versions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Models {
    List(list::List),
    Search(search::Search),
    #[command(visible_alias = "get")]
    Show(show::Show),
    #[command(visible_alias = "version", subcommand)]
    Versions(versions::Versions),
}

/// What a person sees of a list of models.
pub(super) const COLUMNS: [Column; 3] = [
    Column::new("MODEL", full_name),
    Column::new("RUNS", |item| text_at(item, "/run_count")),
    Column::new("DESCRIPTION", |item| text_at(item, "/description")),
];

impl Models {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        match self {
            Self::List(list) => list.execute(session).await,
            Self::Search(search) => search.execute(session).await,
            Self::Show(show) => show.execute(session).await,
            Self::Versions(versions) => versions.execute(session).await,
        }
    }
}
