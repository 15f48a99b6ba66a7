use clap::Subcommand;

use super::{SessionCommand, models, show_as};
use crate::error::Result;
use crate::list::{self, Limit};
use crate::record::{self, Cell::Text, Field};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// List and show collections of models
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Collections {
    /// List the collections
    List(Limit),
    /// Show a collection and its models
    #[command(visible_alias = "get")]
    Show {
        /// The collection's slug, such as text-to-speech
        slug: String,
    },
}

const COLUMNS: [Column; 3] = [
    Column::id("SLUG", Text("/slug")),
    Column::new("NAME", Text("/name")).worth(40),
    Column::new("DESCRIPTION", Text("/description")),
];

const FIELDS: [Field; 3] = [
    ("slug", Text("/slug")),
    ("name", Text("/name")),
    ("description", Text("/description")),
];

impl SessionCommand for Collections {
    async fn execute(self, session: &Session) -> Result<()> {
        let collections = session.client.collections();
        match self {
            Self::List(limit) => list::print(session, collections.list(), limit, &COLUMNS).await,
            Self::Show { slug } => {
                let printing = show_as(session, collections.get(slug), |collection| {
                    terminal::write_line(record::render(&FIELDS, collection))?;
                    let models = collection["models"].as_array();
                    let models = models.map(Vec::as_slice).unwrap_or_default();
                    list::print_values(session, models, &models::COLUMNS)
                });
                printing.await
            }
        }
    }
}
