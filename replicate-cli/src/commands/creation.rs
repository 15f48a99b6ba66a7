//! The arguments of `run`, `stream`, `rerun` and `predictions create`, and the runs that they
//! describe.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use replicate::{ModelRef, Run};
use serde_json::{Map, Value};

use super::{curl, model_help, with_option};
use crate::credentials::base_url;
use crate::duration;
use crate::error::{CliError, Result};
use crate::inputs::assemble::{Assembled, Rules, assemble};
use crate::inputs::{InputArgs, WrittenInput, sweep};
use crate::prediction::Leave;
use crate::schema::read::Target;
use crate::session::Session;
use crate::terminal;

/// The model of a command that creates a prediction, or whose help is printed.
#[derive(Args, Debug)]
pub(crate) struct ModelArgs {
    /// owner/name, owner/name:version, a version id, deployments/owner/name, or the URL of their
    /// page
    #[arg(value_name = "REF", required_unless_present = "help")]
    pub(super) reference: Option<String>,
    /// Print help; after REF, the model's inputs
    #[arg(short, long)]
    help: bool,
}

impl ModelArgs {
    /// The reference. `None` if the help of the model was requested, which is printed then.
    /// `command` is the one that takes the model's inputs.
    pub(super) async fn reference(
        self,
        session: &Session,
        command: &str,
    ) -> Result<Option<String>> {
        // Without one, the help of the command was printed.
        let reference = self.reference.unwrap_or_default();
        if self.help {
            model_help::print_model(session, command, &reference).await?;
            return Ok(None);
        }
        Ok(Some(reference))
    }

    /// Checks the reference, and the arguments of the create unless help was requested.
    pub(super) fn check(&self, creation: &CreateArgs) -> Result<()> {
        match &self.reference {
            Some(reference) if self.help => model_ref(reference).map(|_| ()),
            Some(reference) => creation.parse(reference).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// The options of a create.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Send the input without validating it by the model's schema
    #[arg(long)]
    no_validate: bool,
    /// Cancel the prediction on the server if it is still running after this time, such as
    /// 1h30m, at least 5s
    #[arg(long, value_name = "TIME", value_parser = cancel_after)]
    cancel_after: Option<Duration>,
    /// Have the server call this URL when the prediction starts, makes progress and completes
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Leave the prediction running when the command is interrupted
    #[arg(long)]
    no_cancel: bool,
    /// Cancel the prediction when --timeout or --wait expires
    #[arg(long, conflicts_with = "no_cancel")]
    cancel_on_timeout: bool,
    /// Print the request instead of sending it
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "json")]
    dry_run: Option<DryRun>,
}

/// Format of `--dry-run`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum DryRun {
    /// Its body
    Json,
    /// A command for curl
    Curl,
}

fn cancel_after(text: &str) -> Result<Duration, String> {
    match duration::parse(text)? {
        time if time < Duration::from_secs(5) => Err(format!(
            "duration `{text}` is too short: the API takes 5s or more"
        )),
        time => Ok(time),
    }
}

/// The parsed arguments: what is known without a request.
#[derive(Clone, Debug)]
pub(crate) struct ParsedArgs {
    reference: ModelRef,
    written: WrittenInput,
    /// The input that the arguments change.
    base: Map<String, Value>,
}

/// A prediction to create, with its input typed and validated by the schema.
#[derive(Clone)]
pub(crate) struct ValidatedRequest {
    pub(super) target: Arc<Target>,
    pub(super) assembled: Assembled,
}

impl CreateArgs {
    /// Parses the reference and the input. Reads nothing.
    pub(crate) fn parse(&self, reference: &str) -> Result<ParsedArgs> {
        self.parse_again(model_ref(reference)?, Map::new())
    }

    /// The same for a prediction that was made before, whose input the arguments change.
    pub(crate) fn parse_again(
        &self,
        reference: ModelRef,
        base: Map<String, Value>,
    ) -> Result<ParsedArgs> {
        Ok(ParsedArgs {
            reference,
            written: self.input.parse()?,
            base,
        })
    }

    /// Handling of the prediction when a signal or a timeout ends the command.
    pub(crate) fn leave(&self) -> Leave {
        match self.no_cancel {
            true => Leave::Running,
            false => Leave::Cancel {
                on_timeout: self.cancel_on_timeout,
            },
        }
    }

    /// Whether the result goes elsewhere too, so that a closed standard output does not end the
    /// run.
    pub(crate) fn reports_elsewhere(&self) -> bool {
        self.webhook.is_some() || self.no_cancel
    }

    /// Types the input by the model's schema, and validates it.
    pub(crate) async fn validate(
        &self,
        session: &Session,
        parsed: ParsedArgs,
    ) -> Result<ValidatedRequest> {
        let target = Arc::new(Target::read_with_note(session, parsed.reference).await?);
        let ParsedArgs { written, base, .. } = parsed;
        self.assemble(session, &target, written, base).await
    }

    /// The same for every input of a sweep.
    pub(crate) async fn validate_sweep(
        &self,
        session: &Session,
        parsed: ParsedArgs,
    ) -> Result<Vec<ValidatedRequest>> {
        let inputs = sweep::expand(&parsed.written)?;
        let target = Arc::new(Target::read_with_note(session, parsed.reference).await?);
        let mut requests = Vec::with_capacity(inputs.len());
        for written in inputs {
            let base = parsed.base.clone();
            requests.push(self.assemble(session, &target, written, base).await?);
        }
        Ok(requests)
    }

    async fn assemble(
        &self,
        session: &Session,
        target: &Arc<Target>,
        written: WrittenInput,
        base: Map<String, Value>,
    ) -> Result<ValidatedRequest> {
        let schema = target.schema.as_ref();
        let given = written.read(session, schema, base).await?;
        let rules = Rules {
            validate: !self.no_validate,
            ..Rules::of(schema)
        };
        Ok(ValidatedRequest {
            target: Arc::clone(target),
            assembled: assemble(given, rules)?,
        })
    }

    /// Prints the requests if `--dry-run` was given; returns whether it did.
    pub(crate) async fn printed(
        &self,
        session: &Session,
        requests: &[ValidatedRequest],
    ) -> Result<bool> {
        let (Some(form), Some(first)) = (self.dry_run, requests.first()) else {
            return Ok(false);
        };
        let base = base_url(&session.client);
        let options = curl::Options {
            base: base.trim_end_matches('/'),
            model: &first.target.model(session).await?,
            webhook: self.webhook.as_deref(),
            cancel_after: self.cancel_after,
        };
        for request in requests {
            let text = match form {
                DryRun::Json => {
                    let body = curl::body(request, request.assembled.masked(), &options);
                    serde_json::to_string_pretty(&body).unwrap_or_default()
                }
                DryRun::Curl => curl::command(request, &options)?,
            };
            terminal::write_line(text)?;
        }
        Ok(true)
    }

    /// The run to start. The library uploads its files.
    pub(crate) fn run(&self, session: &Session, request: &ValidatedRequest) -> Result<Run> {
        let input = request.assembled.clone().fill_files()?;
        let run = session.client.run(&request.target.reference).input(input);
        let run = with_option(run, self.cancel_after, Run::cancel_after);
        Ok(with_option(run, self.webhook.as_ref(), Run::webhook))
    }
}

pub(crate) fn model_ref(text: &str) -> Result<ModelRef> {
    let text = text.trim();
    let without_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let page = without_scheme.strip_prefix("replicate.com/");
    if let Some(id) = page.and_then(|path| path.strip_prefix("p/")) {
        let id = id.split(['/', '?', '#']).next().unwrap_or_default();
        let message = format!("`{text}` is the page of a prediction, and not of a model");
        let hint = format!("run it again with changes: replicate rerun {id} key=value");
        return Err(CliError::usage(message).hint(hint));
    }
    match page.filter(|_| !text.contains("://")) {
        Some(_) => Ok(ModelRef::from_str(&format!("https://{text}"))?),
        None => Ok(ModelRef::from_str(text)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_urls_are_references() {
        for (text, reference) in [
            ("https://replicate.com/acme/app", "acme/app"),
            ("replicate.com/acme/app", "acme/app"),
            ("replicate.com/deployments/acme/app", "deployments/acme/app"),
            ("acme/app", "acme/app"),
        ] {
            assert_eq!(model_ref(text).expect(text).to_string(), reference);
        }
        let error = model_ref("https://replicate.com/p/abc123").expect_err("no model");
        assert!(format!("{error:?}").contains("replicate rerun abc123"));
    }
}
