mod list;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::creation::CreateArgs;
use super::run::WaitArgs;
use super::{print_one, show, with_session};
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::prediction;
use crate::record::{Field, age_at, json_at, text_at};
use crate::table::Column;
use crate::terminal;

/// Create, show, list and cancel predictions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Predictions {
    Create(Create),
    /// Show a prediction
    #[command(visible_alias = "get")]
    Show {
        /// The prediction's id
        id: String,
    },
    List(list::ListArgs),
    /// Cancel a prediction
    Cancel {
        /// The prediction's id
        id: String,
    },
}

pub(super) const COLUMNS: [Column; 5] = [
    Column::id("ID", |item| text_at(item, "/id")),
    Column::new("MODEL", |item| text_at(item, "/model")).worth(100),
    Column::styled(
        "STATUS",
        |item| text_at(item, "/status"),
        terminal::status_style,
    ),
    Column::short("SOURCE", |item| text_at(item, "/source")).worth(10),
    Column::short("CREATED", |item| age_at(item, "/created_at")),
];

impl Predictions {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match self {
            Self::Create(create) => create.execute(global),
            Self::Show { id } => with_session(global, async |session| {
                show(
                    session,
                    session.client.predictions().get(&id).with_response(),
                    fields,
                )
                .await
            }),
            Self::List(list) => with_session(global, async |session| list.execute(session).await),
            Self::Cancel { id } => with_session(global, async |session| {
                let canceling = session.client.predictions().cancel(&id).with_response();
                show(session, canceling, fields).await
            }),
        }
    }
}

/// Create a prediction and print it; --wait waits until it is done
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// owner/name, owner/name:version, a version id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    creation: CreateArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

impl Create {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let parsed = self.creation.read(&self.reference)?;
        with_session(global, async |session| {
            let request = parsed.validate(session).await?;
            if self.creation.printed(session, &request)? {
                return Ok(());
            }
            let (run, _) = self.creation.run(session, request)?;
            let handle = prediction::start(session, run).await?;
            if !self.wait.is_requested() {
                return print_one(session, &prediction::body(&handle), fields);
            }
            let waited = prediction::wait(session, &handle, self.wait.until(), false).await;
            print_one(session, &waited.body, fields)?;
            waited.result
        })
    }
}

/// The fields of a prediction, for a person.
pub(crate) fn fields(prediction: &Value) -> Vec<Field> {
    vec![
        ("id", text_at(prediction, "/id")),
        ("status", text_at(prediction, "/status")),
        ("model", text_at(prediction, "/model")),
        ("version", text_at(prediction, "/version")),
        ("created", age_at(prediction, "/created_at")),
        ("completed", age_at(prediction, "/completed_at")),
        ("input", json_at(prediction, "/input")),
        ("output", output(prediction)),
        ("error", text_at(prediction, "/error")),
        ("metrics", json_at(prediction, "/metrics")),
        ("logs", text_at(prediction, "/logs")),
        ("web", text_at(prediction, "/urls/web")),
    ]
}

/// Text and URLs as they are, other values as JSON.
fn output(prediction: &Value) -> String {
    match &prediction["output"] {
        Value::Array(items) if !items.is_empty() && items.iter().all(is_url) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        _ => match text_at(prediction, "/output") {
            text if prediction["output"].is_string() => text,
            _ => json_at(prediction, "/output"),
        },
    }
}

fn is_url(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.starts_with("http") || text.starts_with("data:"))
}
