//! The emulator's answers have the shape of recorded ones, and our client reads those: the tests of
//! that, which hold the lists of differences, on the recordings that this machine has.

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
        // All of the workspace, so that its dependencies have the features that they have been
        // built with already.
        .args(["test", "--quiet", "--workspace", "--test", "recorded"])
        .args(["--", "--nocapture", "--include-ignored"]);
    let ended = process::output(&mut command, Duration::from_secs(900)).await?;
    println!("{}", ended.stdout.trim());
    tally.check("recorded answers", (!ended.success).then(|| ended.tail()));
    Ok(())
}
