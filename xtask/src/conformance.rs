//! `cargo xtask conformance`: the emulator and our client, held against what others wrote: the
//! official clients, validators of the API's description, recorded responses, Cog servers.

mod clients;
mod cog;
mod emulator;
mod install;
mod load;
mod lock;
mod page;
mod process;
mod programs;
mod recorded;
mod spec;
mod table;
mod tally;
mod wire;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::codegen::workspace_root;
use lock::Lock;
use programs::Programs;
use tally::Tally;

/// What `cargo xtask conformance` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run this part alone; can be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The official clients and ours go through one list of cases
    Clients,
    /// The official Node client and ours send the same requests
    Wire,
    /// Prism and schemathesis hold the emulator against the description
    Spec,
    /// The emulator's responses have the shape of recorded ones
    Recorded,
    /// Models on Cog servers, run through the emulator
    Cog,
    /// The emulator under load: memory, and the time that it takes to start
    Load,
    /// The emulator's page in a browser
    Page,
}

const ALL: [Part; 7] = [
    Part::Clients,
    Part::Wire,
    Part::Spec,
    Part::Recorded,
    Part::Cog,
    Part::Load,
    Part::Page,
];

/// Where things are, for every part.
struct Workplace {
    root: PathBuf,
    /// What is installed, below `target/`.
    installed: PathBuf,
    programs: Programs,
}

impl Workplace {
    /// A file or folder of ours that other programs run.
    fn source(&self, path: &str) -> PathBuf {
        self.root.join("conformance").join(path)
    }

    fn description(&self) -> PathBuf {
        self.root.join(crate::codegen::SPECIFICATION)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            result = run_parts(arguments) => result,
            // Whatever was started is stopped as its owner is dropped.
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    })
}

async fn run_parts(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let installed = programs::target(&root).join("conformance");
    let _lock = Lock::take(&installed, |what| println!("{what}")).await?;
    let place = Workplace {
        installed,
        programs: Programs::build(&root).await?,
        root,
    };
    let mut tally = Tally::default();
    for part in ALL {
        if arguments.only.is_empty() || arguments.only.contains(&part) {
            run_part(part, &place, &mut tally).await;
        }
    }
    println!("\n{tally}");
    if tally.failed > 0 {
        bail!("{} failed", tally.failed);
    }
    Ok(())
}

/// A part that breaks off is a failure of its own: the others still run.
async fn run_part(part: Part, place: &Workplace, tally: &mut Tally) {
    let begun = std::time::Instant::now();
    println!("\n== {part:?}");
    let result = match part {
        Part::Clients => clients::run(place, tally).await,
        Part::Wire => wire::run(place, tally).await,
        Part::Spec => spec::run(place, tally).await,
        Part::Recorded => recorded::run(place, tally).await,
        Part::Cog => cog::run(place, tally).await,
        Part::Load => load::run(place, tally).await,
        Part::Page => page::run(place, tally).await,
    };
    if let Err(error) = result {
        tally.fail(&format!("{part:?}"), &format!("broke off: {error:#}"));
    }
    println!("({:.0} s)", begun.elapsed().as_secs_f64());
}
