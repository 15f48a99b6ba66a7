use clap::{Args, Command, Subcommand};

use crate::aliases::{self, Aliases};
use crate::error::{CliError, ExitCode, Result};
use crate::global::GlobalArgs;
use crate::json_output;
use crate::terminal;

/// Define shortcuts for command lines
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Alias {
    Set(Set),
    /// List the aliases
    List,
    /// Delete an alias
    Delete {
        /// The alias
        name: String,
    },
}

/// Create an alias; additional arguments are appended to it
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate alias set draw run black-forest-labs/flux-schnell --save
  replicate alias set failed 'predictions list --status failed --model $1'")]
pub(crate) struct Set {
    /// The alias
    name: String,
    /// The command line, without `replicate`; $1, $2, … are the arguments of the alias
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    expansion: Vec<String>,
    /// Replace an alias of this name
    #[arg(long)]
    clobber: bool,
}

impl Alias {
    pub(crate) fn execute(self, global: &GlobalArgs, root: Command) -> Result<ExitCode> {
        match self {
            Self::Set(set) => set.execute(root)?,
            Self::List => {
                let aliases = Aliases::load()?;
                if global.json || global.jq.is_some() || !terminal::stdout_is_terminal() {
                    json_output::write(global.jq.as_deref(), aliases.to_json().as_bytes())?;
                } else {
                    terminal::write_data(aliases.lines())?;
                }
            }
            Self::Delete { name } => Aliases::update(|aliases| match aliases.0.remove(&name) {
                Some(_) => Ok(()),
                None => Err(CliError::not_found(format!("no alias is named `{name}`"))
                    .hint("list them: replicate alias list")),
            })?,
        }
        Ok(ExitCode::Done)
    }
}

impl Set {
    fn execute(self, mut root: Command) -> Result<()> {
        let name = self.name;
        if name.is_empty() || name.starts_with('-') || name.contains(char::is_whitespace) {
            let message = format!("invalid alias `{name}`: expected one word");
            return Err(CliError::usage(message));
        }
        root.build();
        if root.find_subcommand(&name).is_some() {
            let message = format!("`{name}` is a command, and cannot be an alias");
            return Err(CliError::usage(message));
        }
        // One argument is a command line of its own, as gh has it.
        let words = match self.expansion.as_slice() {
            [line] => aliases::split(line).map_err(CliError::usage)?,
            words => words.to_vec(),
        };
        let command = words.iter().find(|word| !word.starts_with('-'));
        if command.is_none_or(|command| root.find_subcommand(command).is_none()) {
            let command = command.map_or("", String::as_str);
            return Err(CliError::usage(format!("`{command}` is not a command"))
                .hint("an alias starts with a command such as run: see replicate --help"));
        }
        Aliases::update(|aliases| {
            if aliases.0.contains_key(&name) && !self.clobber {
                return Err(
                    CliError::usage(format!("alias `{name}` exists")).hint("pass --clobber")
                );
            }
            aliases.0.insert(name, words);
            Ok(())
        })
    }
}
