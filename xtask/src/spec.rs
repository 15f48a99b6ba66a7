//! `cargo xtask spec`: work on the API's description itself.

mod merge;
mod undescribed;

use std::io::Write;

use anyhow::{Context, Result};

use crate::codegen::{SPECIFICATION, parse_document, read_document, workspace_root};

/// What `cargo xtask spec` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take over the structure of a newer published description; our prose stays
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
    let mut said = if text.as_bytes() == ours {
        format!("{SPECIFICATION} has this structure already\n")
    } else {
        let partial = path.with_extension("json.partial");
        std::fs::write(&partial, text)
            .and_then(|()| std::fs::rename(&partial, &path))
            .with_context(|| format!("cannot write {SPECIFICATION}"))?;
        format!(
            "{SPECIFICATION} written; next: describe what is listed, then `cargo xtask codegen`\n"
        )
    };
    for place in undescribed::places(&merged) {
        said += &format!("undescribed  {place}\n");
    }
    // Whoever reads it may stop before the end: what is done is done.
    let _ = std::io::stdout().write_all(said.as_bytes());
    Ok(())
}
