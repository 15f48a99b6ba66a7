//! `cargo xtask spec`: commands that change the API's description.

mod merge;
mod undescribed;

use std::io::Write;

use anyhow::{Context, Result};

use crate::codegen::{SPECIFICATION, parse_document, read_document, workspace_root, write_file};

/// Arguments of `cargo xtask spec`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Merge the structure of a published description into ours and keep our prose
    Merge {
        /// The published description
        #[arg(value_name = "FILE|URL")]
        source: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let Command::Merge { source } = &arguments.command;
    let path = workspace_root()?.join(SPECIFICATION);
    let ours = std::fs::read(&path).with_context(|| format!("cannot read {SPECIFICATION}"))?;
    let ours_document = parse_document(&ours, SPECIFICATION)?;
    let theirs = parse_document(&read_document(source)?, source)?;
    let merged = merge::documents(&theirs, &ours_document);
    let text = format!("{}\n", serde_json::to_string_pretty(&merged)?);
    let mut lines = if text.as_bytes() == ours {
        format!("{SPECIFICATION} has this structure already\n")
    } else {
        write_file(&path, &text)?;
        format!(
            "{SPECIFICATION} written; next: describe the listed places, then `cargo xtask codegen`\n"
        )
    };
    for line in undescribed::lines(&merged) {
        lines += &format!("undescribed  {line}\n");
    }
    // A reader that closes the pipe early does not matter: the file is written.
    let _ = std::io::stdout().write_all(lines.as_bytes());
    Ok(())
}
