use clap::{Args, Subcommand};
use replicate::types::Deployment;
use replicate::{Client, Error, Response};
use serde_json::Value;

use super::models::SchemaArgs;
use super::run::Run;
use super::{change_and_show, delete, show, with_session};
use crate::confirm::Confirm;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::list::{self, Limit};
use crate::record::{Field, age_at, full_name, text_at};
use crate::session::Session;
use crate::table::Column;

/// Show, run, scale and change deployments
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Deployments {
    /// List the account's deployments
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a deployment and its current release
    #[command(visible_aliases = ["view", "get"])]
    Show {
        /// owner/name
        #[arg(value_name = "DEPLOYMENT")]
        name: String,
    },
    /// Show the inputs of a deployment; in a pipe, its OpenAPI schema
    Schema(SchemaArgs),
    Create(Create),
    Update(Update),
    /// Delete a deployment that was not used for 15 minutes
    Delete {
        /// owner/name
        #[arg(value_name = "DEPLOYMENT")]
        name: String,
        #[command(flatten)]
        confirm: Confirm,
    },
    Run(Box<Run>),
    Scale(Scale),
}

/// Create a deployment; its instances cost money while they are up
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate deployments create app --model acme/app --hardware gpu-t4 --max-instances 2")]
pub(crate) struct Create {
    /// The name, without an owner: it belongs to the token's account
    name: String,
    /// The model to run: owner/name, or owner/name:version
    #[arg(long, value_name = "REF")]
    model: String,
    /// The id of the version to run; default: the model's latest
    #[arg(long, value_name = "ID")]
    version: Option<String>,
    /// The SKU of the hardware of each instance, from `hardware list`
    #[arg(long, value_name = "SKU")]
    hardware: String,
    /// Minimum number of instances, 0 to 5; they are billed while idle too
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_instances: i64,
    /// Maximum number of instances, 0 to 20
    #[arg(long, value_name = "N", default_value_t = 1)]
    max_instances: i64,
}

/// Change a deployment, which creates a new release; omitted options are unchanged
#[derive(Args, Debug)]
pub(crate) struct Update {
    /// owner/name
    #[arg(value_name = "DEPLOYMENT")]
    name: String,
    /// The id of the version to run: one of the deployment's model
    #[arg(long, value_name = "ID")]
    version: Option<String>,
    /// The SKU of the hardware of each instance
    #[arg(long, value_name = "SKU")]
    hardware: Option<String>,
    #[command(flatten)]
    instances: Instances,
}

/// Change the number of instances of a deployment
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate deployments scale acme/app --min 1 --max 5")]
pub(crate) struct Scale {
    /// owner/name
    #[arg(value_name = "DEPLOYMENT")]
    name: String,
    #[command(flatten)]
    instances: Instances,
}

/// Scaling limits of a deployment.
#[derive(Args, Debug)]
struct Instances {
    /// Minimum number of instances, 0 to 5; they are billed while idle too
    #[arg(long, visible_alias = "min", value_name = "N")]
    min_instances: Option<i64>,
    /// Maximum number of instances, 0 to 20
    #[arg(long, visible_alias = "max", value_name = "N")]
    max_instances: Option<i64>,
}

const COLUMNS: [Column; 5] = [
    Column::id("NAME", full_name),
    Column::new("MODEL", |item| text_at(item, "/current_release/model")),
    Column::new("HARDWARE", |item| {
        text_at(item, "/current_release/configuration/hardware")
    })
    .worth(40),
    Column::short("INSTANCES", instances).worth(60),
    Column::short("RELEASED", |item| {
        age_at(item, "/current_release/created_at")
    })
    .worth(20),
];

impl Deployments {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match self {
            Self::Run(run) => run.on_deployment().execute(global),
            other => with_session(global, async |session| other.with_session(session).await),
        }
    }

    async fn with_session(self, session: &Session) -> Result<(), CliError> {
        let deployments = session.client.deployments();
        match self {
            Self::List { limit } => list::print(session, deployments.list(), limit, &COLUMNS).await,
            Self::Show { name } => {
                show(session, deployments.get(name).with_response(), fields).await
            }
            Self::Schema(schema) => schema.execute_deployment(session).await,
            Self::Create(create) => create.execute(session).await,
            Self::Update(update) => update.execute(session).await,
            Self::Scale(Scale { name, instances }) => {
                let update = Update {
                    name,
                    version: None,
                    hardware: None,
                    instances,
                };
                update.execute(session).await
            }
            Self::Delete { name, confirm } => {
                let what = format!("deployment {name}");
                confirm.ask(session, &format!("delete {what}")).await?;
                delete(session, &what, async |client| {
                    client.deployments().delete(&name).await
                })
                .await
            }
            // Executed without a session.
            Self::Run(_) => Ok(()),
        }
    }
}

impl Create {
    async fn execute(self, session: &Session) -> Result<(), CliError> {
        if self.name.contains('/') {
            let message = format!("invalid deployment name `{}`: it has an owner", self.name);
            return Err(CliError::usage(message)
                .hint("pass the name alone: the deployment belongs to the token's account"));
        }
        let (model, written) = match self.model.split_once(':') {
            Some((model, version)) => (model.to_owned(), Some(version.to_owned())),
            None => (self.model, None),
        };
        let version = match self.version.or(written) {
            Some(version) => version,
            None => latest(session, &model).await?,
        };
        let send = async |client: Client| {
            let create = client.deployments().create(self.name).model(model);
            let create = create.version(version).hardware(self.hardware);
            let create = create.min_instances(self.min_instances);
            create
                .max_instances(self.max_instances)
                .with_response()
                .await
        };
        change_and_show(session, send, fields).await
    }
}

/// The id of a model's latest version.
async fn latest(session: &Session, model: &str) -> Result<String, CliError> {
    let reading = session.client.models().get(model).into_future();
    let found = session.unless_interrupted(reading).await??;
    let version = found.latest_version.map(|version| version.id);
    version
        .ok_or_else(|| CliError::new(ExitCode::NotFound, format!("model {model} has no versions")))
}

impl Update {
    async fn execute(self, session: &Session) -> Result<(), CliError> {
        let Instances {
            min_instances,
            max_instances,
        } = self.instances;
        if self.version.is_none()
            && self.hardware.is_none()
            && min_instances.is_none()
            && max_instances.is_none()
        {
            return Err(CliError::usage("nothing to change")
                .hint("pass --min-instances, --max-instances or another option"));
        }
        let send = async |client: Client| -> Result<Response<Deployment>, Error> {
            let mut update = client.deployments().update(&self.name);
            if let Some(version) = self.version {
                update = update.version(version);
            }
            if let Some(hardware) = self.hardware {
                update = update.hardware(hardware);
            }
            if let Some(count) = min_instances {
                update = update.min_instances(count);
            }
            if let Some(count) = max_instances {
                update = update.max_instances(count);
            }
            update.with_response().await
        };
        change_and_show(session, send, fields).await
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
