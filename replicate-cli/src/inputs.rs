//! A model's input on the command line.

pub(crate) mod argument;
pub(crate) mod assemble;
pub(crate) mod files;
pub(crate) mod sweep;
mod template;

use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use serde_json::{Map, Value};

use crate::error::{CliError, Result};
use crate::reader::{self, pipe_for, read_file, stdin_for, without_bom};
use crate::schema::Schema;
use crate::session::Session;
use argument::{Argument, Literal};

/// The input arguments of `run`, `stream`, `rerun` and `predictions create`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct InputArgs {
    /// key=value, key:=json, key=@file, key=@- (standard input), key=@env:NAME, a.b=value; text
    /// without a key goes to the model's main input
    #[arg(value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Read the input from a file with a JSON object, or from standard input; arguments add to
    /// it. Takes key=value too
    #[arg(short, long, value_name = "FILE|-|key=value")]
    input: Vec<OsString>,
    /// The operator between a key and its value
    #[arg(long, value_name = "TEXT", hide = true)]
    separator: Option<String>,
}

/// The arguments as they were written: nothing was read yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct WrittenInput {
    files: Vec<OsString>,
    pub(crate) arguments: Vec<Argument>,
}

/// An input that is complete, but not yet typed by a schema.
#[derive(Debug)]
pub(crate) struct RawInput {
    pub(crate) base: Map<String, Value>,
    pub(crate) arguments: Vec<Argument>,
}

impl InputArgs {
    pub(crate) fn parse(&self) -> Result<WrittenInput> {
        let mut written = WrittenInput::default();
        for text in &self.input {
            let argument = argument::parse(text)?;
            match argument.key.is_some() && !Path::new(text).exists() {
                true => written.arguments.push(argument),
                false => written.files.push(text.clone()),
            }
        }
        for text in &self.inputs {
            let text = match (&self.separator, text.to_str()) {
                (Some(separator), Some(text)) => &text.replacen(separator, "=", 1).into(),
                _ => text,
            };
            written.arguments.push(argument::parse(text)?);
        }
        Ok(written)
    }
}

impl WrittenInput {
    /// Reads what the arguments name: files of JSON, which go over `base`, pipes, and standard
    /// input, where one of them asks for it, or where the main input of `schema` is missing.
    pub(crate) async fn read(
        self,
        session: &Session,
        schema: Option<&Schema>,
        mut base: Map<String, Value>,
    ) -> Result<RawInput> {
        let Self {
            files,
            mut arguments,
        } = self;
        let mut stdin = Stdin::default();
        for path in files {
            let from = format!("`{}`", path.display());
            base.extend(match path.to_str() {
                Some("-") => {
                    stdin.take()?;
                    object(&stdin_for(session, "the input").await?, "standard input")?
                }
                _ => {
                    let content = read_path(session, Path::new(&path), "the input").await?;
                    object(&content, &from)?
                }
            });
        }
        for argument in &mut arguments {
            let purpose = match &argument.key {
                Some(key) => format!("`{key}`"),
                None => "the main input".to_owned(),
            };
            resolve(session, &mut argument.value, &purpose, &mut stdin).await?;
        }
        template::fill(session, &mut arguments, &mut stdin).await?;
        if let Some(key) = missing_main(schema, &base, &arguments)
            && !stdin.taken
            && reader::stdin_is_pipe_or_file()
        {
            stdin.take()?;
            let content = stdin_for(session, &format!("`{key}`")).await?;
            arguments.push(Argument::pair(&key, Literal::from_stdin(content)?));
        }
        Ok(RawInput { base, arguments })
    }
}

/// Standard input, which can be read once.
#[derive(Debug, Default)]
struct Stdin {
    taken: bool,
}

impl Stdin {
    fn take(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.taken, true) {
            false => Ok(()),
            true => Err(
                CliError::usage("standard input can be read for one input only")
                    .hint("put the other input into a file, and pass key=@FILE"),
            ),
        }
    }
}

async fn resolve(
    session: &Session,
    literal: &mut Literal,
    purpose: &str,
    stdin: &mut Stdin,
) -> Result<()> {
    let read = match literal {
        Literal::Stdin { json } => {
            stdin.take()?;
            let content = stdin_for(session, purpose).await?;
            match json {
                true => Literal::Json(argument::json("standard input", &content)?),
                false => Literal::from_stdin(content)?,
            }
        }
        Literal::JsonFile(path) => {
            let content = read_path(session, path, purpose).await?;
            Literal::Json(argument::json(&format!("`{}`", path.display()), &content)?)
        }
        // A pipe can be read once, and has no size.
        Literal::File(path) if is_stream(path) => Literal::Content {
            content: pipe_for(session, path, purpose).await?.into(),
            name: path.display().to_string(),
        },
        _ => return Ok(()),
    };
    *literal = read;
    Ok(())
}

async fn read_path(session: &Session, path: &Path, purpose: &str) -> Result<Vec<u8>> {
    match is_stream(path) {
        true => pipe_for(session, path, purpose).await,
        false => read_file(path),
    }
}

/// Whether a path is a pipe, a socket or a device, such as `/dev/stdin` or that of `<(...)`.
fn is_stream(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The main input, where it is required and not given.
fn missing_main(
    schema: Option<&Schema>,
    base: &Map<String, Value>,
    arguments: &[Argument],
) -> Option<String> {
    let schema = schema?;
    let main = schema
        .main_text_input()
        .filter(|input| input.is_required())
        .or_else(|| schema.main_file_input())
        .filter(|input| input.is_required())?
        .key();
    // Also text, or a file, without a key: a loop's input is standard input too.
    let is_main = |key: &String| key.split('.').next() == Some(main);
    let mut keys = arguments.iter().map(|argument| &argument.key);
    let is_given = base.contains_key(main) || keys.any(|key| key.as_ref().is_none_or(is_main));
    (!is_given).then(|| main.to_owned())
}

fn object(bytes: &[u8], from: &str) -> Result<Map<String, Value>> {
    let bytes = without_bom(bytes);
    let what = match serde_json::from_slice(bytes) {
        Ok(Value::Object(map)) => return Ok(map),
        Ok(_) => "is not a JSON object",
        Err(_) if bytes.trim_ascii().is_empty() => "is empty",
        Err(error) => return Err(CliError::usage(format!("invalid JSON in {from}: {error}"))),
    };
    Err(CliError::usage(format!("{from} {what}"))
        .hint(r#"expected an object with the model's inputs: {"prompt": "..."}"#))
}
