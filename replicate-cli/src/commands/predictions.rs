mod download;

use std::slice;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use replicate::resources::PredictionList;
use serde_json::Value;

use super::creation::{CreateArgs, ModelArgs};
use super::run::WaitArgs;
use super::{SessionCommand, open_prediction, print_one, show, with_option};
use crate::error::{CliError, Result, running_hint};
use crate::list::{self, JobFilter, Limit};
use crate::output;
use crate::prediction::{self, Followed, status_and_logs, write_line};
use crate::record::Cell::{Age, Json, Text, With};
use crate::record::{Field, json_at};
use crate::schema::read::schema_of_created;
use crate::session::Session;
use crate::table::Column;
use crate::when;

/// Create, show, list, follow, download and cancel predictions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Predictions {
    Create(Create),
    /// Show a prediction
    #[command(visible_alias = "get")]
    Show(Id),
    List(ListArgs),
    /// Wait until a prediction is done, and print it
    Wait(Id),
    /// Follow a prediction: its logs to standard error, then its output
    Watch(Id),
    /// Print a prediction's logs
    Logs {
        #[command(flatten)]
        id: Id,
        /// Print new lines as they arrive, until the prediction is done
        #[arg(short, long)]
        follow: bool,
    },
    Download(download::Download),
    /// Open a prediction's page in a browser
    Open(Id),
    /// Cancel a prediction
    Cancel(Id),
}

/// The prediction that a command is about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Id {
    /// The prediction's id, or the URL of its page
    #[arg(value_name = "ID")]
    id: String,
}

impl Id {
    fn parse(&self) -> Result<String> {
        prediction::id(&self.id)
    }
}

/// List the account's predictions, newest first
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate predictions list --status failed --created-after 2h
  replicate predictions list --limit all --jq '.[].id'")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    filter: JobFilter,
    /// Only predictions created since this time, such as 2026-01-31, or 2h for two hours ago
    #[arg(long, visible_alias = "since", value_name = "TIME", value_parser = when::parse)]
    created_after: Option<DateTime<Utc>>,
    /// Only predictions created before this time
    #[arg(long, visible_alias = "until", value_name = "TIME", value_parser = when::parse)]
    created_before: Option<DateTime<Utc>>,
    /// Only predictions of the last 14 days with this origin
    #[arg(long)]
    source: Option<Source>,
}

/// Origin of a prediction.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Source {
    /// On the website
    Web,
}

pub(super) const COLUMNS: [Column; 5] = [
    Column::id("ID", Text("/id")),
    Column::new("MODEL", Text("/model")).worth(100),
    Column::status(),
    Column::short("SOURCE", Text("/source")).worth(10),
    Column::short("CREATED", Age("/created_at")),
];

pub(crate) const FIELDS: [Field; 12] = [
    ("id", Text("/id")),
    ("status", Text("/status")),
    ("model", Text("/model")),
    ("version", Text("/version")),
    ("created", Age("/created_at")),
    ("completed", Age("/completed_at")),
    ("input", Json("/input")),
    ("output", With(output)),
    ("error", Text("/error")),
    ("metrics", Json("/metrics")),
    ("logs", Text("/logs")),
    ("web", Text("/urls/web")),
];

impl SessionCommand for Predictions {
    fn check(&self) -> Result<()> {
        match self {
            Self::Create(create) => create.model.check(&create.creation),
            _ => Ok(()),
        }
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let predictions = session.client.predictions();
        match self {
            Self::Create(create) => create.execute(session).await,
            Self::Show(id) => show(session, predictions.get(id.parse()?), &FIELDS).await,
            Self::List(list) => list.execute(session).await,
            Self::Wait(id) => wait(session, &id.parse()?).await,
            Self::Watch(id) => watch(session, &id.parse()?).await,
            Self::Logs { id, follow } => logs(session, &id.parse()?, follow).await,
            Self::Download(download) => download.execute(session).await,
            Self::Open(id) => {
                let id = id.parse()?;
                let reading = predictions.get(&id).with_response();
                let response = session.unless_interrupted(reading).await??;
                open_prediction(session, &id, response.body());
                Ok(())
            }
            Self::Cancel(id) => show(session, predictions.cancel(id.parse()?), &FIELDS).await,
        }
    }
}

impl ListArgs {
    async fn execute(self, session: &Session) -> Result<()> {
        let list = session.client.predictions().list();
        let list = with_option(list, self.created_after, PredictionList::created_after);
        let list = with_option(list, self.created_before, PredictionList::created_before);
        let source = self.source.map(|Source::Web| "web");
        let list = with_option(list, source, PredictionList::source).decode_as::<()>();
        list::print_matching(session, list, self.limit, &self.filter, &COLUMNS).await
    }
}

/// Waits for a prediction, and prints it; one that did not succeed is an error.
async fn wait(session: &Session, id: &str) -> Result<()> {
    let followed = Followed::attach(session, id);
    let waited = followed.wait(false).await;
    if followed.is_terminal() || waited.result.is_ok() {
        print_one(session, &waited.body, &FIELDS)?;
    }
    waited.result
}

/// Follows a prediction, and prints its output as `run` does.
async fn watch(session: &Session, id: &str) -> Result<()> {
    let followed = Followed::attach(session, id);
    let waited = followed.wait(true).await;
    if session.json && !waited.body.is_empty() {
        session.print_json(waited.body.clone()).await?;
    }
    waited.result?;
    let Some(snapshot) = followed.handle.snapshot().filter(|_| !session.json) else {
        return Ok(());
    };
    let schema = schema_of_created(session, &snapshot).await;
    let output =
        output::from_prediction(&session.client, &snapshot, &waited.body, schema.as_ref())?;
    followed.drive(write_line(output.lines())).await
}

async fn logs(session: &Session, id: &str, follow: bool) -> Result<()> {
    let followed = Followed::attach(session, id);
    if !follow {
        let reading = async { Ok(followed.handle.refresh().await?) };
        let prediction = followed.drive(reading).await?;
        let printing = prediction::print_logs(prediction.logs.as_deref());
        return followed.drive(printing).await;
    }
    let printing = async {
        let following = prediction::follow_logs(followed.handle.wait(), status_and_logs);
        Ok(following.await??)
    };
    followed.drive(printing).await
}

/// Create a prediction and print it; --wait waits until it is done
///
/// `predictions create REF --help` shows the model's inputs.
#[derive(Args, Debug)]
#[command(visible_alias = "new", disable_help_flag = true)]
pub(crate) struct Create {
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    creation: CreateArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

impl Create {
    async fn execute(self, session: &Session) -> Result<()> {
        let Some(reference) = self.model.reference(session, "predictions create").await? else {
            return Ok(());
        };
        let parsed = self.creation.parse(&reference)?;
        let request = self.creation.validate(session, parsed).await?;
        let requests = slice::from_ref(&request);
        if self.creation.printed(session, requests).await? {
            return Ok(());
        }
        let run = self.creation.run(session, &request)?;
        let (leave, until) = (self.creation.leave(), self.wait.until());
        let followed = prediction::start(session, run, leave, until).await?;
        let id = followed.handle.id();
        let exists = |error: CliError| error.after_create(id).or_hint(running_hint(id));
        if !self.wait.is_requested() {
            return print_one(session, &followed.body(), &FIELDS).map_err(exists);
        }
        let waited = followed.wait(false).await;
        print_one(session, &waited.body, &FIELDS).map_err(exists)?;
        waited.result
    }
}

/// URLs one a line, texts as one text, other values as JSON.
fn output(prediction: &Value) -> String {
    let output = &prediction["output"];
    let texts: Option<Vec<&str>> = match output {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    };
    match texts {
        Some(texts) if texts.iter().any(|text| is_url(text)) => texts.join("\n"),
        Some(texts) if !texts.is_empty() => texts.concat(),
        _ => json_at(prediction, "/output"),
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("http") || text.starts_with("data:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_of_a_list_are_shown_as_one_text() {
        for (value, shown) in [
            (json!(["a", " tale\n", "of"]), "a tale\nof"),
            (
                json!(["https://a/1", "https://a/2"]),
                "https://a/1\nhttps://a/2",
            ),
            (json!("text"), "text"),
            (json!(null), ""),
            (json!({"n": 1}), "{\n  \"n\": 1\n}"),
        ] {
            assert_eq!(output(&json!({"output": value})), shown);
        }
    }
}
