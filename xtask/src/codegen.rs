//! `cargo xtask codegen`: the crate of generated operations, from the API's description.

mod api_diff;
mod calls;
mod document;
mod extensions;
mod generate;
mod idents;
mod json;
mod model;
mod overlay;
mod passes;
mod read;
mod schemas;
mod write;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::api_diff::Api;
use self::calls::Call;
use self::document::Notes;
use self::overlay::Overlay;
use self::passes::{Lowered, Names};

pub(crate) use self::document::{parse as parse_document, read as read_document, step};
pub(crate) use self::schemas::shape;

pub(crate) const SPECIFICATION: &str = "openapi/replicate.json";
const OVERLAY: &str = "openapi/overlay.yaml";
const GENERATED: &str = "replicate-api/src/generated.rs";

/// A description of every construct that is supported, and the code for it, which the tests of
/// the generated crate compile and call.
const CONSTRUCTS: [&str; 2] = [
    "replicate-api/src/constructs/description.json",
    "replicate-api/src/constructs/generated.rs",
];

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
    if arguments.spec.is_none() {
        constructs(&root, arguments.check)?;
    }
    let (baseline, warning) = match &arguments.since {
        _ if arguments.check => (None, None),
        Some(revision) => (Some(at_revision(&root, revision)?), None),
        None => {
            let baseline = match &arguments.spec {
                Some(_) => Generator::of(|file| existing(&root, file)),
                None => at_revision(&root, "HEAD"),
            };
            let warning = |error| Some(format!("changes are not reported: {error:#}"));
            baseline.map_or_else(
                |error| (None, warning(error)),
                |baseline| (Some(baseline), None),
            )
        }
    };
    let own = root.join(SPECIFICATION).to_string_lossy().into_owned();
    let source = arguments.spec.as_deref().unwrap_or(&own);
    let foreign = arguments.spec.is_some();
    // A name that is taken is an error at home: there, no present name is needed to decide.
    let names = baseline.as_ref().map(|baseline| &baseline.lowered.names);
    let names = names.filter(|_| foreign).cloned().unwrap_or_default();
    let specification = document::read(source)?;
    let overlay = existing(&root, OVERLAY)?;
    let mut generator = Generator::new(&specification, &overlay, source, &names)?;
    generator.report_unmatched(foreign)?;
    generator.notes.check(!foreign)?;
    let label = if foreign {
        "the given description"
    } else {
        SPECIFICATION
    };
    let inputs = [digest(label, &specification), digest(OVERLAY, &overlay)];
    let code = with_header(&generator.code()?, &inputs.join("\n"));
    let path = root.join(GENERATED);
    let size = generator.api().size();
    let outcome = match (&arguments.spec, &arguments.out) {
        (None, _) => {
            let old = existing(&root, GENERATED).unwrap_or_default();
            let old = String::from_utf8_lossy(&old);
            if old == code {
                format!("{GENERATED} is up to date: {size}")
            } else if arguments.check {
                bail!(stale(&old, &code, &inputs));
            } else {
                replace_file(&path, &code)?;
                format!("{GENERATED} written: {size}")
            }
        }
        (Some(_), Some(folder)) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let path = folder.join("generated.rs");
            replace_file(&path, &code)?;
            format!("{} written: {size}", path.display())
        }
        (Some(source), None) => format!("{source} generates {size}; nothing written"),
    };
    let warnings = generator.notes.lines().chain(warning.as_deref());
    let warnings: String = warnings.map(|note| format!("warning: {note}\n")).collect();
    let changes = baseline.map(|old| generator.api().changes_since(&old.api()));
    let changes = changes.into_iter().flatten().chain([outcome]);
    let changes: String = changes.map(|line| format!("{line}\n")).collect();
    // A reader that closes the pipe early does not matter: all files are written.
    let _ = std::io::stderr().write_all(warnings.as_bytes());
    let _ = std::io::stdout().write_all(changes.as_bytes());
    Ok(())
}

/// One description with its corrections, ready to be generated.
struct Generator {
    corrected: Value,
    unmatched: Vec<String>,
    lowered: Lowered,
    calls: Vec<Call>,
    notes: Notes,
}

impl Generator {
    fn new(specification: &[u8], overlay: &[u8], source: &str, names: &Names) -> Result<Self> {
        let mut corrected = document::parse(specification, source)?;
        let overlay = Overlay::parse(overlay, OVERLAY)?;
        let unmatched = overlay.apply(&mut corrected)?;
        let unmatched = unmatched.into_iter().map(String::from).collect();
        // The order of a description shall not decide anything.
        corrected.sort_all_objects();
        let mut notes = Notes::default();
        let lowered = passes::apply(&corrected, names, &mut notes);
        if lowered.model.operations.is_empty() {
            bail!("#/paths: no operations");
        }
        let calls = calls::collect(&lowered, &mut notes);
        Ok(Self {
            corrected,
            unmatched,
            lowered,
            calls,
            notes,
        })
    }

    /// Our own description, as `file` reads it.
    fn of(file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let (specification, overlay) = (file(SPECIFICATION)?, file(OVERLAY)?);
        Self::new(&specification, &overlay, SPECIFICATION, &Names::default())
    }

    /// A correction that matches nothing is an error at home, and a warning elsewhere.
    fn report_unmatched(&mut self, foreign: bool) -> Result<()> {
        let unmatched = &self.unmatched;
        if !foreign && !unmatched.is_empty() {
            bail!(
                "{OVERLAY}: nothing in {SPECIFICATION} matches {}; correct or remove these targets",
                unmatched.join(" nor ")
            );
        }
        match &unmatched[..] {
            [first, .., _] if unmatched.len() > 5 => {
                let what = format!("nothing matches {} targets, {first} first", unmatched.len());
                self.notes.add(OVERLAY, what);
            }
            some => some.iter().for_each(|target| {
                self.notes
                    .add(OVERLAY, format_args!("nothing matches {target}"))
            }),
        }
        Ok(())
    }

    fn api(&self) -> Api {
        Api::read(&self.corrected, &self.lowered, &self.calls)
    }

    fn code(&self) -> Result<String> {
        let types = generate::types(&self.lowered)?;
        Ok(write::code(types, &self.calls, &self.lowered))
    }
}

/// The description and the overlay as they were committed at this revision.
fn at_revision(root: &Path, revision: &str) -> Result<Generator> {
    Generator::of(|file| {
        let output = Command::new("git")
            .arg("show")
            .arg(format!("{revision}:./{file}"))
            .current_dir(root)
            .output()
            .context("cannot run git")?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            let reason = reason.lines().next().unwrap_or_default();
            bail!("no {file} at {revision}: {reason}");
        }
        Ok(output.stdout)
    })
}

/// Writes the code for every construct; with `check`, fails if it is out of date.
fn constructs(root: &Path, check: bool) -> Result<()> {
    let [source, target] = CONSTRUCTS;
    if !root.join(source).is_file() {
        return Ok(());
    }
    let none = b"overlay: 1.0.0\nactions: []";
    let generator = Generator::new(&existing(root, source)?, none, source, &Names::default())?;
    generator.notes.check(true).context(source)?;
    let code = with_header(&generator.code()?, &format!("// From {source}."));
    if existing(root, target).is_ok_and(|old| old == code.as_bytes()) {
        return Ok(());
    }
    if check {
        bail!("{target} is older than {source}; run `cargo xtask codegen`");
    }
    replace_file(&root.join(target), &code)
}

fn existing(root: &Path, file: &str) -> Result<Vec<u8>> {
    std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))
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

fn digest(label: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("// {label}: sha256 {hex}")
}

fn with_header(code: &str, inputs: &str) -> String {
    format!(
        "// Written by `cargo xtask codegen`; an edit here is lost the next time.\n{inputs}\n\n\
         #![allow(unused_imports, unused_mut, missing_docs, clippy::all)]\n\n{code}"
    )
}

/// Why the committed code is not what the description generates.
fn stale(old: &str, code: &str, inputs: &[String]) -> String {
    let newer = inputs
        .iter()
        .filter(|line| !old.lines().any(|old| old == line.as_str()));
    let newer: Vec<&str> = newer
        .filter_map(|line| line.trim_start_matches("// ").split(':').next())
        .collect();
    let reason = if old.is_empty() {
        "is missing".to_string()
    } else if newer.is_empty() {
        let line = first_difference(old, code);
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
            shown(code)
        )
    } else {
        format!("is older than {}", newer.join(" and "))
    };
    format!("{GENERATED} {reason}; run `cargo xtask codegen` and commit what it writes")
}

fn first_difference(a: &str, b: &str) -> usize {
    let lines = a.split('\n').zip(b.split('\n'));
    lines.take_while(|(a, b)| a == b).count() + 1
}

/// Writes beside the file and renames, so that the file is always complete.
pub(crate) fn replace_file(path: &Path, text: &str) -> Result<()> {
    let partial = path.with_extension("partial");
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
        let overlay = std::fs::read(root.join(OVERLAY)).unwrap();
        let code = |given: &[u8]| {
            let generator = Generator::new(given, &overlay, "test", &Names::default());
            generator.unwrap().code().unwrap()
        };
        let (one, other) = (code(&given), code(reversed.to_string().as_bytes()));
        let differs = one.lines().zip(other.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None);
    }
}
