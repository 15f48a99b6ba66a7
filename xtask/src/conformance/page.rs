//! The emulator's dashboard in a real browser.

use std::{fs, time::Duration};

use anyhow::Result;
use serde_json::json;

use super::{
    Env,
    emulator::{Emulator, is_terminal},
    process,
    results::Results,
};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let Some(browser) = process::first_installed(&BROWSERS).await else {
        results.skip("the page at /", "Chromium is not installed");
        return Ok(());
    };
    let emulator = Emulator::start(env).await?;
    let input = json!({ "input": { "prompt": "a red bicycle", "num_outputs": 2 } });
    let made = emulator
        .post("/models/emulator/image/predictions", &input)
        .await?;
    let id = made["id"].as_str().unwrap_or_default();
    emulator
        .until(&format!("/predictions/{id}"), is_terminal)
        .await?;
    fs::create_dir_all(&env.installed)?;
    let picture = env.installed.join("page.png");
    let screenshot = format!("--screenshot={}", picture.display());
    let look = ["--window-size=1100,1400", &screenshot, &emulator.url];
    browse(browser, env, &look).await?;
    let dump = browse(browser, env, &["--dump-dom", &emulator.url]).await?;
    let shown = fs::read(&picture)?;
    println!("{} ({} KiB)", picture.display(), shown.len() / 1024);
    let shows = dump.contains("<img src=\"/outputs/") && shown.starts_with(b"\x89PNG");
    results.check("the page shows the picture", (!shows).then(|| dump.clone()));
    Ok(())
}

/// Opens a page in a headless browser and returns its output.
async fn browse(browser: &str, env: &Env, arguments: &[&str]) -> Result<String> {
    let mut command = process::command(browser);
    let profile = env.installed.join("browser");
    command
        .args(["--headless", "--disable-gpu", "--no-sandbox"])
        .arg("--hide-scrollbars")
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments);
    let ended = process::success(&mut command, Duration::from_secs(60)).await?;
    Ok(ended.stdout)
}
