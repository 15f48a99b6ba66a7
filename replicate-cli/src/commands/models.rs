mod create;
mod schema;
#[cfg(feature = "types")]
mod types;
mod versions;

use clap::{Args, Subcommand, ValueEnum};
use replicate::resources::ModelList;
use replicate::{IntoModelName, ModelRef};
use serde_json::Value;
use std::fmt::Display;
use std::str::FromStr;

use super::run::Run;
use super::{SessionCommand, delete, open_url, predictions, show, with_option};
use crate::confirm::Confirm;
use crate::error::{CliError, Result};
use crate::list::{self, Limit};
use crate::record::Cell::{Age, Text, With};
use crate::record::{Field, full_name};
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

pub(super) const COLUMNS: [Column; 3] = [
    Column::id("MODEL", With(full_name)),
    Column::short("RUNS", Text("/run_count")).worth(40),
    Column::new("DESCRIPTION", Text("/description")),
];

const FIELDS: [Field; 11] = [
    ("model", With(full_name)),
    ("description", Text("/description")),
    ("visibility", Text("/visibility")),
    ("runs", Text("/run_count")),
    ("official", Text("/is_official")),
    ("version", Text("/latest_version/id")),
    ("published", Age("/latest_version/created_at")),
    ("page", Text("/url")),
    ("code", Text("/github_url")),
    ("paper", Text("/paper_url")),
    ("license", Text("/license_url")),
];

impl SessionCommand for Models {
    fn check(&self) -> Result<()> {
        match self {
            Self::Run(run) => run.check(),
            _ => Ok(()),
        }
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let models = session.client.models();
        match self {
            Self::List(list) => list.execute(session).await,
            Self::Search { words, limit } => {
                let found = models.search(words.join(" "));
                list::print(session, found, limit, &COLUMNS).await
            }
            Self::Show { name, web: true } => {
                let model = session.unless_interrupted(models.get(&name)).await??;
                open_url(session, &model.url);
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
                let readme = session.unless_interrupted(models.readme(&name)).await??;
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
                delete(session, &what, |client| client.models().delete(&name)).await
            }
            Self::Versions(versions) => versions.execute(session).await,
            Self::Run(run) => run.execute(session).await,
        }
    }
}

impl ListArgs {
    async fn execute(self, session: &Session) -> Result<()> {
        fn name(value: &impl ValueEnum) -> Option<String> {
            Some(value.to_possible_value()?.get_name().replace('-', "_"))
        }
        let list = session.client.models().list();
        let key = self.sort_by.as_ref().and_then(name);
        let list = with_option(list, key, ModelList::sort_by);
        let direction = self.sort_direction.as_ref().and_then(name);
        let list = with_option(list, direction, ModelList::sort_direction);
        list::print(session, list.decode_as::<()>(), self.limit, &COLUMNS).await
    }
}

/// Shows the version that is named, else the model.
async fn show_model(session: &Session, name: &str) -> Result<()> {
    let models = session.client.models();
    match ModelRef::from_str(name)? {
        ModelRef::ModelVersion {
            owner,
            name,
            version,
        } => {
            let call = models.versions((owner, name)).get(version);
            show(session, call, &versions::FIELDS).await
        }
        reference => show(session, models.get(reference), &FIELDS).await,
    }
}

pub(super) async fn latest_version(
    session: &Session,
    model: impl IntoModelName + Display,
) -> Result<String> {
    let without = CliError::not_found(format!("model {model} has no versions"));
    let model = session.client.models().get(model);
    let model = session.unless_interrupted(model).await??;
    Ok(model.latest_version.ok_or(without)?.id)
}
