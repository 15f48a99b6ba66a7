mod create;
mod diff;
mod schema;
#[cfg(feature = "types")]
mod types;
mod versions;

use clap::{Args, Subcommand, ValueEnum};
use replicate::ModelRef;
use serde_json::Value;
use std::str::FromStr;

use super::run::Run;
use super::{delete, page, predictions, show, with_session};
use crate::confirm::Confirm;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::list::{self, Limit};
use crate::record::{Field, age_at, full_name, text_at};
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

pub(super) use schema::SchemaArgs;

/// Find, show, run and change models
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Models {
    List(ListArgs),
    /// Search public models
    Search {
        /// The words to search for
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a model, or one of its versions
    #[command(visible_aliases = ["view", "get"])]
    Show {
        /// owner/name, or owner/name:version
        #[arg(value_name = "REF")]
        name: String,
        /// Open the model's page in a browser
        #[arg(short, long)]
        web: bool,
    },
    /// Show the inputs of a model; in a pipe, its OpenAPI schema
    Schema(SchemaArgs),
    #[cfg(feature = "types")]
    Types(types::Types),
    /// List a model's example predictions
    Examples {
        /// owner/name
        #[arg(value_name = "MODEL")]
        name: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Print a model's readme
    Readme {
        /// owner/name
        #[arg(value_name = "MODEL")]
        name: String,
    },
    Create(create::Create),
    Update(create::Update),
    /// Delete a private model that has no versions
    Delete {
        /// owner/name
        #[arg(value_name = "MODEL")]
        name: String,
        #[command(flatten)]
        confirm: Confirm,
    },
    Run(Box<Run>),
    #[command(visible_alias = "version", subcommand)]
    Versions(versions::Versions),
}

/// List public models
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    limit: Limit,
    /// Sort key; default: latest-version-created-at
    #[arg(long, value_name = "KEY")]
    sort_by: Option<SortBy>,
    /// Sort direction; default: desc
    #[arg(long, value_name = "DIRECTION")]
    sort_direction: Option<Direction>,
}

/// Sort key of a list of models.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SortBy {
    /// When the model was created
    ModelCreatedAt,
    /// When its latest version was created
    LatestVersionCreatedAt,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Direction {
    /// Oldest first
    Asc,
    /// Newest first
    Desc,
}

/// The columns of a list of models.
pub(super) const COLUMNS: [Column; 3] = [
    Column::id("MODEL", full_name),
    Column::short("RUNS", |item| text_at(item, "/run_count")).worth(40),
    Column::new("DESCRIPTION", |item| text_at(item, "/description")),
];

impl Models {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match self {
            Self::Run(run) => run.execute(global),
            other => with_session(global, async |session| other.with_session(session).await),
        }
    }

    async fn with_session(self, session: &Session) -> Result<(), CliError> {
        let models = session.client.models();
        match self {
            Self::List(list) => list.execute(session).await,
            Self::Search { words, limit } => {
                let found = models.search(words.join(" "));
                list::print(session, found, limit, &COLUMNS).await
            }
            Self::Show { name, web: true } => {
                let reading = models.get(&name).into_future();
                let model = session.unless_interrupted(reading).await??;
                page::open_url(session, &model.url);
                Ok(())
            }
            Self::Show { name, web: false } => show_model(session, &name).await,
            Self::Schema(schema) => schema.execute(session).await,
            #[cfg(feature = "types")]
            Self::Types(types) => types.execute(session).await,
            Self::Examples { name, limit } => {
                let list = models.examples(&name);
                list::print(session, list, limit, &predictions::COLUMNS).await
            }
            Self::Readme { name } => {
                let reading = models.readme(&name).into_future();
                let readme = session.unless_interrupted(reading).await??;
                if session.json {
                    return session.write_json(Value::from(readme).to_string());
                }
                Ok(terminal::write_line(&readme)?)
            }
            Self::Create(create) => create.execute(session).await,
            Self::Update(update) => update.execute(session).await,
            Self::Delete { name, confirm } => {
                let what = format!("model {name}");
                confirm.ask(session, &format!("delete {what}")).await?;
                delete(session, &what, async |client| {
                    client.models().delete(&name).await
                })
                .await
            }
            Self::Versions(versions) => versions.execute(session).await,
            // Executed without a session.
            Self::Run(_) => Ok(()),
        }
    }
}

impl ListArgs {
    async fn execute(self, session: &Session) -> Result<(), CliError> {
        let mut list = session.client.models().list();
        let name = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
            value().map(|value| value.get_name().replace('-', "_"))
        };
        if let Some(key) = self
            .sort_by
            .and_then(|key| name(&|| key.to_possible_value()))
        {
            list = list.sort_by(key);
        }
        if let Some(direction) = self
            .sort_direction
            .and_then(|direction| name(&|| direction.to_possible_value()))
        {
            list = list.sort_direction(direction);
        }
        list::print(session, list.decode_as::<()>(), self.limit, &COLUMNS).await
    }
}

/// Shows the version that is named, else the model.
async fn show_model(session: &Session, name: &str) -> Result<(), CliError> {
    match ModelRef::from_str(name)? {
        ModelRef::ModelVersion {
            owner,
            name,
            version,
        } => {
            let model = session.client.models().versions((owner, name));
            show(
                session,
                model.get(version).with_response(),
                versions::fields,
            )
            .await
        }
        reference => {
            show(
                session,
                session.client.models().get(reference).with_response(),
                fields,
            )
            .await
        }
    }
}

pub(super) fn fields(model: &Value) -> Vec<Field> {
    vec![
        ("model", full_name(model)),
        ("description", text_at(model, "/description")),
        ("visibility", text_at(model, "/visibility")),
        ("runs", text_at(model, "/run_count")),
        ("official", text_at(model, "/is_official")),
        ("version", text_at(model, "/latest_version/id")),
        ("published", age_at(model, "/latest_version/created_at")),
        ("page", text_at(model, "/url")),
        ("code", text_at(model, "/github_url")),
        ("paper", text_at(model, "/paper_url")),
        ("license", text_at(model, "/license_url")),
    ]
}
