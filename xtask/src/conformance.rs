//! `cargo xtask conformance`: compares the emulator and our client with independent programs: the
//! official clients, validators of the API's description, recorded responses, Cog servers.

mod clients;
mod cog;
mod emulator;
mod load;
mod page;
mod recorded;
mod results;
mod spec;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::codegen::workspace_root;
use crate::harness::{self, install, lock::Lock, process, table};
use results::Results;

/// Arguments of `cargo xtask conformance`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only this part; can be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The official clients and ours run one list of cases
    Clients,
    /// The official Node client and ours send the same requests
    Wire,
    /// Prism and schemathesis compare the emulator with the description
    Spec,
    /// The emulator's responses have the shape of recorded ones
    Recorded,
    /// Models on Cog servers, run through the emulator
    Cog,
    /// The emulator under load: memory and start time
    Load,
    /// The emulator's page in a browser
    Page,
}

/// The time limit of a build.
const BUILD: Duration = Duration::from_secs(900);

/// Paths that every part needs.
struct Env {
    root: PathBuf,
    /// Installed programs, below `target/`.
    installed: PathBuf,
    /// Where the workspace's own programs are built.
    built: PathBuf,
}

impl Env {
    /// Builds the workspace's own programs in the dev profile.
    async fn build(root: &Path, installed: PathBuf) -> Result<Self> {
        let mut cargo = process::cargo(root);
        // The whole workspace, so that dependencies are built with one set of features.
        cargo
            .args(["build", "--quiet", "--workspace", "--bin", "replicate"])
            .args([
                "--example",
                "conformance_client",
                "--example",
                "schema_verdicts",
            ]);
        process::success(&mut cargo, BUILD)
            .await
            .context("could not build the programs under test")?;
        Ok(Self {
            root: root.to_owned(),
            installed,
            built: harness::target(root).join("debug"),
        })
    }

    /// The path of a source below `conformance/`.
    fn source(&self, path: &str) -> PathBuf {
        self.root.join("conformance").join(path)
    }

    /// Creates a virtual environment with what a list below `conformance/` names.
    async fn venv(&self, name: &str, list: &str) -> Result<PathBuf> {
        install::venv(&self.source(list), &self.installed.join(name)).await
    }

    fn description(&self) -> PathBuf {
        self.root.join(crate::codegen::SPECIFICATION)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    harness::block_on(run_parts(arguments))
}

async fn run_parts(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let installed = harness::target(&root).join("conformance");
    let _lock = Lock::take(&installed, |what| println!("{what}")).await?;
    let env = Env::build(&root, installed).await?;
    let mut results = Results::default();
    for part in Part::value_variants() {
        if arguments.only.is_empty() || arguments.only.contains(part) {
            run_part(*part, &env, &mut results).await;
        }
    }
    println!("\n{results}");
    if results.failed > 0 {
        bail!("{} failed", results.failed);
    }
    Ok(())
}

/// Runs a part. One that ends with an error counts as a failure; the other parts still run.
async fn run_part(part: Part, env: &Env, results: &mut Results) {
    let begun = std::time::Instant::now();
    println!("\n== {part:?}");
    let result = match part {
        Part::Clients => clients::run(env, results).await,
        Part::Wire => wire::run(env, results).await,
        Part::Spec => spec::run(env, results).await,
        Part::Recorded => recorded::run(env, results).await,
        Part::Cog => cog::run(env, results).await,
        Part::Load => load::run(env, results).await,
        Part::Page => page::run(env, results).await,
    };
    if let Err(error) = result {
        results.fail(&format!("{part:?}"), &format!("ended early: {error:#}"));
    }
    println!("({:.0} s)", begun.elapsed().as_secs_f64());
}
