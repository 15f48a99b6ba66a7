//! Compares the emulator with the API's description by third-party tools.

mod exceptions;
mod fuzz;
mod proxy;
mod search;

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Env, clients, emulator::Emulator, results::Results};
use crate::codegen::Json;
use exceptions::EXCEPTIONS;
use proxy::Proxy;

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let mut excused = vec![0_usize; EXCEPTIONS.len()];
    prism(env, &mut excused, results).await?;
    search::run(env, results).await?;
    fuzz::run(env, &mut excused, results).await?;
    println!("Findings that are not the emulator's fault:");
    for (exception, times) in EXCEPTIONS.iter().zip(excused) {
        println!("* {exception} ({times} times)");
        if times == 0 {
            results.fail(&exception.to_string(), "is listed, but was not found");
        }
    }
    Ok(())
}

/// All clients run their cases with Prism between them and the emulator.
async fn prism(env: &Env, excused: &mut [usize], results: &mut Results) -> Result<()> {
    let mut operations: BTreeMap<String, usize> = BTreeMap::new();
    for client in clients::all(env).await? {
        let emulator = Emulator::start(env).await?;
        let proxy = Proxy::start(env, &emulator).await?;
        if client.name == "Node" {
            results.check("Prism sees what is wrong", proxy.is_blind().await?);
            let wrong = proxy::download(&proxy, &emulator).await?;
            results.check("a signed download behind Prism", wrong);
        }
        for line in clients::cases(&client, proxy.url()).await? {
            let what = format!("{} behind Prism: {}", client.name, line.case);
            results.check(&what, line.wrong());
        }
        for exchange in proxy.take() {
            *operations.entry(exchange.operation()).or_default() += 1;
            let wrong = exchange.unexcused(excused);
            let what = format!("{}: {}", client.name, exchange.line());
            results.check(&what, (!wrong.is_empty()).then(|| wrong.join("; ")));
        }
    }
    let (exchanges, number) = (operations.values().sum::<usize>(), operations.len());
    println!("Prism: {exchanges} exchanges of {number} operations");
    missed(env, &operations, results)
}

/// Every operation of the description must have gone through.
fn missed(env: &Env, seen: &BTreeMap<String, usize>, results: &mut Results) -> Result<()> {
    let description = description(env)?;
    for (path, item) in description.map("paths") {
        for (method, _) in item.as_object().into_iter().flatten() {
            let operation = format!("{} {path}", method.to_uppercase());
            let missed = !seen.contains_key(&operation);
            results.check(
                &operation,
                missed.then(|| "did not go through Prism".to_owned()),
            );
        }
    }
    Ok(())
}

fn description(env: &Env) -> Result<serde_json::Value> {
    Ok(serde_json::from_slice(&std::fs::read(env.description())?)?)
}
