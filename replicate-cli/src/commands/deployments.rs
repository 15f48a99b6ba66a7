use clap::{Args, Subcommand};
use replicate::Client;
use replicate::resources::UpdateDeployment;
use serde_json::Value;

use super::models::{SchemaArgs, latest_version};
use super::run::Run;
use super::{SessionCommand, change_and_show, delete, show, with_option};
use crate::confirm::Confirm;
use crate::error::{CliError, Result};
use crate::list::{self, Limit};
use crate::record::Cell::{Age, Text, With};
use crate::record::{Cell, Field, full_name, text_at};
use crate::session::Session;
use crate::table::Column;

/// Show, run, scale and change deployments
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Deployments {
    /// List the account's deployments
    List(Limit),
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
    Column::id("NAME", With(full_name)),
    Column::new("MODEL", Text("/current_release/model")),
    Column::new("HARDWARE", HARDWARE).worth(40),
    Column::short("INSTANCES", With(instances)).worth(60),
    Column::short("RELEASED", Age("/current_release/created_at")).worth(20),
];

const FIELDS: [Field; 8] = [
    ("name", With(full_name)),
    ("release", Text("/current_release/number")),
    ("model", Text("/current_release/model")),
    ("version", Text("/current_release/version")),
    ("hardware", HARDWARE),
    ("instances", With(instances)),
    ("released", Age("/current_release/created_at")),
    ("by", Text("/current_release/created_by/username")),
];

const HARDWARE: Cell = Text("/current_release/configuration/hardware");

fn instances(deployment: &Value) -> String {
    let configuration = &deployment["current_release"]["configuration"];
    let limits = ["/min_instances", "/max_instances"];
    match limits.map(|limit| text_at(configuration, limit)) {
        [min, max] if min.is_empty() && max.is_empty() => String::new(),
        [min, max] => format!("{min} to {max}"),
    }
}

impl SessionCommand for Deployments {
    fn check(&self) -> Result<()> {
        match self {
            Self::Run(run) => run.check(),
            _ => Ok(()),
        }
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let deployments = session.client.deployments();
        match self {
            Self::List(limit) => list::print(session, deployments.list(), limit, &COLUMNS).await,
            Self::Show { name } => show(session, deployments.get(name), &FIELDS).await,
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
                delete(session, &what, |client| client.deployments().delete(&name)).await
            }
            Self::Run(run) => run.on_deployment().execute(session).await,
        }
    }
}

impl Create {
    async fn execute(self, session: &Session) -> Result<()> {
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
            None => latest_version(session, &model).await?,
        };
        let send = async |client: Client| {
            let create = client.deployments().create(self.name).model(model);
            let create = create.version(version).hardware(self.hardware);
            let create = create.min_instances(self.min_instances);
            let create = create.max_instances(self.max_instances);
            create.with_response().await
        };
        change_and_show(session, "deployments list", send, &FIELDS).await
    }
}

impl Update {
    async fn execute(self, session: &Session) -> Result<()> {
        let Instances {
            min_instances,
            max_instances,
        } = self.instances;
        let is_scaled = min_instances.is_some() || max_instances.is_some();
        if self.version.is_none() && self.hardware.is_none() && !is_scaled {
            return Err(CliError::usage("nothing to change")
                .hint("pass --min-instances, --max-instances or another option"));
        }
        let send = async |client: Client| {
            let update = client.deployments().update(&self.name);
            let update = with_option(update, self.version, UpdateDeployment::version);
            let update = with_option(update, self.hardware, UpdateDeployment::hardware);
            let update = with_option(update, min_instances, UpdateDeployment::min_instances);
            let update = with_option(update, max_instances, UpdateDeployment::max_instances);
            update.with_response().await
        };
        let check = format!("deployments show {}", self.name);
        change_and_show(session, &check, send, &FIELDS).await
    }
}
