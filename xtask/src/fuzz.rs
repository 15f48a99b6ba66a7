//! `cargo xtask fuzz`: runs every fuzz target for a limited time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Runs the targets of `fuzz/`, beginning with their corpus.
///
/// Failing inputs are kept in `fuzz/artifacts/`; new inputs go to `target/fuzz/corpus/`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Duration of each target, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these targets
    targets: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let tool = tool(&root)?;
    let targets = match arguments.targets.as_slice() {
        [] => targets(&root)?,
        named => named.to_vec(),
    };
    let mut failed = Vec::new();
    for target in &targets {
        match fuzz(&root, &tool, target, arguments.seconds)? {
            Some(inputs) => println!("{target}: {inputs} inputs"),
            None => failed.push(target.as_str()),
        }
    }
    let passed = targets.len() - failed.len();
    println!("{passed} passed, {} failed", failed.len());
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// Lists the targets, which are named by their files.
fn targets(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root.join("fuzz/targets"))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Returns the path of cargo-fuzz, which is installed below `target/` if needed.
fn tool(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/tools");
    let tool = folder.join("bin/cargo-fuzz");
    if !tool.exists() {
        let status = Command::new("cargo")
            .args(["install", "--quiet", "--locked", "cargo-fuzz", "--root"])
            .arg(&folder)
            .status()
            .context("cargo install")?;
        ensure!(status.success(), "could not install cargo-fuzz: {status}");
    }
    Ok(tool)
}

/// Runs a target and returns the number of its inputs; `None`, with its output printed, if it
/// failed.
fn fuzz(root: &Path, tool: &Path, target: &str, seconds: u64) -> Result<Option<u64>> {
    let corpus = root.join("target/fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let output = Command::new(tool)
        // The sanitizer's options are unstable, and the compiler is not.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["fuzz", "run", "--fuzz-dir"])
        .arg(root.join("fuzz"))
        .arg("--target-dir")
        .arg(root.join("target/fuzz/build"))
        .arg(target)
        // New inputs are written to the first folder.
        .arg(&corpus)
        .arg(root.join("fuzz/corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        // The same sequence of inputs each time.
        .args([
            "-seed=1",
            "-verbosity=0",
            "-print_final_stats=1",
            "-timeout=10",
        ])
        .current_dir(root.join("fuzz"))
        .output()
        .context("cargo fuzz")?;
    let output_text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(Some(
            inputs(&output_text).context("no count of the inputs")?,
        ));
    }
    println!("{target}: {}\n{output_text}", output.status);
    Ok(None)
}

/// Parses the number of inputs from libFuzzer's final statistics.
fn inputs(output_text: &str) -> Option<u64> {
    let (_, rest) = output_text.split_once("stat::number_of_executed_units:")?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::inputs;

    #[test]
    fn number_of_inputs_is_parsed_from_the_statistics() {
        let output_text = "Done\nstat::number_of_executed_units: 117000\nstat::peak_rss_mb:  348\n";
        assert_eq!(inputs(output_text), Some(117_000));
        assert_eq!(inputs("no statistics"), None);
    }
}
