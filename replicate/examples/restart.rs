//! A program that survives its own crash, and a lost response, without paying twice.
//!
//! cargo run --example restart -- STATE_FILE [MODEL] [INPUT_AS_JSON]
//!
//! It stores what it is about to create before it creates it, and the prediction's id before
//! it waits. The next start continues from there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use replicate::{Client, ErrorKind, PredictionHandle, UnconfirmedCreate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[derive(Serialize, Deserialize)]
enum State {
    /// The create may have been sent; its response has not been seen. The inputs themselves are
    /// not stored, but a hash of each.
    Creating(UnconfirmedCreate),
    Created {
        id: String,
    },
}

struct StateFile(PathBuf);

impl StateFile {
    fn read(&self) -> Result<Option<State>> {
        match fs::read(&self.0) {
            Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces the file as a whole, so that a crash leaves the old state or the new one.
    fn write(&self, state: &State) -> Result<()> {
        let unfinished = self.0.with_extension("unfinished");
        fs::write(&unfinished, serde_json::to_vec(state)?)?;
        fs::rename(unfinished, &self.0)?;
        Ok(())
    }

    fn remove(&self) -> Result<()> {
        Ok(fs::remove_file(&self.0)?)
    }
}

/// Creates the prediction, with its state stored before and after.
async fn create(
    replicate: &Client,
    file: &StateFile,
    model: &str,
    input: &Value,
) -> Result<PredictionHandle> {
    let unconfirmed = UnconfirmedCreate::new(model.parse()?, input)?;
    file.write(&State::Creating(unconfirmed))?;
    // `start` returns as soon as the prediction exists.
    let handle = match replicate.run(model).input(input).start().await {
        Ok(handle) => handle,
        Err(error) => {
            match error.unconfirmed_create() {
                // It may exist: the next start looks for it.
                Some(create) => file.write(&State::Creating(create.clone()))?,
                // It certainly does not.
                None => file.remove()?,
            }
            return Err(error.into());
        }
    };
    let id = handle.id().to_owned();
    eprintln!("created {id}");
    file.write(&State::Created { id })?;
    Ok(handle)
}

/// Looks for the prediction of a create whose response was not seen; `None` if there is none.
async fn find(replicate: &Client, create: &UnconfirmedCreate) -> Result<Option<String>> {
    // A request that was in flight may be processed a moment later.
    for attempt in 0..5 {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let found = replicate.predictions().reconcile(create).await?;
        if let Some(prediction) = found.matching.first() {
            return Ok(Some(prediction.id.clone()));
        }
        if let Some(prediction) = found.possible.first() {
            let id = &prediction.id;
            return Err(format!("it may be {id}; look at it before you continue").into());
        }
    }
    Ok(None)
}

/// Attaches to the prediction of an earlier start, or creates one.
async fn resume(
    replicate: &Client,
    file: &StateFile,
    model: &str,
    input: &Value,
) -> Result<PredictionHandle> {
    let id = match file.read()? {
        None => None,
        Some(State::Created { id }) => Some(id),
        Some(State::Creating(unconfirmed)) => find(replicate, &unconfirmed).await?,
    };
    let Some(id) = id else {
        return create(replicate, file, model, input).await;
    };
    eprintln!("continuing with {id}");
    let handle = replicate.prediction(&id);
    file.write(&State::Created { id })?;
    Ok(handle)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("missing argument: STATE_FILE")?;
    let file = StateFile(Path::new(&path).to_owned());
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("meta/meta-llama-3-8b-instruct");
    let input = argument(r#"{ "prompt": "A haiku about llamas" }"#);
    let input = serde_json::from_str(&input)?;

    let replicate = Client::from_env()?;
    let handle = resume(&replicate, &file, &model, &input).await?;
    let result = handle.output().await;
    if let Ok(output) = &result {
        println!("{output}");
    }
    // A network error or a timeout says nothing about the prediction: its id stays in the file.
    // Once it has ended, successfully or not, the next start may create another.
    let has_ended = match &result {
        Ok(_) => true,
        Err(error) => matches!(
            error.kind(),
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::Expired
        ),
    };
    if has_ended {
        file.remove()?;
    }
    result?;
    Ok(())
}
