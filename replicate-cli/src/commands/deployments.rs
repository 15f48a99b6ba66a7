use clap::Subcommand;
use serde_json::Value;

use super::show;
use crate::error::CliError;
use crate::list::{self, Limit};
use crate::record::{Field, age_at, full_name, text_at};
use crate::session::Session;
use crate::table::Column;

/// List and show deployments
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Deployments {
    /// List the account's deployments
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a deployment and its current release
    #[command(visible_alias = "get")]
    Show {
        /// owner/name
        name: String,
    },
}

const COLUMNS: [Column; 5] = [
    Column::new("NAME", full_name),
    Column::new("MODEL", |item| text_at(item, "/current_release/model")),
    Column::new("HARDWARE", |item| {
        text_at(item, "/current_release/configuration/hardware")
    }),
    Column::new("INSTANCES", instances),
    Column::new("RELEASED", |item| {
        age_at(item, "/current_release/created_at")
    }),
];

impl Deployments {
    pub(crate) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let deployments = session.client.deployments();
        match self {
            Self::List { limit } => list::print(session, deployments.list(), limit, &COLUMNS).await,
            Self::Show { name } => {
                show(session, deployments.get(name).with_response(), fields).await
            }
        }
    }
}

fn instances(deployment: &Value) -> String {
    let bound = |name: &str| {
        text_at(
            deployment,
            &format!("/current_release/configuration/{name}_instances"),
        )
    };
    match (bound("min"), bound("max")) {
        (min, max) if min.is_empty() && max.is_empty() => String::new(),
        (min, max) => format!("{min} to {max}"),
    }
}

fn fields(deployment: &Value) -> Vec<Field> {
    vec![
        ("name", full_name(deployment)),
        ("release", text_at(deployment, "/current_release/number")),
        ("model", text_at(deployment, "/current_release/model")),
        ("version", text_at(deployment, "/current_release/version")),
        (
            "hardware",
            text_at(deployment, "/current_release/configuration/hardware"),
        ),
        ("instances", instances(deployment)),
        (
            "released",
            age_at(deployment, "/current_release/created_at"),
        ),
        (
            "by",
            text_at(deployment, "/current_release/created_by/username"),
        ),
    ]
}
