use clap::Subcommand;
use serde_json::Value;

use super::show;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::record::{Field, age_at, json_at, text_at};
use crate::session::Session;
use crate::table::Column;

/// List and show uploaded files
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Files {
    /// List the account's uploaded files
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a file's metadata
    #[command(visible_alias = "get")]
    Show {
        /// The file's id
        id: String,
    },
}

const COLUMNS: [Column; 5] = [
    Column::new("ID", |item| text_at(item, "/id")),
    Column::new("NAME", |item| text_at(item, "/name")),
    Column::new("TYPE", |item| text_at(item, "/content_type")),
    Column::new("BYTES", |item| text_at(item, "/size")),
    Column::new("CREATED", |item| age_at(item, "/created_at")),
];

impl Files {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let files = session.client.files();
        match self {
            Self::List { limit } => list::print(session, files.list(), limit, &COLUMNS).await,
            Self::Show { id } => show(session, files.get(id).with_response(), fields).await,
        }
    }
}

fn fields(file: &Value) -> Vec<Field> {
    vec![
        ("id", text_at(file, "/id")),
        ("name", text_at(file, "/name")),
        ("type", text_at(file, "/content_type")),
        ("bytes", text_at(file, "/size")),
        ("sha256", text_at(file, "/checksums/sha256")),
        ("created", age_at(file, "/created_at")),
        ("expires", text_at(file, "/expires_at")),
        ("metadata", json_at(file, "/metadata")),
        ("url", text_at(file, "/urls/get")),
    ]
}
