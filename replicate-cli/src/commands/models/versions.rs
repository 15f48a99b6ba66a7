//! The versions of a model.

mod diff;

use std::str::FromStr;

use clap::Subcommand;
use replicate::schema::ModelSchema;
use replicate::{Client, ModelRef};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::commands::{delete, print_one, show};
use crate::confirm::Confirm;
use crate::error::{CliError, Result};
use crate::list::{self, Limit};
use crate::record::Cell::{Age, Text, With};
use crate::record::Field;
use crate::session::Session;
use crate::table::Column;

/// List, show, compare and delete the versions of a model
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Versions {
    /// List the versions of a model, newest first
    List {
        /// owner/name
        #[arg(value_name = "MODEL")]
        name: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a version of a model
    #[command(visible_aliases = ["view", "get"])]
    Show {
        /// owner/name, or owner/name:version
        #[arg(value_name = "REF")]
        name: String,
        /// The version id; default: the latest version
        id: Option<String>,
    },
    /// Delete a version, and the predictions and files that it created
    Delete {
        /// owner/name:version, or owner/name
        #[arg(value_name = "REF")]
        name: String,
        /// The version id
        id: Option<String>,
        #[command(flatten)]
        confirm: Confirm,
    },
    Diff(diff::Diff),
}

const COLUMNS: [Column; 3] = [
    Column::id("ID", Text("/id")),
    Column::short("COG", Text("/cog_version")).worth(20),
    Column::short("CREATED", Age("/created_at")),
];

pub(super) const FIELDS: [Field; 4] = [
    ("version", Text("/id")),
    ("created", Age("/created_at")),
    ("cog", Text("/cog_version")),
    ("inputs", With(inputs)),
];

impl Versions {
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let models = session.client.models();
        match self {
            Self::List { name, limit } => {
                list::print(session, models.versions(&name).list(), limit, &COLUMNS).await
            }
            Self::Show { name, id } => match id.or(version_in(&name)?) {
                Some(id) => show(session, models.versions(&name).get(id), &FIELDS).await,
                None => {
                    let reading = models.get(&name).with_response();
                    let model = session.unless_interrupted(reading).await??;
                    print_one(session, latest(&name, model.body())?.as_bytes(), &FIELDS)
                }
            },
            Self::Delete { name, id, confirm } => {
                let id = id.or(version_in(&name)?).ok_or_else(|| {
                    CliError::usage("missing version").hint("pass owner/name:version")
                })?;
                let what = format!("version {id} of {name}");
                let question =
                    format!("delete {what}, and the predictions and files that it created");
                confirm.ask(session, &question).await?;
                let deleting = |client: Client| client.models().versions(&name).delete(id);
                delete(session, &what, deleting).await
            }
            Self::Diff(diff) => diff.execute(session).await,
        }
    }
}

fn version_in(reference: &str) -> Result<Option<String>> {
    Ok(ModelRef::from_str(reference)?.version().map(str::to_owned))
}

/// The latest version in a model's JSON, as the API sent it.
fn latest<'a>(name: &str, model: &'a [u8]) -> Result<&'a str> {
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
        .ok_or_else(|| CliError::not_found(format!("model {name} has no versions")))
}

fn inputs(version: &Value) -> String {
    let document = version["openapi_schema"].clone();
    let schema = ModelSchema::new(document).ok().flatten();
    let keys = schema.iter().flat_map(ModelSchema::keys);
    keys.collect::<Vec<_>>().join(", ")
}
