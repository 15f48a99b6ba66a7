//! The emulator held against the API's description by tools that are not ours.

mod exceptions;
mod fuzz;
mod proxy;
mod search;

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Workplace, clients, emulator::Emulator, tally::Tally};
use exceptions::{EXCEPTIONS, Tool};
use proxy::Proxy;

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let mut excused = vec![0_usize; EXCEPTIONS.len()];
    prism(place, &mut excused, tally).await?;
    search::run(place, tally).await?;
    fuzz::run(place, &mut excused, tally).await?;
    println!("What the tools find that is not the emulator's fault:");
    for (exception, times) in EXCEPTIONS.iter().zip(excused) {
        println!("* {exception} ({times} times)");
        if times == 0 {
            tally.fail(&exception.to_string(), "is listed, and is not found");
        }
    }
    Ok(())
}

/// All clients go through their lists with Prism between them and the emulator.
async fn prism(place: &Workplace, excused: &mut [usize], tally: &mut Tally) -> Result<()> {
    let mut operations: BTreeMap<String, usize> = BTreeMap::new();
    for client in clients::all(place).await? {
        let emulator = Emulator::start(place).await?;
        let proxy = Proxy::start(place, &emulator).await?;
        if client.name == "Node" {
            tally.check("Prism sees what is wrong", proxy.is_blind().await?);
        }
        if client.name == "Node" {
            let wrong = proxy::download(&proxy, &emulator).await?;
            tally.check("a signed download behind Prism", wrong);
        }
        for line in client.run(&proxy.url).await? {
            let what = format!("{} behind Prism: {}", client.name, line.case);
            tally.check(&what, line.wrong());
        }
        for exchange in proxy.take() {
            *operations.entry(exchange.operation()).or_default() += 1;
            let wrong = exchange.unexcused(Tool::Prism, excused);
            let what = format!("{}: {}", client.name, exchange.line());
            tally.check(&what, (!wrong.is_empty()).then(|| wrong.join("; ")));
        }
    }
    let exchanges: usize = operations.values().sum();
    println!(
        "Prism: {exchanges} exchanges of {} operations",
        operations.len()
    );
    missed(place, &operations, tally)
}

/// Every operation of the description must have gone through.
fn missed(place: &Workplace, seen: &BTreeMap<String, usize>, tally: &mut Tally) -> Result<()> {
    let description = description(place)?;
    let paths = description["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        for method in item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(method, _)| method)
        {
            let operation = format!("{} {path}", method.to_uppercase());
            let wrong =
                (!seen.contains_key(&operation)).then(|| "did not go through Prism".to_owned());
            tally.check(&operation, wrong);
        }
    }
    Ok(())
}

fn description(place: &Workplace) -> Result<serde_json::Value> {
    Ok(serde_json::from_slice(&std::fs::read(
        place.description(),
    )?)?)
}
