use clap::Subcommand;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{print_one, show};
use crate::error::{CliError, ExitCode};
use crate::list::{self, Limit};
use crate::record::{Field, age_at, full_name, text_at};
use crate::session::Session;
use crate::table::Column;

/// List, search and show models and their versions
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Models {
    /// List public models
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Search public models
    Search {
        /// The words to search for
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a model
    #[command(visible_alias = "get")]
    Show {
        /// owner/name
        name: String,
    },
    #[command(visible_alias = "version", subcommand)]
    Versions(Versions),
}

/// The columns of a list of models.
pub(super) const COLUMNS: [Column; 3] = [
    Column::new("MODEL", full_name),
    Column::new("RUNS", |item| text_at(item, "/run_count")),
    Column::new("DESCRIPTION", |item| text_at(item, "/description")),
];

impl Models {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let models = session.client.models();
        match self {
            Self::List { limit } => {
                let list = models.list().decode_as::<()>();
                list::print(session, list, limit, &COLUMNS).await
            }
            Self::Search { words, limit } => {
                let found = models.search(words.join(" "));
                list::print(session, found, limit, &COLUMNS).await
            }
            Self::Show { name } => show(session, models.get(&name).with_response(), fields).await,
            Self::Versions(versions) => versions.execute(session).await,
        }
    }
}

fn fields(model: &Value) -> Vec<Field> {
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

/// List and show the versions of a model
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Versions {
    /// List the versions of a model, newest first
    List {
        /// owner/name
        name: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a version of a model
    #[command(visible_alias = "get")]
    Show {
        /// owner/name, or owner/name:version
        name: String,
        /// The version id; default: the latest version
        id: Option<String>,
    },
}

const VERSION_COLUMNS: [Column; 3] = [
    Column::new("ID", |item| text_at(item, "/id")),
    Column::new("COG", |item| text_at(item, "/cog_version")),
    Column::new("CREATED", |item| age_at(item, "/created_at")),
];

impl Versions {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let models = session.client.models();
        match self {
            Self::List { name, limit } => {
                list::print(
                    session,
                    models.versions(&name).list(),
                    limit,
                    &VERSION_COLUMNS,
                )
                .await
            }
            Self::Show { name, id } => {
                let written = name.split_once(':').map(|(_, id)| id.to_owned());
                match id.or(written) {
                    Some(id) => {
                        let version = models.versions(&name).get(id).with_response();
                        let response = session.unless_interrupted(version).await??;
                        print_one(session, response.body(), version_fields)
                    }
                    None => {
                        let model = session
                            .unless_interrupted(models.get(&name).with_response())
                            .await??;
                        let latest = latest(&name, model.body())?;
                        print_one(session, latest.as_bytes(), version_fields)
                    }
                }
            }
        }
    }
}

/// The latest version in a model's JSON, as the API sent it.
fn latest<'a>(name: &str, model: &'a [u8]) -> Result<&'a str, CliError> {
    #[derive(Deserialize)]
    struct Model<'a> {
        #[serde(borrow, default)]
        latest_version: Option<&'a RawValue>,
    }
    let model: Model<'a> = serde_json::from_slice(model)
        .map_err(|error| CliError::error(format!("could not decode the model: {error}")))?;
    model
        .latest_version
        .map(RawValue::get)
        .ok_or_else(|| CliError::new(ExitCode::NotFound, format!("model {name} has no versions")))
}

fn version_fields(version: &Value) -> Vec<Field> {
    vec![
        ("version", text_at(version, "/id")),
        ("created", age_at(version, "/created_at")),
        ("cog", text_at(version, "/cog_version")),
        ("inputs", inputs(version)),
    ]
}

/// The keys of the version's inputs.
fn inputs(version: &Value) -> String {
    match version.pointer("/openapi_schema/components/schemas/Input/properties") {
        Some(Value::Object(properties)) => properties
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    }
}
