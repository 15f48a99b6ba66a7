use clap::Subcommand;
use serde_json::Value;

use super::models;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::record::{self, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// List and show collections of models
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Collections {
    /// List the collections
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a collection and its models
    #[command(visible_alias = "get")]
    Show {
        /// The collection's slug, such as text-to-speech
        slug: String,
    },
}

const COLUMNS: [Column; 3] = [
    Column::id("SLUG", |item| text_at(item, "/slug")),
    Column::new("NAME", |item| text_at(item, "/name")).worth(40),
    Column::new("DESCRIPTION", |item| text_at(item, "/description")),
];

impl Collections {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let collections = session.client.collections();
        match self {
            Self::List { limit } => list::print(session, collections.list(), limit, &COLUMNS).await,
            Self::Show { slug } => {
                let response = session
                    .unless_interrupted(collections.get(slug).with_response())
                    .await??;
                print(session, response.body())
            }
        }
    }
}

fn print(session: &Session, body: &[u8]) -> Result<(), CliError> {
    if !session.is_interactive() {
        return session.write_json(body);
    }
    let collection: Value = serde_json::from_slice(body).unwrap_or_default();
    let fields = [
        ("slug", text_at(&collection, "/slug")),
        ("name", text_at(&collection, "/name")),
        ("description", text_at(&collection, "/description")),
    ];
    terminal::write_line(record::render(&fields))?;
    let models = collection["models"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    list::print_values(session, models, &models::COLUMNS)
}
