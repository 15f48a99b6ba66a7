//! The arguments of `run`, `stream` and `predictions create`, and the run that they describe.

use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use replicate::{ModelRef, Run};
use serde_json::{Value, json};

use crate::duration;
use crate::error::CliError;
use crate::inputs::{InputArgs, RawInput, assemble};
use crate::schema::Schema;
use crate::schema::read::read_schema;
use crate::session::Session;
use crate::terminal;

/// The options of a create.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    input: InputArgs,
    /// Have the server cancel the prediction if it is still running after this time, at least 5s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    cancel_after: Option<Duration>,
    /// Have the server call this URL when the prediction starts, makes progress and completes
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Print the request instead of sending it
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "json")]
    dry_run: Option<DryRun>,
}

/// How `--dry-run` prints the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum DryRun {
    /// Its body
    Json,
    /// A command for curl
    Curl,
}

/// The parsed arguments: what is known without a request.
#[derive(Debug)]
pub(crate) struct ParsedArgs {
    reference: ModelRef,
    given: RawInput,
}

/// A prediction to create, with its input typed and validated by the schema.
pub(crate) struct ValidatedRequest {
    reference: ModelRef,
    schema: Option<Schema>,
    assembled: assemble::Assembled,
}

impl CreateArgs {
    /// Parses the reference and the input, and reads standard input if an argument asks for it.
    pub(crate) fn read(&self, reference: &str) -> Result<ParsedArgs, CliError> {
        Ok(ParsedArgs {
            reference: ModelRef::from_str(reference)?,
            given: self.input.read()?,
        })
    }

    /// Prints the request if `--dry-run` was given; returns whether it did.
    pub(crate) fn printed(
        &self,
        session: &Session,
        request: &ValidatedRequest,
    ) -> Result<bool, CliError> {
        match self.dry_run {
            None => return Ok(false),
            Some(DryRun::Json) => terminal::write_line(pretty(&self.body(request)))?,
            Some(DryRun::Curl) => terminal::write_line(self.curl(session, request))?,
        }
        Ok(true)
    }

    /// The run to start, and the schema of its output. The library uploads its files.
    pub(crate) fn run(
        &self,
        session: &Session,
        request: ValidatedRequest,
    ) -> Result<(Run, Option<Schema>), CliError> {
        let ValidatedRequest {
            reference,
            schema,
            assembled,
        } = request;
        let input = assembled.fill_files()?;
        let mut run = session.client.run(reference).input(input);
        if let Some(deadline) = self.cancel_after {
            run = run.cancel_after(deadline);
        }
        if let Some(url) = &self.webhook {
            run = run.webhook(url);
        }
        Ok((run, schema))
    }

    fn body(&self, request: &ValidatedRequest) -> Value {
        let mut body = json!({"input": request.assembled.input});
        if let Some(version) = request.reference.version() {
            body["version"] = version.into();
        }
        if let Some(url) = &self.webhook {
            body["webhook"] = url.as_str().into();
        }
        body
    }

    fn curl(&self, session: &Session, request: &ValidatedRequest) -> String {
        let path = match &request.reference {
            ModelRef::Model { owner, name } => format!("/models/{owner}/{name}/predictions"),
            ModelRef::Deployment { owner, name } => {
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
        lines.push(format!("  -d {}", quoted(&self.body(request).to_string())));
        lines.join(" \\\n")
    }
}

impl ParsedArgs {
    /// Types the input by the model's schema, and validates it.
    pub(crate) async fn validate(self, session: &Session) -> Result<ValidatedRequest, CliError> {
        let schema = read_schema(session, &self.reference).await?;
        let assembled = assemble::assemble(self.given, schema.as_ref())?;
        Ok(ValidatedRequest {
            reference: self.reference,
            schema,
            assembled,
        })
    }
}

impl ValidatedRequest {
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

/// The text as one word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_one_word_for_a_shell() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
