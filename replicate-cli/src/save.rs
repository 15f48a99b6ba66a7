//! Outputs saved to disk: whole or not at all, over nothing that was there.

mod saver;

use std::path::{Path, PathBuf};

use clap::Args;
use replicate::FileOutput;
use serde_json::Value;

use crate::error::CliError;
use crate::output::Printed;
use crate::schema::{OutputForm, Schema};
use crate::session::Session;
use crate::terminal;
use saver::{Saver, directory_of};

/// Inputs that say how many files a model gives.
const COUNTS: [&str; 5] = [
    "num_outputs",
    "num_images",
    "num_samples",
    "number_of_outputs",
    "number_of_images",
];

/// Where outputs go.
#[derive(Args, Clone, Debug)]
pub(crate) struct SaveArgs {
    /// Save the output to a file, into a directory, or write it to standard output
    #[arg(short, long, value_name = "FILE|DIR|-", conflicts_with_all = ["save", "output_directory"])]
    output: Option<String>,
    /// Save the output's files into the current directory
    #[arg(long)]
    save: bool,
    /// Save the output's files into this directory, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    output_directory: Option<PathBuf>,
    /// At a terminal, do not save the output's files
    #[arg(long, conflicts_with_all = ["output", "save", "output_directory"])]
    no_save: bool,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// Where one output goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// It is printed.
    Print,
    /// It is printed, and its files are saved here.
    PrintAndSave(PathBuf),
    /// To this file.
    File(PathBuf),
    /// Into this directory.
    Directory(PathBuf),
    /// Its content goes to standard output.
    Content,
}

/// Where an output goes, and whether over what is there.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    force: bool,
}

impl SaveArgs {
    /// Decides where the output goes, and checks that it can: before anything is sent.
    pub(crate) fn plan(&self, is_interactive: bool) -> Result<Plan, CliError> {
        let target = match (self.output.as_deref(), &self.output_directory) {
            (Some("-"), _) => Target::Content,
            (Some(path), _)
                if path.ends_with(std::path::is_separator) || Path::new(path).is_dir() =>
            {
                Target::Directory(path.into())
            }
            (Some(path), _) => Target::File(path.into()),
            (None, Some(directory)) => Target::Directory(directory.clone()),
            (None, None) if self.save => Target::Directory(".".into()),
            (None, None) => {
                let here = PathBuf::from(".");
                match is_interactive && !self.no_save && check_writable(&here).is_ok() {
                    true => Target::PrintAndSave(here),
                    false => Target::Print,
                }
            }
        };
        match &target {
            Target::File(path) => self.check_file(path)?,
            Target::Directory(directory) => make_directory(directory)?,
            _ => {}
        }
        Ok(Plan {
            target,
            force: self.force,
        })
    }

    fn check_file(&self, path: &Path) -> Result<(), CliError> {
        if path.file_name().is_none() {
            return Err(CliError::usage(format!(
                "`{}` is no file's name",
                path.display()
            )));
        }
        if path.exists() && !self.force {
            return Err(
                CliError::usage(format!("`{}` is there already", path.display()))
                    .hint("--force replaces it"),
            );
        }
        let directory = directory_of(path);
        if !directory.is_dir() {
            return Err(
                CliError::usage(format!("`{}` is no directory", directory.display()))
                    .hint(format!("make it first: mkdir -p {}", directory.display())),
            );
        }
        check_writable(directory)
    }
}

fn make_directory(directory: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(directory).map_err(|error| {
        CliError::usage(format!(
            "the directory `{}` cannot be made: {error}",
            directory.display()
        ))
    })?;
    check_writable(directory)
}

/// An output that is paid for must not meet a directory that takes no files.
fn check_writable(directory: &Path) -> Result<(), CliError> {
    match tempfile::tempfile_in(directory) {
        Ok(_) => Ok(()),
        Err(error) => Err(CliError::usage(format!(
            "the directory `{}` cannot be written to: {error}",
            directory.display()
        ))),
    }
}

impl Plan {
    /// Refuses one name for several files, where the schema and the input tell that there will
    /// be several.
    pub(crate) fn check(&self, schema: Option<&Schema>, input: &Value) -> Result<(), CliError> {
        let single = matches!(self.target, Target::File(_) | Target::Content);
        let Some(schema) = schema.filter(|_| single) else {
            return Ok(());
        };
        let several = match schema.output() {
            OutputForm::SeveralFiles => true,
            OutputForm::Files => count_asked_for(schema, input) > 1,
            _ => false,
        };
        if !several {
            return Ok(());
        }
        Err(
            CliError::usage("this gives several files, which do not go into one")
                .hint("name a directory: -o DIR/, or --output-directory DIR"),
        )
    }

    /// Prints or saves an output.
    pub(crate) async fn execute(
        &self,
        session: &Session,
        output: &Printed,
    ) -> Result<(), CliError> {
        let mut saver = Saver::new(session, self.force);
        match &self.target {
            Target::Print => print(output),
            Target::PrintAndSave(directory) => {
                print(output)?;
                saver.force = false;
                saver.files(directory, output.files()).await
            }
            Target::Content => content(output).await,
            Target::File(path) => to_file(saver, path, output).await,
            Target::Directory(directory) => {
                saver.paths_are_data = !session.json;
                match output {
                    Printed::Text(text) => saver.text_in(directory, "output.txt", text),
                    Printed::Files(files) => saver.files(directory, files).await,
                    Printed::Json(json, files) => {
                        saver.text_in(directory, "output.json", json)?;
                        saver.files(directory, files).await
                    }
                }
            }
        }
    }
}

async fn to_file(mut saver: Saver<'_>, path: &Path, output: &Printed) -> Result<(), CliError> {
    let wants_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    match (output, output.files()) {
        (Printed::Text(text), _) | (Printed::Json(text, _), []) => saver.text(path, text),
        (Printed::Json(json, _), _) if wants_json => saver.text(path, json),
        (_, [file]) => {
            saver.file(path, file).await?;
            print_around(output)
        }
        (_, files) => {
            saver.numbered(path, files).await?;
            print_around(output)
        }
    }
}

/// Prints what is in an output beside its files.
fn print_around(output: &Printed) -> Result<(), CliError> {
    match output {
        Printed::Json(..) => print(output),
        _ => Ok(()),
    }
}

/// How many files the input asks for, by itself or by the schema's default.
fn count_asked_for(schema: &Schema, input: &Value) -> u64 {
    let keywords = schema.input();
    let default = |key: &str| {
        let property = keywords.get("properties")?.get(key)?;
        schema.resolve(property).get("default")?.as_u64()
    };
    let asked = |key: &&str| {
        input
            .get(*key)
            .and_then(Value::as_u64)
            .or_else(|| default(key))
    };
    COUNTS.iter().find_map(asked).unwrap_or(1)
}

fn print(output: &Printed) -> Result<(), CliError> {
    Ok(terminal::write_line(terminal::stdout_text(
        &output.lines(),
    ))?)
}

async fn content(output: &Printed) -> Result<(), CliError> {
    use futures::TryStreamExt;
    match output.files() {
        [] => Ok(terminal::write_line(output.lines())?),
        [file] => {
            let mut chunks = file.stream();
            while let Some(chunk) = chunks.try_next().await? {
                terminal::write_data(&chunk)?;
            }
            Ok(())
        }
        files => {
            let addresses: Vec<&str> = files.iter().map(FileOutput::url).collect();
            Err(CliError::error(format!(
                "{} files came, of which standard output takes one: {}",
                files.len(),
                addresses.join(" ")
            ))
            .hint("they are there for an hour; next time name a directory: -o DIR/"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::tests::schema;
    use serde_json::json;

    #[test]
    fn several_files_are_foreseen_from_the_schema_and_the_input() {
        let file = json!({"type": "string", "format": "uri"});
        let input = json!({"properties": {"num_outputs": {"type": "integer", "default": 1}}});
        let schema = schema(input, json!({"type": "array", "items": file}));
        let plan = Plan {
            target: Target::File("bike.png".into()),
            force: false,
        };
        assert!(plan.check(Some(&schema), &json!({})).is_ok());
        assert!(
            plan.check(Some(&schema), &json!({"num_outputs": 1}))
                .is_ok()
        );
        assert!(
            plan.check(Some(&schema), &json!({"num_outputs": 3}))
                .is_err()
        );
        assert!(plan.check(None, &json!({"num_outputs": 3})).is_ok());
        let printed = Plan {
            target: Target::Print,
            force: false,
        };
        assert!(
            printed
                .check(Some(&schema), &json!({"num_outputs": 3}))
                .is_ok()
        );
    }
}
