//! `models types`: a model's input and output as Rust source.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use replicate::ModelRef;
use replicate::schema::{GenerateOptions, ModelSchema, changes, generate};
use serde_json::Value;

use super::latest_version;
use crate::commands::with_option;
use crate::error::{CliError, Result};
use crate::new_file;
use crate::session::Session;
use crate::terminal;

/// First line of each generated source.
const HEADER: &str = "// Types of the model ";

/// Write Rust types for a model's input and output
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate models types acme/app -o src/app.rs
  replicate models types acme/app:VERSION -o src/app.rs
  replicate models types acme/app --check src/app.rs")]
pub(crate) struct Types {
    /// owner/name, or owner/name:version to run that version alone
    #[arg(value_name = "REF")]
    reference: String,
    /// The file to write; default: standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compare this file with the model, and list what has changed; exit code 1 if something has
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
}

impl Types {
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let reference = ModelRef::from_str(&self.reference)?;
        let (owner, name, version) = match &reference {
            ModelRef::Model { owner, name } => (owner, name, None),
            ModelRef::ModelVersion {
                owner,
                name,
                version,
            } => (owner, name, Some(version.clone())),
            _ => {
                let message = format!("`{}` names no model", self.reference);
                return Err(
                    CliError::usage(message).hint("expected owner/name or owner/name:version")
                );
            }
        };
        let kept = match &self.check {
            Some(path) => Some((path, read(path)?)),
            None => None,
        };
        // A file that pins a version is compared with the latest one.
        let is_pinned = kept
            .as_ref()
            .is_some_and(|(_, source)| pins_version(source));
        let version = match version {
            None if is_pinned => Some(latest_version(session, &reference).await?),
            version => version,
        };
        let options = GenerateOptions::new(format!("{owner}/{name}"));
        let options = with_option(options, version, GenerateOptions::version);
        let reading = ModelSchema::read(&session.client, reference);
        let schema = session.unless_interrupted(reading).await??.ok_or_else(|| {
            let message = format!("{} has no schema to write types from", self.reference);
            CliError::not_found(message)
        })?;
        if let Some((path, source)) = kept {
            return report(session, path, &changes(&source, &schema, &options)?);
        }
        let source = generate(&schema, &options)?;
        match &self.output {
            None => Ok(terminal::write_data(source)?),
            Some(path) => {
                write(path, &source)?;
                session.note(format!("wrote {}", path.display()));
                Ok(())
            }
        }
    }
}

fn report(session: &Session, path: &Path, changes: &[String]) -> Result<()> {
    if session.json {
        session.write_json(Value::from(changes).to_string())?;
    } else {
        for change in changes {
            terminal::write_line(change)?;
        }
    }
    if changes.is_empty() {
        session.note(format!("{} is up to date", path.display()));
        return Ok(());
    }
    let message = format!("{} is out of date: the model has changed", path.display());
    Err(CliError::error(message).hint("regenerate it with -o"))
}

fn pins_version(source: &str) -> bool {
    let first = source.lines().next().unwrap_or_default();
    first
        .strip_prefix(HEADER)
        .is_some_and(|model| model.contains(':'))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("could not read {}: {error}", path.display())))
}

/// Writes the source to a temporary file beside `path`, and renames it. Replaces nothing but what
/// this command wrote.
fn write(path: &Path, source: &str) -> Result<()> {
    let failed = |error| CliError::not_written(path, &error);
    match std::fs::read(path) {
        Ok(old) if !old.is_empty() && !old.starts_with(HEADER.as_bytes()) => {
            let message = format!("{} exists, and is not a generated file", path.display());
            return Err(CliError::usage(message).hint("remove it, or choose another name"));
        }
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    new_file::write(path, source).map_err(failed)
}
