//! Our client's side of `cargo xtask conformance`: goes through the list of cases, or makes each
//! call once for a server that records them, and writes a line of JSON for each.
//!
//! `REPLICATE_BASE_URL=… REPLICATE_API_TOKEN=… conformance_client cases|wire`

mod account;
mod files;
mod jobs;
mod resources;
mod runs;
mod wire;

use std::error::Error;
use std::io::Write;
use std::pin::Pin;

use replicate::Client;
use serde_json::{Value, json};

/// What a case comes to. A broken expectation is a panic.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;
type Run = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A case: its name in the table, and what it does with a client.
struct Case {
    name: &'static str,
    run: fn(Client) -> Run,
}

macro_rules! cases {
    ($($name:ident)*) => {
        [$($crate::Case { name: stringify!($name), run: |client| Box::pin($name(client)) }),*]
    };
}
use cases;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The line of the case says what broke.
    std::panic::set_hook(Box::new(|_| {}));
    match std::env::args().nth(1).as_deref() {
        Some("cases") => {
            let client = Client::from_env()?;
            let parts = [
                runs::CASES.as_slice(),
                &files::CASES,
                &jobs::CASES,
                &resources::CASES,
                &account::CASES,
            ];
            for case in parts.into_iter().flatten() {
                report(case.name, tokio::spawn((case.run)(client.clone())).await)?;
            }
        }
        Some("wire") => {
            for case in wire::CASES {
                // The token is the name of the call, by which the server attributes its requests.
                let client = Client::builder().from_env()?.token(case.name).build()?;
                report(case.name, tokio::spawn((case.run)(client)).await)?;
            }
        }
        _ => return Err("usage: conformance_client cases|wire".into()),
    }
    Ok(())
}

fn report(name: &str, outcome: Result<Outcome, tokio::task::JoinError>) -> std::io::Result<()> {
    let error = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(panic) => Some(message(panic)),
    };
    let mut line = json!({ "case": name, "ok": error.is_none() });
    if let Some(error) = error {
        line["error"] = Value::from(error);
    }
    writeln!(std::io::stdout(), "{line}")
}

fn message(panic: tokio::task::JoinError) -> String {
    let Ok(panic) = panic.try_into_panic() else {
        return "did not end".to_owned();
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map_or("panicked", |text| text)
            .to_owned(),
    }
}
