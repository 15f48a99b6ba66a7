use clap::Subcommand;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::commands::print_one;
use crate::error::{CliError, ExitCode};
use crate::list::{self, Limit};
use crate::record::{Field, age_at, text_at};
use crate::session::Session;
use crate::table::Column;

/// Look at a model's versions
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
        /// The version's id; the latest if it is not given
        id: Option<String>,
    },
}

const COLUMNS: [Column; 3] = [
    Column::new("ID", |item| text_at(item, "/id")),
    Column::new("COG", |item| text_at(item, "/cog_version")),
    Column::new("CREATED", |item| age_at(item, "/created_at")),
];

impl Versions {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let models = session.client.models();
        match self {
            Self::List { name, limit } => {
                list::print(session, models.versions(&name).list(), limit, &COLUMNS).await
            }
            Self::Show { name, id } => {
                let written = name.split_once(':').map(|(_, id)| id.to_owned());
                match id.or(written) {
                    Some(id) => {
                        let version = models.versions(&name).get(id).raw();
                        let body = session.unless_interrupted(version).await??;
                        print_one(session, &body, fields)
                    }
                    None => {
                        let model = session
                            .unless_interrupted(models.get(&name).raw())
                            .await??;
                        print_one(session, latest(&name, &model)?.as_bytes(), fields)
                    }
                }
            }
        }
    }
}

/// The latest version in a model's body, as the API sent it.
fn latest<'a>(name: &str, model: &'a [u8]) -> Result<&'a str, CliError> {
    #[derive(Deserialize)]
    struct Model<'a> {
        #[serde(borrow, default)]
        latest_version: Option<&'a RawValue>,
    }
    let model: Model<'a> = serde_json::from_slice(model)
        .map_err(|error| CliError::error(format!("the model cannot be read: {error}")))?;
    model.latest_version.map(RawValue::get).ok_or_else(|| {
        CliError::new(
            ExitCode::NotFound,
            format!("the model {name} has no version yet"),
        )
    })
}

fn fields(version: &Value) -> Vec<Field> {
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
