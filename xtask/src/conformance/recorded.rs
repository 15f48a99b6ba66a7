//! The emulator's answers have the shape of recorded ones: the emulator's own test of that, which
//! holds the list of differences, on the recordings that this machine has.

use std::time::Duration;

use anyhow::Result;

use super::{Workplace, process, tally::Tally};

/// Names the folder of the recordings.
const REFERENCE: &str = "REPLICATE_REFERENCE";

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    if std::env::var_os(REFERENCE).is_none() {
        tally.skip(
            "recorded answers",
            &format!("{REFERENCE} names no folder of them"),
        );
        return Ok(());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = process::command(cargo);
    command
        .current_dir(&place.root)
        .args(["test", "--quiet", "--package", "replicate-emulator"])
        .args(["--test", "recorded", "--", "--nocapture"]);
    let ended = process::output(&mut command, Duration::from_secs(900)).await?;
    println!("{}", ended.stdout.trim());
    tally.check("recorded answers", (!ended.success).then(|| ended.tail()));
    Ok(())
}
