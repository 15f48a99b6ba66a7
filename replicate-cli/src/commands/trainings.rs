use clap::Subcommand;
use serde_json::Value;

use super::{change_and_show, show, with_session};
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::list::{self, JobFilter, Limit};
use crate::record::{Field, age_at, json_at, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

mod create;
mod wait;

pub(crate) use create::Create;

/// Create, show, follow and cancel trainings
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Trainings {
    #[command(visible_aliases = ["new", "train"])]
    Create(Create),
    /// List the account's trainings, newest first
    List {
        #[command(flatten)]
        limit: Limit,
        #[command(flatten)]
        filter: JobFilter,
    },
    /// Show a training
    #[command(visible_aliases = ["view", "get"])]
    Show {
        /// The training's id
        id: String,
    },
    /// Wait until a training is done, and show it; Ctrl-C leaves it running
    Wait {
        /// The training's id
        id: String,
    },
    /// Print the logs of a training
    Logs {
        /// The training's id
        id: String,
        /// Print new lines until the training is done; Ctrl-C leaves it running
        #[arg(short, long)]
        follow: bool,
    },
    /// Cancel a training
    Cancel {
        /// The training's id
        id: String,
    },
}

const COLUMNS: [Column; 4] = [
    Column::id("ID", |item| text_at(item, "/id")),
    Column::new("MODEL", |item| text_at(item, "/model")).worth(100),
    Column::styled(
        "STATUS",
        |item| text_at(item, "/status"),
        terminal::status_style,
    ),
    Column::short("CREATED", |item| age_at(item, "/created_at")),
];

impl Trainings {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match self {
            Self::Create(create) => create.execute(global),
            other => with_session(global, async |session| other.with_session(session).await),
        }
    }

    async fn with_session(self, session: &Session) -> Result<(), CliError> {
        let trainings = session.client.trainings();
        match self {
            Self::List { limit, filter } => {
                let list = trainings.list();
                list::print_matching(session, list, limit, &filter, &COLUMNS).await
            }
            Self::Show { id } => show(session, trainings.get(&id).with_response(), fields).await,
            Self::Wait { id } => wait::attached(session, &id).await,
            Self::Logs { id, follow } => wait::logs(session, &id, follow).await,
            Self::Cancel { id } => {
                let send = async |client: replicate::Client| {
                    client.trainings().cancel(&id).with_response().await
                };
                change_and_show(session, send, fields).await
            }
            // Executed without a session.
            Self::Create(_) => Ok(()),
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
