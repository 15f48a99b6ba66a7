//! Saves outputs to disk: completely or not at all, and without replacing files.

mod name;
mod saver;

use std::path::{Path, PathBuf};

use clap::Args;
use replicate::FileOutput;
use serde_json::Value;

use crate::error::{CliError, Result};
use crate::new_file::directory_of;
use crate::output::Printed;
use crate::prediction::write_line;
use crate::schema::Schema;
use crate::session::{Session, blocking};
use crate::terminal;
pub(crate) use name::{Template, extension};
pub(crate) use saver::{SaveError, Saver, download};

/// Inputs that set the number of files that a model returns.
const COUNTS: [&str; 5] = [
    "num_outputs",
    "num_images",
    "num_samples",
    "number_of_outputs",
    "number_of_images",
];

/// The options that say where outputs go.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(crate) struct SaveArgs {
    /// Save the output to a file, into a directory, under names with the fields id, n, ext and
    /// name in braces, such as out/{id}.{ext}, or write it to standard output
    #[arg(short, long, value_name = "FILE|DIR|TEMPLATE|-", conflicts_with_all = ["save", "output_directory"])]
    output: Option<String>,
    /// Save the output's files into the current directory
    #[arg(long)]
    save: bool,
    /// Save the output's files into this directory, which is created if it does not exist
    #[arg(long, value_name = "DIR")]
    output_directory: Option<PathBuf>,
    /// Replace existing files
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Print,
    File(PathBuf),
    /// Into this pipe or device.
    Device(PathBuf),
    Template(Template),
    /// Its content goes to standard output.
    Content,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    force: bool,
}

impl SaveArgs {
    /// The options, which save into the current directory if they name no destination.
    pub(crate) fn or_in_current_directory(mut self) -> Self {
        self.save |= !self.is_given();
        self
    }

    pub(crate) fn is_given(&self) -> bool {
        self.output.is_some() || self.output_directory.is_some() || self.save
    }

    /// Decides where the output goes, and checks that it can be written, before anything is sent.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let target = match (self.output.as_deref(), &self.output_directory) {
            (Some("-"), _) => Target::Content,
            (Some(path), _) => target_at(path)?,
            (None, Some(directory)) => Target::Template(Template::in_directory(directory)),
            (None, None) if self.save => Target::Template(Template::in_directory(Path::new(""))),
            (None, None) => Target::Print,
        };
        match &target {
            Target::File(path) => self.check_file(path)?,
            Target::Device(path) => check_device(path)?,
            Target::Template(template) => make_directory(&template.fixed_directory())?,
            Target::Print | Target::Content => {}
        }
        Ok(Plan {
            target,
            force: self.force,
        })
    }

    fn check_file(&self, path: &Path) -> Result<()> {
        if path.file_name().is_none() {
            let message = format!("`{}` is not a file name", path.display());
            return Err(CliError::usage(message));
        }
        if path.exists() && !self.force {
            let message = format!("`{}` already exists", path.display());
            return Err(CliError::usage(message).hint("use --force to replace it"));
        }
        let directory = directory_of(path);
        if !directory.is_dir() {
            let message = format!("`{}` is not a directory", directory.display());
            return Err(CliError::usage(message)
                .hint(format!("create it first: mkdir -p {}", directory.display())));
        }
        check_writable(directory)
    }
}

fn target_at(path: &str) -> Result<Target> {
    if path.is_empty() {
        return Err(CliError::usage("missing file name after -o")
            .hint("if it comes from a shell variable, that is empty"));
    }
    if let Some(template) = Template::parse(path)? {
        return Ok(Target::Template(template));
    }
    let ends_as_directory = path.ends_with(std::path::is_separator);
    let path = Path::new(path);
    let metadata = std::fs::metadata(path).ok();
    Ok(match metadata {
        Some(metadata) if metadata.is_dir() => Target::Template(Template::in_directory(path)),
        Some(metadata) if !metadata.is_file() => Target::Device(path.to_owned()),
        _ if ends_as_directory => Target::Template(Template::in_directory(path)),
        _ => Target::File(path.to_owned()),
    })
}

/// Checks before the create that a device can be written to. A pipe is opened when there is
/// something to write, since that waits for its reader.
fn check_device(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let is_pipe = |metadata: std::fs::Metadata| metadata.file_type().is_fifo();
        if std::fs::metadata(path).is_ok_and(is_pipe) {
            return Ok(());
        }
    }
    let opened = std::fs::OpenOptions::new().write(true).open(path);
    opened.map(|_| ()).map_err(|error| {
        CliError::usage(format!("could not write to `{}`: {error}", path.display()))
    })
}

/// Creates a directory, and checks that files can be written into it.
pub(crate) fn make_directory(directory: &Path) -> Result<()> {
    std::fs::create_dir_all(directory).map_err(|error| {
        let directory = directory.display();
        CliError::usage(format!("could not create directory `{directory}`: {error}"))
    })?;
    check_writable(directory)
}

/// Checks before the create that files can be written: the output is paid for.
fn check_writable(directory: &Path) -> Result<()> {
    let written = tempfile::tempfile_in(directory).map(|_| ());
    written.map_err(|error| {
        let directory = directory.display();
        CliError::usage(format!(
            "could not write to directory `{directory}`: {error}"
        ))
    })
}

impl Plan {
    /// Whether standard output gets the output.
    pub(crate) fn is_printed(&self) -> bool {
        matches!(self.target, Target::Print | Target::Content)
    }

    /// Whether the outputs of several predictions can go there.
    pub(crate) fn takes_several(&self) -> bool {
        match &self.target {
            Target::Print => true,
            Target::Template(template) => template.is_distinct(),
            Target::File(_) | Target::Device(_) | Target::Content => false,
        }
    }

    /// Rejects a destination that cannot take the output, if the schema and the input show that.
    pub(crate) fn check(&self, schema: Option<&Schema>, input: &Value) -> Result<()> {
        let single = !matches!(self.target, Target::Print | Target::Template(_));
        let Some(schema) = schema.filter(|schema| single && schema.output().has_files()) else {
            return Ok(());
        };
        if self.target == Target::Content && terminal::stdout_is_terminal() {
            return Err(binary_at_terminal());
        }
        if !schema.output().has_several_files() && count_asked_for(schema, input) <= 1 {
            return Ok(());
        }
        Err(
            CliError::usage("the output is several files, which cannot be written to one")
                .hint("use a directory: -o DIR/ or --output-directory DIR"),
        )
    }

    /// Prints or saves the output of prediction `id`. Returns the paths of what was saved.
    pub(crate) async fn execute(
        &self,
        session: &Session,
        schema: Option<&Schema>,
        id: &str,
        output: &Printed,
    ) -> Result<Vec<PathBuf>> {
        if self.target != Target::Print {
            check_content(schema, output)?;
        }
        let mut saver = Saver::new(session, self.force);
        match &self.target {
            Target::Print => write_line(output.lines()).await?,
            Target::Content => content(output, None).await?,
            Target::Device(path) => content(output, Some(path.clone())).await?,
            Target::File(path) => to_file(&mut saver, path, output).await?,
            Target::Template(template) => {
                saver.paths_are_data = !session.json;
                saver.by_template(template, id, output).await?;
            }
        }
        Ok(saver.saved)
    }
}

fn binary_at_terminal() -> CliError {
    CliError::usage("the output is a file, which is not written to a terminal")
        .hint("use -o FILE, or pipe the output")
}

/// Rejects an output in which nothing is to be saved.
fn check_content(schema: Option<&Schema>, output: &Printed) -> Result<()> {
    let promises_files = schema.is_some_and(|schema| schema.output().has_files());
    let lines = output.lines();
    let is_empty = matches!(output, Printed::Json(..))
        && matches!(lines.trim(), "null" | "[]" | "{}" | r#"[""]"#);
    if !output.files().is_empty() || !(promises_files || is_empty) {
        return Ok(());
    }
    let mut shown: String = lines.chars().take(60).collect();
    if shown.len() < lines.len() {
        shown.push_str("...");
    }
    Err(CliError::error(format!(
        "the output has no file: it is {shown}; nothing was written"
    )))
}

async fn to_file(saver: &mut Saver<'_>, path: &Path, output: &Printed) -> Result<()> {
    let wants_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    match (output, output.files()) {
        (Printed::Text(text), _) | (Printed::Json(text, _), []) => {
            return saver.text(path, text).await;
        }
        (Printed::Json(json, _), _) if wants_json => return saver.text(path, json).await,
        (_, [file]) => saver.file(path, file).await?,
        (_, files) => saver.numbered(path, files).await?,
    }
    match output {
        // It holds more than files.
        Printed::Json(json, _) => write_line(json.as_str()).await,
        _ => Ok(()),
    }
}

/// The number of files that the input requests, itself or by the schema's default.
fn count_asked_for(schema: &Schema, input: &Value) -> u64 {
    let default = |key: &str| schema.input(key)?.schema().default_value()?.as_u64();
    let asked = |key: &&str| input[*key].as_u64().or_else(|| default(key));
    COUNTS.iter().find_map(asked).unwrap_or(1)
}

/// Writes the output's content to a device or pipe, or to standard output.
async fn content(output: &Printed, device: Option<PathBuf>) -> Result<()> {
    use futures::TryStreamExt;
    let mut sink = match device {
        None => Sink::Stdout,
        Some(path) => Sink::open(path).await?,
    };
    match output.files() {
        [] => {
            let mut lines = output.lines();
            if !lines.ends_with('\n') {
                lines.push('\n');
            }
            sink.write(lines.into_bytes().into()).await.map(|_| ())
        }
        [_] if matches!(sink, Sink::Stdout) && terminal::stdout_is_terminal() => {
            Err(binary_at_terminal())
        }
        [file] => {
            let mut chunks = file.stream();
            while let Some(chunk) = chunks.try_next().await? {
                sink = sink.write(chunk).await?;
            }
            Ok(())
        }
        files => {
            let urls: Vec<&str> = files.iter().map(FileOutput::url).collect();
            Err(CliError::error(format!(
                "the output is {} files, and one was expected: {}",
                files.len(),
                urls.join(" ")
            ))
            .hint("they are deleted after an hour; use a directory: -o DIR/"))
        }
    }
}

/// Where content is written, off the thread that notices signals.
enum Sink {
    Stdout,
    Device(std::fs::File, PathBuf),
}

impl Sink {
    async fn open(path: PathBuf) -> Result<Self> {
        blocking(move || {
            let file = std::fs::OpenOptions::new().write(true).open(&path);
            let file = file.map_err(|error| CliError::not_written(&path, &error))?;
            Ok(Self::Device(file, path))
        })
        .await
    }

    async fn write(self, chunk: bytes::Bytes) -> Result<Self> {
        use std::io::Write;
        blocking(move || match self {
            Self::Stdout => {
                terminal::write_bytes(&chunk)?;
                Ok(self)
            }
            Self::Device(mut file, path) => {
                file.write_all(&chunk)
                    .map_err(|error| CliError::not_written(&path, &error))?;
                Ok(Self::Device(file, path))
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::tests::schema;
    use serde_json::json;

    fn plan(target: Target) -> Plan {
        Plan {
            target,
            force: false,
        }
    }

    #[test]
    fn several_files_are_predicted_from_schema_and_input() {
        let file = json!({"type": "string", "format": "uri"});
        let input = json!({"properties": {"num_outputs": {"type": "integer", "default": 1}}});
        let schema = schema(input, json!({"type": "array", "items": file}));
        let one = plan(Target::File("bike.png".into()));
        assert!(one.check(Some(&schema), &json!({})).is_ok());
        assert!(one.check(Some(&schema), &json!({"num_outputs": 1})).is_ok());
        let three = json!({"num_outputs": 3});
        assert!(one.check(Some(&schema), &three).is_err());
        assert!(one.check(None, &three).is_ok());
        assert!(plan(Target::Print).check(Some(&schema), &three).is_ok());
    }

    #[test]
    fn output_without_a_file_is_not_saved_where_files_are_promised() {
        let file = json!({"type": "string", "format": "uri"});
        let files = schema(json!({}), json!({"type": "array", "items": file}));
        let text = Printed::Text("words".to_owned());
        assert!(check_content(Some(&files), &text).is_err());
        assert!(check_content(None, &text).is_ok());
        for empty in ["[]", "null"] {
            let output = Printed::Json(empty.to_owned(), Vec::new());
            assert!(check_content(Some(&files), &output).is_err(), "{empty}");
            assert!(check_content(None, &output).is_err(), "{empty}");
        }
    }
}
