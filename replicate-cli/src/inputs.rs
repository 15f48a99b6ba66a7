//! A model's input as it is written on the command line.

pub(crate) mod argument;
pub(crate) mod assemble;
pub(crate) mod files;
mod template;

use std::io::Read;

use clap::Args;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::stdin;
use argument::{Argument, Literal};

/// What `run`, `stream` and `predictions create` take as a model's input.
#[derive(Args, Debug)]
pub(crate) struct InputArgs {
    /// key=value, key:=json, key=@file, key=@- (standard input), a.b=value; a text alone goes
    /// to the model's main input
    #[arg(value_name = "INPUT")]
    inputs: Vec<String>,
    /// Read the input from a file with a JSON object, or from standard input; arguments add to
    /// it
    #[arg(short, long, value_name = "FILE|-")]
    input: Option<String>,
}

/// An input that is read, but not yet typed by a schema.
#[derive(Debug)]
pub(crate) struct RawInput {
    pub(crate) base: Map<String, Value>,
    pub(crate) arguments: Vec<Argument>,
}

impl InputArgs {
    /// Parses the arguments and reads standard input where one of them asks for it.
    pub(crate) fn read(&self) -> Result<RawInput, CliError> {
        let mut arguments = Vec::with_capacity(self.inputs.len());
        for text in &self.inputs {
            arguments.push(argument::parse(text)?);
        }
        let mut stdin_taken = false;
        let base = match self.input.as_deref() {
            None => Map::new(),
            Some("-") => {
                stdin_taken = true;
                object(&stdin::read()?, "standard input")?
            }
            Some(path) => object(&read_file(path)?, &format!("`{path}`"))?,
        };
        for literal in arguments.iter_mut().map(Argument::literal_mut) {
            if matches!(literal, Literal::Stdin { .. }) && std::mem::replace(&mut stdin_taken, true)
            {
                return Err(
                    CliError::usage("standard input can be read for one thing only")
                        .hint("put the other one into a file, and give it as key=@FILE"),
                );
            }
            literal.read_stdin()?;
        }
        if !stdin_taken {
            template::fill(&mut arguments)?;
        }
        Ok(RawInput { base, arguments })
    }
}

fn object(bytes: &[u8], from: &str) -> Result<Map<String, Value>, CliError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(CliError::usage(format!("{from} holds no JSON object"))
            .hint(r#"an input is an object with the model's fields: {"prompt": "..."}"#)),
        Err(error) => Err(CliError::usage(format!("{from} holds no JSON: {error}"))),
    }
}

/// The largest file that is read as a text or as JSON.
const LARGEST_TEXT: u64 = 64 * 1024 * 1024;

/// Reads a file that is to be a text or JSON.
pub(crate) fn read_file(path: &str) -> Result<Vec<u8>, CliError> {
    let mut content = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_TEXT + 1).read_to_end(&mut content));
    match read {
        Err(error) => Err(CliError::usage(format!("`{path}` cannot be read: {error}"))),
        Ok(_) if content.len() as u64 > LARGEST_TEXT => Err(CliError::usage(format!(
            "`{path}` is larger than {LARGEST_TEXT} bytes"
        ))),
        Ok(_) => Ok(content),
    }
}
