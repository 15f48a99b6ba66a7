use clap::Subcommand;
use serde_json::Value;

use super::show;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::record::{Field, age_at, json_at, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// List and show trainings
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Trainings {
    /// List the account's trainings, newest first
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a training
    #[command(visible_alias = "get")]
    Show {
        /// The training's id
        id: String,
    },
}

const COLUMNS: [Column; 4] = [
    Column::new("ID", |item| text_at(item, "/id")),
    Column::new("MODEL", |item| text_at(item, "/model")),
    Column::styled(
        "STATUS",
        |item| text_at(item, "/status"),
        terminal::status_style,
    ),
    Column::new("CREATED", |item| age_at(item, "/created_at")),
];

impl Trainings {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let trainings = session.client.trainings();
        match self {
            Self::List { limit } => list::print(session, trainings.list(), limit, &COLUMNS).await,
            Self::Show { id } => show(session, trainings.get(&id).with_response(), fields).await,
        }
    }
}

fn fields(training: &Value) -> Vec<Field> {
    vec![
        ("id", text_at(training, "/id")),
        ("status", text_at(training, "/status")),
        ("model", text_at(training, "/model")),
        ("version", text_at(training, "/version")),
        ("created", age_at(training, "/created_at")),
        ("completed", age_at(training, "/completed_at")),
        ("input", json_at(training, "/input")),
        ("output", json_at(training, "/output")),
        ("error", text_at(training, "/error")),
        ("metrics", json_at(training, "/metrics")),
        ("logs", text_at(training, "/logs")),
    ]
}
