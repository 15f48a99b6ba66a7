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
use self::model::Model;
use self::passes::Names;

pub(crate) use self::document::{parse as parse_document, read as read_document, step, unescaped};
pub(crate) use self::json::Json;
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
    let foreign = arguments.spec.is_some();
    let mut warnings = Vec::new();
    let baseline = match &arguments.since {
        _ if arguments.check => None,
        Some(revision) => Some(at_revision(&root, revision)?),
        None if foreign => Some(Generator::of(|file| existing(&root, file))?),
        None => at_revision(&root, "HEAD")
            .inspect_err(|error| warnings.push(format!("changes are not reported: {error:#}")))
            .ok(),
    };
    let own = root.join(SPECIFICATION).to_string_lossy().into_owned();
    let source = arguments.spec.as_ref().unwrap_or(&own);
    let specification = document::read(source)?;
    let overlay = existing(&root, OVERLAY)?;
    // In our own description a taken name is an error, so that no present name decides.
    let names = baseline.as_ref().filter(|_| foreign);
    let names = names.map(|baseline| Names::of(&baseline.model, &baseline.notes));
    let generator = Generator::new(&specification, &overlay, source, &names.unwrap_or_default())?;
    generator.notes.check(!foreign)?;
    warnings.extend(generator.notes.lines().map(String::from));
    let label = match foreign {
        true => "the given description",
        false => SPECIFICATION,
    };
    let inputs = [digest(label, &specification), digest(OVERLAY, &overlay)];
    let code = generator.file(&inputs.join("\n"))?;
    let size = generator.api().size();
    let outcome = match (&arguments.spec, &arguments.out) {
        (None, _) => {
            constructs(&root, arguments.check)?;
            let done = update(&root.join(GENERATED), GENERATED, &code, arguments.check)?;
            format!("{GENERATED} {done}: {size}")
        }
        (Some(_), Some(folder)) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let path = folder.join("generated.rs");
            write_file(&path, &code)?;
            format!("{} written: {size}", path.display())
        }
        (Some(source), None) => format!("{source} generates {size}; nothing written"),
    };
    let changes = baseline.map(|old| generator.api().changes_since(&old.api()));
    let lines = changes.into_iter().flatten().chain([outcome]);
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    let warnings = warnings.iter().map(|line| format!("warning: {line}\n"));
    let warnings: String = warnings.collect();
    // A reader that closes the pipe early does not matter: all files are written.
    let _ = std::io::stderr().write_all(warnings.as_bytes());
    let _ = std::io::stdout().write_all(lines.as_bytes());
    Ok(())
}

/// One description with its corrections, ready to be generated.
struct Generator {
    corrected: Value,
    model: Model,
    calls: Vec<Call>,
    notes: Notes,
}

impl Generator {
    fn new(specification: &[u8], overlay: &[u8], source: &str, names: &Names) -> Result<Self> {
        let mut notes = Notes::default();
        let mut corrected = document::parse(specification, source)?;
        let unmatched = overlay::apply(overlay, OVERLAY, &mut corrected)?;
        if !unmatched.is_empty() {
            let what = format!("nothing in {source} matches {}", unmatched.join(" nor "));
            notes.conflict(OVERLAY, what);
        }
        // The order of a description shall not decide anything.
        corrected.sort_all_objects();
        let model = passes::apply(&corrected, names, &mut notes);
        if model.operations.is_empty() {
            bail!("#/paths: no operations");
        }
        let calls = calls::collect(&model, &mut notes);
        Ok(Self {
            corrected,
            model,
            calls,
            notes,
        })
    }

    /// Our own description, as `file` reads it.
    fn of(file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let (specification, overlay) = (file(SPECIFICATION)?, file(OVERLAY)?);
        Self::new(&specification, &overlay, SPECIFICATION, &Names::default())
    }

    fn api(&self) -> Api {
        Api::read(&self.corrected, &self.model, &self.calls)
    }

    /// The generated file, which says what it was made from.
    fn file(&self, inputs: &str) -> Result<String> {
        let types = generate::types(&self.model)?;
        let code = write::code(types, &self.calls, &self.model);
        Ok(format!(
            "// Written by `cargo xtask codegen`; an edit here is lost the next time.\n{inputs}\n\n\
             #![allow(unused_imports, unused_mut, missing_docs, clippy::all)]\n\n{code}"
        ))
    }
}

/// The description and the overlay as they were committed at this revision.
fn at_revision(root: &Path, revision: &str) -> Result<Generator> {
    Generator::of(|file| {
        let output = Command::new("git")
            .args(["show", &format!("{revision}:./{file}")])
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

/// The code for every construct.
fn constructs(root: &Path, check: bool) -> Result<()> {
    let [source, target] = CONSTRUCTS;
    if root.join(source).is_file() {
        let none = b"overlay: 1.0.0\nactions: []";
        let generator = Generator::new(&existing(root, source)?, none, source, &Names::default())?;
        generator.notes.check(true).context(source)?;
        let code = generator.file(&format!("// From {source}."))?;
        update(&root.join(target), target, &code, check)?;
    }
    Ok(())
}

/// Writes a generated file, or with `check`, fails if it is out of date; returns what was done.
fn update(path: &Path, name: &str, code: &str, check: bool) -> Result<&'static str> {
    let old = std::fs::read_to_string(path).unwrap_or_default();
    if old == code {
        return Ok("is up to date");
    }
    if check {
        let why = staleness(&old, code);
        bail!("{name} {why}; run `cargo xtask codegen` and commit what it writes");
    }
    write_file(path, code)?;
    Ok("written")
}

/// Why the committed code is not what the description generates.
fn staleness(old: &str, code: &str) -> String {
    let newer = code.lines().filter(|line| line.contains(": sha256 "));
    let newer = newer.filter(|line| !old.contains(line));
    let newer = newer.filter_map(|line| line.trim_start_matches("// ").split(':').next());
    let newer: Vec<&str> = newer.collect();
    if !newer.is_empty() {
        return format!("is older than {}", newer.join(" and "));
    }
    let mut lines = (1..).zip(old.split('\n').zip(code.split('\n')));
    let (line, (is, wanted)) = lines.find(|(_, (a, b))| a != b).unwrap_or_default();
    format!(
        "was edited, or written by another generator: line {line} is `{}`, not `{}`",
        is.trim(),
        wanted.trim()
    )
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

pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
