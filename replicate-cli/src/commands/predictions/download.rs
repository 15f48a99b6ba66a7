use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use futures::TryStreamExt;
use replicate::schema::MASK;
use replicate::types::Prediction;
use serde_json::{Value, json};

use crate::config;
use crate::duration;
use crate::error::{CliError, Result};
use crate::output;
use crate::prediction::{self, Followed};
use crate::save::{SaveArgs, Saver, Template, make_directory};
use crate::schema::Schema;
use crate::schema::read::schema_of_created;
use crate::session::Session;
use crate::terminal;

/// Save the outputs of predictions, before they are deleted
///
/// With --since, saves the outputs of all recent predictions into a directory, each with its
/// input, metrics and id in ID.json.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate predictions download gm3qorzdhgbfurvjtvhg6dckhu
  replicate predictions download gm3qorzdhgbfurvjtvhg6dckhu -o bike.png
  replicate predictions download --since 1h pictures/")]
pub(crate) struct Download {
    /// The predictions' ids, or the URLs of their pages; with --since, the directory
    #[arg(value_name = "ID|DIR", required_unless_present = "since")]
    targets: Vec<String>,
    /// Save the outputs of all predictions that were created in this time, such as 1h
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    since: Option<Duration>,
    #[command(flatten)]
    save: SaveArgs,
}

impl Download {
    pub(crate) async fn execute(self, session: &Session) -> Result<()> {
        if let Some(since) = self.since {
            let directory = match self.targets.as_slice() {
                [] => PathBuf::from("."),
                [directory] => PathBuf::from(directory),
                _ => return Err(CliError::usage("--since takes one directory")),
            };
            make_directory(&directory)?;
            let recent = Recent {
                session,
                directory,
                schemas: HashMap::new(),
            };
            return recent.download(since).await;
        }
        let plan = self.save.or_in_current_directory().plan()?;
        if self.targets.len() > 1 && !plan.takes_several() {
            return Err(
                CliError::usage("several predictions cannot be written to one file")
                    .hint("use a directory, or a template such as -o '{id}-{n}.{ext}'"),
            );
        }
        let mut result = Ok(());
        for target in &self.targets {
            let followed = Followed::attach(session, &prediction::id(target)?);
            let downloading = async {
                let prediction = followed.handle.refresh().await?;
                if !prediction.status.is_terminal() {
                    let id = &prediction.id;
                    let message = format!("prediction {id} is still running");
                    return Err(CliError::error(message)
                        .hint(format!("wait for it: replicate predictions wait {id}")));
                }
                let body = followed.body();
                let schema = schema_of_created(session, &prediction).await;
                let schema = schema.as_ref();
                let output = output::from_prediction(&session.client, &prediction, &body, schema)?;
                let saving = plan.execute(session, schema, &prediction.id, &output);
                saving.await.map(|_| ())
            };
            result = result.and(followed.drive(downloading).await);
        }
        result
    }
}

struct Recent<'a> {
    session: &'a Session,
    directory: PathBuf,
    /// The schemas of versions; `None` where one cannot be read.
    schemas: HashMap<String, Option<Schema>>,
}

#[derive(Default)]
struct Counts {
    saved: usize,
    present: usize,
    deleted: usize,
    failed: usize,
}

impl Recent<'_> {
    async fn download(mut self, since: Duration) -> Result<()> {
        let session = self.session;
        let after = chrono::TimeDelta::from_std(since)
            .ok()
            .and_then(|since| Utc::now().checked_sub_signed(since))
            .ok_or_else(|| CliError::usage("--since is too long"))?;
        let list = session.client.predictions().list().created_after(after);
        let mut predictions = std::pin::pin!(list.items());
        let mut counts = Counts::default();
        loop {
            let next = session.unless_interrupted(predictions.try_next()).await?;
            let Some(prediction) = next? else { break };
            // Not every server knows the filter.
            let is_old = prediction.created_at.is_some_and(|created| created < after);
            if is_old || prediction.status.as_str() != "succeeded" {
                continue;
            }
            let saving = self.save(&prediction, &mut counts);
            if let Err(error) = session.unless_interrupted(saving).await? {
                counts.failed += 1;
                let id = &prediction.id;
                terminal::error_lines(&format!("prediction {id}: {}", error.message()), None);
            }
        }
        session.note(format!(
            "saved {} outputs to {}; {} were there, {} are deleted, {} failed",
            counts.saved,
            self.directory.display(),
            counts.present,
            counts.deleted,
            counts.failed
        ));
        match counts.failed {
            0 => Ok(()),
            failed => Err(CliError::incomplete(format!(
                "{failed} outputs were not saved"
            ))),
        }
    }

    async fn save(&mut self, prediction: &Prediction, counts: &mut Counts) -> Result<()> {
        let sidecar = self.directory.join(format!("{}.json", prediction.id));
        if sidecar.exists() {
            counts.present += 1;
            return Ok(());
        }
        let is_empty = prediction.output.as_ref().is_none_or(Value::is_null);
        if is_empty && prediction.data_removed == Some(true) {
            counts.deleted += 1;
            return Ok(());
        }
        let session = self.session;
        let version = prediction.version.clone();
        if !self.schemas.contains_key(&version) {
            let schema = schema_of_created(session, prediction).await;
            self.schemas.insert(version.clone(), schema);
        }
        let schema = self.schemas.get(&version).and_then(Option::as_ref);
        let body = serde_json::to_vec(prediction).map_err(CliError::error)?;
        let output = output::from_prediction(&session.client, prediction, &body, schema)?;
        let mut saver = Saver::new(session, false);
        let template = Template::in_directory(&self.directory);
        let is_json = matches!(output, output::Printed::Json(..));
        // JSON alone is in the sidecar.
        if !is_json || !output.files().is_empty() {
            let saving = saver.by_template(&template, &prediction.id, &output);
            saving.await?;
        }
        write_sidecar(&sidecar, prediction, schema, &saver.saved)?;
        counts.saved += 1;
        Ok(())
    }
}

/// Writes what is known of a prediction beside its files. Secret inputs are masked, and only the
/// user may read it.
fn write_sidecar(
    path: &Path,
    prediction: &Prediction,
    schema: Option<&Schema>,
    files: &[PathBuf],
) -> Result<()> {
    let files = files.iter().map(|file| file.display().to_string());
    let sidecar = json!({
        "id": prediction.id,
        "model": prediction.model,
        "version": prediction.version,
        "created_at": prediction.created_at,
        "input": masked(prediction, schema),
        "metrics": prediction.metrics,
        "output": prediction.output,
        "files": files.collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&sidecar).map_err(CliError::error)?;
    config::write_private(path, &text).map_err(|error| CliError::not_written(path, &error))
}

fn masked(prediction: &Prediction, schema: Option<&Schema>) -> Value {
    let mut input = prediction.input.clone();
    if let Some(schema) = schema {
        return schema.masked(&input.into());
    }
    for (_, value) in input.iter_mut().filter(|(key, _)| sounds_secret(key)) {
        *value = MASK.into();
    }
    input.into()
}

/// Whether an input without a schema is a secret by its name.
fn sounds_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["token", "secret", "password", "api_key", "apikey"]
        .iter()
        .any(|word| key.contains(word) && !key.contains("tokens"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_recognized_by_name_where_there_is_no_schema() {
        assert!(sounds_secret("hf_token") && sounds_secret("API_KEY"));
        assert!(!sounds_secret("max_tokens") && !sounds_secret("prompt"));
    }
}
