//! Creates and updates models.

use clap::{Args, ValueEnum};
use replicate::resources::{CreateModel, UpdateModel};

use super::FIELDS;
use crate::commands::{change_and_show, with_option};
use crate::error::{CliError, Result};
use crate::reader;
use crate::session::Session;

/// Create a model, to push versions to or to train
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate models create acme/app --private --hardware gpu-t4")]
pub(crate) struct Create {
    /// owner/name
    #[arg(value_name = "MODEL")]
    name: String,
    /// Visibility of the model
    #[arg(long, required_unless_present_any = ["private", "public"])]
    visibility: Option<Visibility>,
    /// The same as --visibility private
    #[arg(long, conflicts_with_all = ["visibility", "public"])]
    private: bool,
    /// The same as --visibility public
    #[arg(long, conflicts_with = "visibility")]
    public: bool,
    /// The SKU of the hardware that it runs on, from `hardware list`; it sets the price
    #[arg(long, value_name = "SKU")]
    hardware: String,
    #[command(flatten)]
    about: About,
    /// The URL of an image to show for the model
    #[arg(long, value_name = "URL")]
    cover_image_url: Option<String>,
}

/// Change a model; omitted options are unchanged
#[derive(Args, Debug)]
pub(crate) struct Update {
    /// owner/name
    #[arg(value_name = "MODEL")]
    name: String,
    #[command(flatten)]
    about: About,
    /// The URL at which the model's weights are published
    #[arg(long, value_name = "URL")]
    weights_url: Option<String>,
    /// The readme: a file with Markdown, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    readme: Option<String>,
}

/// Description and links of a model.
#[derive(Args, Debug)]
struct About {
    /// What the model does, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The URL of the source code on GitHub
    #[arg(long, value_name = "URL")]
    github_url: Option<String>,
    /// The URL of the model's license
    #[arg(long, value_name = "URL")]
    license_url: Option<String>,
    /// The URL of the paper that describes the model
    #[arg(long, value_name = "URL")]
    paper_url: Option<String>,
}

/// Visibility of a model.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Visibility {
    /// Everyone
    Public,
    /// Its owner
    Private,
}

impl Create {
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let Some((owner, name)) = self
            .name
            .split_once('/')
            .filter(|(_, name)| !name.contains('/'))
        else {
            let message = format!("invalid model name `{}`: expected owner/name", self.name);
            return Err(CliError::usage(message));
        };
        let visibility = match self.visibility {
            Some(Visibility::Public) => "public",
            None if self.public => "public",
            Some(Visibility::Private) | None => "private",
        };
        let send = async |client: replicate::Client| {
            let create = client.models().create(owner, name);
            let create = create.visibility(visibility).hardware(self.hardware);
            let about = self.about;
            let create = with_option(create, about.description, CreateModel::description);
            let create = with_option(create, about.github_url, CreateModel::github_url);
            let create = with_option(create, about.license_url, CreateModel::license_url);
            let create = with_option(create, about.paper_url, CreateModel::paper_url);
            let cover = self.cover_image_url;
            let create = with_option(create, cover, CreateModel::cover_image_url);
            create.with_response().await
        };
        let check = format!("models show {}", self.name);
        change_and_show(session, &check, send, &FIELDS).await
    }
}

impl Update {
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let readme = match self.readme.as_deref() {
            Some(from) => Some(reader::read_text(from)?),
            None => None,
        };
        let about = self.about;
        let given = [
            &about.description,
            &about.github_url,
            &about.license_url,
            &about.paper_url,
            &self.weights_url,
            &readme,
        ];
        if given.iter().all(|value| value.is_none()) {
            return Err(CliError::usage("nothing to change")
                .hint("pass --description TEXT or another option"));
        }
        let send = async |client: replicate::Client| {
            let update = client.models().update(&self.name);
            let update = with_option(update, about.description, UpdateModel::description);
            let update = with_option(update, about.github_url, UpdateModel::github_url);
            let update = with_option(update, about.license_url, UpdateModel::license_url);
            let update = with_option(update, about.paper_url, UpdateModel::paper_url);
            let update = with_option(update, self.weights_url, UpdateModel::weights_url);
            let update = with_option(update, readme, UpdateModel::readme);
            update.with_response().await
        };
        let check = format!("models show {}", self.name);
        change_and_show(session, &check, send, &FIELDS).await
    }
}
