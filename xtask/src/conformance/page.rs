//! The emulator's page, in a real browser.

use std::{fs, time::Duration};

use anyhow::{Result, ensure};
use serde_json::json;

use super::{
    Workplace,
    emulator::{Emulator, is_over},
    process,
    tally::Tally,
};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let Some(browser) = browser().await else {
        tally.skip("the page at /", "there is no Chromium here");
        return Ok(());
    };
    let emulator = Emulator::start(place).await?;
    let input = json!({ "input": { "prompt": "a red bicycle", "num_outputs": 2 } });
    let made = emulator
        .post("/models/emulator/image/predictions", &input)
        .await?;
    let id = made["id"].as_str().unwrap_or_default();
    emulator.until(id, Duration::from_secs(10), is_over).await?;
    fs::create_dir_all(&place.installed)?;
    let picture = place.installed.join("page.png");
    let screenshot = format!("--screenshot={}", picture.display());
    let look = ["--window-size=1100,1400", &screenshot, &emulator.url];
    browse(browser, place, &look).await?;
    let dump = browse(browser, place, &["--dump-dom", &emulator.url]).await?;
    let shown = fs::read(&picture)?;
    println!("{} ({} KiB)", picture.display(), shown.len() / 1024);
    let shows = dump.contains("<img src=\"/outputs/") && shown.starts_with(b"\x89PNG");
    tally.check("the page shows the picture", (!shows).then(|| dump.clone()));
    Ok(())
}

async fn browser() -> Option<&'static str> {
    for name in BROWSERS {
        let mut command = process::command(name);
        let asked = process::output(command.arg("--version"), Duration::from_secs(20)).await;
        if asked.is_ok_and(|ended| ended.success) {
            return Some(name);
        }
    }
    None
}

/// Opens a page in a browser without a window, and returns what it printed.
async fn browse(browser: &str, place: &Workplace, arguments: &[&str]) -> Result<String> {
    let mut command = process::command(browser);
    let profile = place.installed.join("browser");
    command
        .args([
            "--headless",
            "--disable-gpu",
            "--no-sandbox",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments);
    let ended = process::output(&mut command, Duration::from_secs(60)).await?;
    ensure!(ended.success, "{}", ended.tail());
    Ok(ended.stdout)
}
