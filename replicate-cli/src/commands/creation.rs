//! What `run`, `stream` and `predictions create` have in common: a model, its input, and a
//! prediction to be created.

use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use replicate::Reference;
use replicate::resources::CreatePrediction;
use replicate::types::WebhookEvent;
use serde_json::{Value, json};

use crate::duration;
use crate::failure::Failure;
use crate::inputs::{Given, InputArguments, assemble, files};
use crate::job;
use crate::schema::Schema;
use crate::session::Session;
use crate::terminal;

/// How a prediction is created.
#[derive(Args, Debug)]
pub(crate) struct CreationArguments {
    #[command(flatten)]
    input: InputArguments,
    /// Have the server cancel the prediction if it is not over after this time, at least 5s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    cancel_after: Option<Duration>,
    /// Have the server call this address when the prediction starts, goes on and ends
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Print the request instead of sending it
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "json")]
    dry_run: Option<DryRun>,
}

/// How a request is printed that is not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum DryRun {
    /// Its body
    Json,
    /// A command for curl
    Curl,
}

/// What is to be created, as far as it can be known without a server.
#[derive(Debug)]
pub(crate) struct Wanted {
    reference: Reference,
    given: Given,
}

/// What is to be created, with its input typed and checked.
pub(crate) struct Checked {
    reference: Reference,
    schema: Option<Schema>,
    assembled: assemble::Assembled,
}

impl CreationArguments {
    /// Parses the reference and the input, and reads standard input where it is asked for.
    pub(crate) fn read(&self, reference: &str) -> Result<Wanted, Failure> {
        Ok(Wanted {
            reference: Reference::from_str(reference)?,
            given: self.input.read()?,
        })
    }

    /// Prints the request, if that is all that is wanted.
    pub(crate) fn printed(&self, session: &Session, checked: &Checked) -> Result<bool, Failure> {
        match self.dry_run {
            None => return Ok(false),
            Some(DryRun::Json) => terminal::write_line(pretty(&self.body(checked)))?,
            Some(DryRun::Curl) => terminal::write_line(self.curl(session, checked))?,
        }
        Ok(true)
    }

    /// Uploads what is large, and describes the prediction to be created.
    pub(crate) async fn creation(
        &self,
        session: &Session,
        checked: Checked,
    ) -> Result<(CreatePrediction, Option<Schema>), Failure> {
        let Checked {
            reference,
            schema,
            assembled,
        } = checked;
        let input = files::resolve(session, assembled).await?;
        let mut creation = session.client.predictions().create(reference).input(input);
        if let Some(deadline) = self.cancel_after {
            creation = creation.cancel_after(deadline);
        }
        if let Some(url) = &self.webhook {
            creation = creation.webhook(url, std::iter::empty::<WebhookEvent>());
        }
        if let Some(left) = session.time_left(None) {
            creation = creation.timeout(left);
        }
        Ok((creation, schema))
    }

    fn body(&self, checked: &Checked) -> Value {
        let mut body = json!({"input": checked.assembled.input});
        if let Some(version) = checked.reference.version() {
            body["version"] = version.into();
        }
        if let Some(url) = &self.webhook {
            body["webhook"] = url.as_str().into();
        }
        body
    }

    fn curl(&self, session: &Session, checked: &Checked) -> String {
        let path = match &checked.reference {
            Reference::Model { owner, name } => format!("/models/{owner}/{name}/predictions"),
            Reference::Deployment { owner, name } => {
                format!("/deployments/{owner}/{name}/predictions")
            }
            _ => "/predictions".to_owned(),
        };
        let base = session.client.api().transport().base_url().to_string();
        let mut lines = vec![
            format!(
                "curl -X POST {}",
                quoted(&format!("{}{path}", base.trim_end_matches('/')))
            ),
            "  -H \"Authorization: Bearer $REPLICATE_API_TOKEN\"".to_owned(),
            "  -H 'Content-Type: application/json'".to_owned(),
        ];
        if let Some(deadline) = self.cancel_after {
            lines.push(format!(
                "  -H 'Cancel-After: {}s'",
                deadline.as_secs_f64().ceil()
            ));
        }
        lines.push(format!("  -d {}", quoted(&self.body(checked).to_string())));
        lines.join(" \\\n")
    }
}

impl Wanted {
    /// Types the input by the model's schema, and checks it.
    pub(crate) async fn check(self, session: &Session) -> Result<Checked, Failure> {
        let schema = job::read_schema(session, &self.reference).await?;
        let assembled = assemble::assemble(self.given, schema.as_ref())?;
        Ok(Checked {
            reference: self.reference,
            schema,
            assembled,
        })
    }
}

impl Checked {
    pub(crate) fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }

    pub(crate) fn input(&self) -> &Value {
        &self.assembled.input
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The text as a shell takes it for one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_word_is_one_word_for_a_shell() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
