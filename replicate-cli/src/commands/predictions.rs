mod cancel;
mod create;
mod list;
mod show;

use clap::Subcommand;
use serde_json::Value;

use super::with_session;
use crate::cli::GlobalArgs;
use crate::error::{CliError, ExitCode};
use crate::record::{Field, age_at, json_at, text_at};

/// Create, look at, list and cancel predictions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Predictions {
    Create(create::Create),
    #[command(visible_alias = "get")]
    Show(show::Show),
    List(list::List),
    Cancel(cancel::Cancel),
}

impl Predictions {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match self {
            Self::Create(create) => create.execute(global),
            Self::Show(show) => with_session(global, async |session| show.execute(session).await),
            Self::List(list) => with_session(global, async |session| list.execute(session).await),
            Self::Cancel(cancel) => {
                with_session(global, async |session| cancel.execute(session).await)
            }
        }
    }
}

/// What a person sees of a prediction.
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

/// A text or addresses as they are, all else as JSON.
fn output(prediction: &Value) -> String {
    match &prediction["output"] {
        Value::Array(items) if !items.is_empty() && items.iter().all(is_address) => items
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

fn is_address(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.starts_with("http") || text.starts_with("data:"))
}
