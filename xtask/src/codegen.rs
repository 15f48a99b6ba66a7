//! `cargo xtask codegen`: the crate of generated operations, from the API's description.

mod api_diff;
mod baseline;
mod calls;
mod constructs;
mod document;
mod generate;
mod idents;
mod operations;
mod overlay;
mod passes;
mod previous;
mod schemas;
mod write;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use self::api_diff::Api;
use self::baseline::Baseline;
use self::document::Notes;
use self::overlay::Overlay;
use self::previous::Previous;

pub(crate) use self::document::{parse as parse_document, read as read_document, step};
pub(crate) use self::schemas::shape;

pub(crate) const SPECIFICATION: &str = "openapi/replicate.json";
const OVERLAY: &str = "openapi/overlay.yaml";
const GENERATED: &str = "replicate-api/src/generated.rs";

/// What `cargo xtask codegen` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if the crate is not what the description generates
    #[arg(long, conflicts_with_all = ["spec", "out", "since"])]
    check: bool,
    /// Read this description instead of ours and report what it would change; the checkout is not
    /// modified
    #[arg(long, value_name = "FILE|URL")]
    spec: Option<String>,
    /// Write the code for --spec into this folder, as generated.rs
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// Report the changes since this git revision [default: HEAD; with --spec, the files as they
    /// are]
    #[arg(long, value_name = "REV")]
    since: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let own = root.join(SPECIFICATION).to_string_lossy().into_owned();
    let source = arguments.spec.as_deref().unwrap_or(&own);
    if arguments.spec.is_none() {
        constructs::update(&root, arguments.check)?;
    }
    let path = root.join(GENERATED);
    let old = existing(&path)?;
    let previous = Previous::parse(&old);
    let generated = generate(&root, source, arguments.spec.is_some(), &previous)?;
    if arguments.check {
        return check(&generated, &old);
    }
    // Read before anything is written: without --since it may be the file that is replaced.
    let baseline = match (&arguments.since, &arguments.spec) {
        (Some(revision), _) => Baseline::at_revision(&root, revision)?,
        (None, Some(_)) => Baseline::of_checkout(&root),
        (None, None) => Baseline::at_head(&root, &old),
    };
    let size = generated.api.size();
    let outcome = match (&arguments.spec, &arguments.out) {
        (None, _) if old == generated.code => format!("{GENERATED} is up to date: {size}"),
        (None, _) => {
            write(&path, &generated.code)?;
            format!("{GENERATED} written: {size}")
        }
        (Some(_), Some(folder)) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let path = folder.join("generated.rs");
            write(&path, &generated.code)?;
            format!("{} written: {size}", path.display())
        }
        (Some(source), None) => format!("{source} generates {size}; nothing written"),
    };
    report(&generated, &baseline, &outcome);
    Ok(())
}

/// The code as it is, empty if there is none.
fn existing(path: &Path) -> Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {GENERATED}")),
    }
}

/// The folder of the workspace: where cargo says that this package lies, one up.
pub(crate) fn workspace_root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = match package.as_deref().and_then(Path::parent) {
        Some(root) => root.to_path_buf(),
        None => std::env::current_dir()?,
    };
    if !root.join(SPECIFICATION).is_file() {
        bail!(
            "{} has no {SPECIFICATION}: run this as `cargo xtask`",
            root.display()
        );
    }
    Ok(root)
}

struct Generated {
    code: String,
    api: Api,
    notes: Notes,
    /// The header's lines, each naming an input and its digest.
    inputs: Vec<String>,
}

/// Generates the code of a description. Problems that are errors in ours are warnings where it is
/// `foreign`.
fn generate(root: &Path, source: &str, foreign: bool, previous: &Previous) -> Result<Generated> {
    let specification = document::read(source)?;
    let label = if foreign {
        "the given description"
    } else {
        SPECIFICATION
    };
    let mut document = document::parse(&specification, source)?;
    let overlay_bytes =
        std::fs::read(root.join(OVERLAY)).with_context(|| format!("cannot read {OVERLAY}"))?;
    let overlay = Overlay::parse(&overlay_bytes, OVERLAY)?;
    let mut notes = Notes::default();
    let unmatched = overlay.apply(&mut document)?;
    if !foreign && !unmatched.is_empty() {
        bail!(
            "{OVERLAY}: nothing in {SPECIFICATION} matches {}; correct or remove these targets",
            unmatched.join(" nor ")
        );
    }
    match unmatched.len() {
        0..=5 => unmatched
            .iter()
            .for_each(|target| notes.add(OVERLAY, format_args!("nothing matches {target}"))),
        number => {
            let what = format_args!("nothing matches {number} targets, {} first", unmatched[0]);
            notes.add(OVERLAY, what);
        }
    }
    let corrected = document.clone();
    let lowered = passes::apply(document, previous, &mut notes)?;
    let calls = calls::collect(&lowered, &mut notes);
    notes.check(!foreign)?;
    let code = write::code(generate::types(&lowered)?, &calls, &lowered);
    let inputs = vec![
        digest(label, &specification),
        digest(OVERLAY, &overlay_bytes),
    ];
    let code = with_header(&code, &inputs);
    Ok(Generated {
        api: Api::new(&syn::parse_file(&code)?, Some(&corrected)),
        code,
        notes,
        inputs,
    })
}

fn digest(label: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("// {label}: sha256 {hex}")
}

fn with_header(code: &str, inputs: &[String]) -> String {
    let inputs = inputs.join("\n");
    format!(
        "// Written by `cargo xtask codegen`; an edit here is lost the next time.\n{inputs}\n\n\
         #![allow(unused_imports, unused_mut, missing_docs, clippy::all)]\n\n{code}"
    )
}

/// Prints the problems of the description, what changed for a user of the crate, and the outcome.
///
/// A reader that closes the pipe early does not matter: all files are written.
fn report(generated: &Generated, baseline: &Baseline, outcome: &str) {
    let mut warnings = String::new();
    for note in generated.notes.lines().chain(baseline.warning()) {
        warnings += &format!("warning: {note}\n");
    }
    let mut changes = String::new();
    if let Some(old) = baseline.api() {
        for line in generated.api.changes_since(old) {
            changes += &format!("{line}\n");
        }
    }
    changes += &format!("{outcome}\n");
    let _ = std::io::stderr().write_all(warnings.as_bytes());
    let _ = std::io::stdout().write_all(changes.as_bytes());
}

fn check(generated: &Generated, old: &str) -> Result<()> {
    if old == generated.code {
        let outcome = format!("{GENERATED} is up to date: {}", generated.api.size());
        report(generated, &Baseline::none(), &outcome);
        return Ok(());
    }
    let stale: Vec<&str> = generated
        .inputs
        .iter()
        .filter(|line| !old.lines().any(|old| old == line.as_str()))
        .filter_map(|line| line.trim_start_matches("// ").split(':').next())
        .collect();
    let reason = if old.is_empty() {
        "is missing".to_string()
    } else if stale.is_empty() {
        let line = first_difference(old, &generated.code);
        let shown = |code: &str| {
            code.lines()
                .nth(line - 1)
                .unwrap_or_default()
                .trim()
                .to_string()
        };
        format!(
            "was edited, or written by another generator: line {line} is `{}`, not `{}`",
            shown(old),
            shown(&generated.code)
        )
    } else {
        format!("is older than {}", stale.join(" and "))
    };
    bail!("{GENERATED} {reason}; run `cargo xtask codegen` and commit what it writes");
}

fn first_difference(a: &str, b: &str) -> usize {
    let lines = a.split('\n').zip(b.split('\n'));
    lines.take_while(|(a, b)| a == b).count() + 1
}

/// Writes beside the file and renames, so that the file is always complete.
fn write(path: &Path, text: &str) -> Result<()> {
    let partial = path.with_extension("rs.partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, path))
        .inspect_err(|_| {
            let _ = std::fs::remove_file(&partial);
        })
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn reversed(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let entries = map.iter().rev();
                Value::Object(entries.map(|(k, v)| (k.clone(), reversed(v))).collect())
            }
            Value::Array(list) => list.iter().map(reversed).collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn order_of_the_description_does_not_change_the_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checkout");
        let given = std::fs::read(root.join(SPECIFICATION)).unwrap();
        let reversed = reversed(&serde_json::from_slice(&given).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("reversed.json");
        std::fs::write(&other, reversed.to_string()).unwrap();
        let code = |source: &Path| {
            let code = generate(&root, &source.to_string_lossy(), true, &Previous::default())
                .unwrap()
                .code;
            let (_, code) = code.split_once("#!").unwrap();
            code.to_string()
        };
        let (one, other) = (code(&root.join(SPECIFICATION)), code(&other));
        let differs = one.lines().zip(other.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None);
    }
}
