mod download;
mod list;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::creation::CreateArgs;
use super::run::WaitArgs;
use super::{model_help, page, print_one, show, with_session};
use crate::error::{CliError, ExitCode, running_hint};
use crate::global::GlobalArgs;
use crate::output;
use crate::prediction::{self, Followed, LogLines, write, write_line};
use crate::record::{Field, age_at, json_at, text_at};
use crate::schema::read::schema_of_created;
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// Create, show, list, follow, download and cancel predictions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Predictions {
    Create(Create),
    /// Show a prediction
    #[command(visible_alias = "get")]
    Show {
        #[command(flatten)]
        id: Id,
    },
    List(list::ListArgs),
    /// Wait until a prediction is done, and print it
    Wait {
        #[command(flatten)]
        id: Id,
    },
    /// Follow a prediction: its logs to standard error, then its output
    Watch {
        #[command(flatten)]
        id: Id,
    },
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
    Open {
        #[command(flatten)]
        id: Id,
    },
    /// Cancel a prediction
    Cancel {
        #[command(flatten)]
        id: Id,
    },
}

/// The prediction that a command is about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Id {
    /// The prediction's id, or the URL of its page
    #[arg(value_name = "ID")]
    id: String,
}

impl Id {
    fn parse(&self) -> Result<String, CliError> {
        prediction::id(&self.id)
    }
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
        if let Self::Create(create) = self {
            return create.execute(global);
        }
        with_session(global, async |session| match self {
            Self::Create(_) => Ok(()),
            Self::Show { id } => {
                let id = id.parse()?;
                let showing = session.client.predictions().get(&id).with_response();
                show(session, showing, fields).await
            }
            Self::List(list) => list.execute(session).await,
            Self::Wait { id } => wait(session, &id.parse()?).await,
            Self::Watch { id } => watch(session, &id.parse()?).await,
            Self::Logs { id, follow } => logs(session, &id.parse()?, follow).await,
            Self::Download(download) => download.execute(session).await,
            Self::Open { id } => {
                let id = id.parse()?;
                let reading = session.client.predictions().get(&id).with_response();
                let response = session.unless_interrupted(reading).await??;
                let body = serde_json::from_slice(response.body()).ok();
                page::open_prediction(session, &id, body.as_ref());
                Ok(())
            }
            Self::Cancel { id } => {
                let canceling = session
                    .client
                    .predictions()
                    .cancel(&id.parse()?)
                    .with_response();
                show(session, canceling, fields).await
            }
        })
    }
}

/// Waits for a prediction, and prints it; one that did not succeed is an error.
async fn wait(session: &Session, id: &str) -> Result<(), CliError> {
    let followed = Followed::attach(session, id);
    let waited = followed.wait(false).await;
    if !waited.body.is_empty() {
        print_one(session, &waited.body, fields)?;
    }
    waited.result
}

/// Follows a prediction, and prints its output as `run` does.
async fn watch(session: &Session, id: &str) -> Result<(), CliError> {
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

/// Prints the logs of a prediction to standard output.
async fn logs(session: &Session, id: &str, follow: bool) -> Result<(), CliError> {
    let followed = Followed::attach(session, id);
    if !follow {
        let reading = async { Ok(followed.handle.refresh().await?) };
        let prediction = followed.drive(reading).await?;
        let logs = prediction.logs.clone().unwrap_or_default();
        return match logs.is_empty() {
            true => Ok(()),
            false => followed.drive(write_line(logs)).await,
        };
    }
    let (lines, mut arriving) = tokio::sync::mpsc::unbounded_channel();
    let mut taken = LogLines::default();
    let waiting = followed.handle.wait().on_progress(move |now| {
        if let Some(text) = now.snapshot().and_then(|snapshot| taken.take(snapshot)) {
            // The receiver lives as long as the wait.
            let _ = lines.send(text);
        }
    });
    let printing = async {
        let waiting = async { Ok::<_, CliError>(waiting.await.map(|_| ())?) };
        let writing = async {
            while let Some(text) = arriving.recv().await {
                write(text).await?;
            }
            Ok(())
        };
        let (waited, written) = futures::join!(waiting, writing);
        written.and(waited)
    };
    followed.drive(printing).await
}

/// Create a prediction and print it; --wait waits until it is done
///
/// `predictions create REF --help` shows the model's inputs.
#[derive(Args, Debug)]
#[command(visible_alias = "new", disable_help_flag = true)]
pub(crate) struct Create {
    /// owner/name, owner/name:version, a version id, deployments/owner/name, or the URL of their
    /// page
    #[arg(value_name = "REF", required_unless_present = "help")]
    reference: Option<String>,
    /// Print help; after REF, the model's inputs
    #[arg(short, long)]
    help: bool,
    #[command(flatten)]
    creation: CreateArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

impl Create {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let reference = self.reference.as_deref().unwrap_or_default();
        if self.help {
            return model_help::print_model(global, "predictions create", reference);
        }
        let parsed = self.creation.parse(reference)?;
        with_session(global, async |session| {
            let request = self.creation.validate(session, parsed).await?;
            if self
                .creation
                .printed(session, std::slice::from_ref(&request))
                .await?
            {
                return Ok(());
            }
            let run = self.creation.run(session, &request)?;
            let (leave, until) = (self.creation.leave(), self.wait.until());
            let followed = prediction::start(session, run, leave, until).await?;
            let id = followed.handle.id();
            let exists = |error: CliError| error.after_create(id).or_hint(running_hint(id));
            if !self.wait.is_requested() {
                return print_one(session, &followed.body(), fields).map_err(exists);
            }
            let waited = followed.wait(false).await;
            print_one(session, &waited.body, fields).map_err(exists)?;
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
        let shown = |value: Value| output(&json!({"output": value}));
        assert_eq!(shown(json!(["a", " tale\n", "of"])), "a tale\nof");
        assert_eq!(
            shown(json!(["https://a/1", "https://a/2"])),
            "https://a/1\nhttps://a/2"
        );
        assert_eq!(shown(json!("text")), "text");
        assert_eq!(shown(json!(null)), "");
        assert_eq!(shown(json!({"n": 1})), "{\n  \"n\": 1\n}");
    }
}
