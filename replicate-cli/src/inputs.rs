//! A model's input as it is written on the command line.

pub(crate) mod argument;
pub(crate) mod assemble;
pub(crate) mod files;
mod template;

use clap::Args;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::reader::{self, read_file};
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
                object(&reader::read_stdin()?, "standard input")?
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
