//! The official Node client and ours send the same requests for the same calls, but for listed
//! differences.

mod differences;
mod recorder;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::{Env, clients, results::Results};
use crate::harness::program::Program;
use differences::{Difference, EXPECTED};
use recorder::{Recorder, Request};

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let node = recorded(&clients::node(env, "wire.js").await?, results).await?;
    let ours = recorded(&clients::ours(env, "wire"), results).await?;
    let calls: BTreeSet<&String> = node.keys().chain(ours.keys()).collect();
    let mut occurred = vec![false; EXPECTED.len()];
    println!("{} calls through both clients", calls.len());
    for call in calls {
        let empty = Vec::new();
        let theirs = node.get(call).unwrap_or(&empty);
        let own = ours.get(call).unwrap_or(&empty);
        let mut unlisted = Vec::new();
        for difference in compare(theirs, own) {
            let mut expected = EXPECTED.iter();
            match expected.position(|expected| expected.matches(call, &difference)) {
                Some(number) => occurred[number] = true,
                None => unlisted.push(difference.to_string()),
            }
        }
        let wrong = (!unlisted.is_empty()).then(|| format!("\n  {}", unlisted.join("\n  ")));
        results.check(&format!("the call {call} differs"), wrong);
    }
    println!("Differences, each with its reason:");
    for (expected, occurred) in EXPECTED.iter().zip(occurred) {
        let what = format!("{} of {}", expected.part, expected.where_seen());
        println!("* {what}: {}", expected.reason);
        if !occurred {
            results.fail(&what, "is listed as different, but is not");
        }
    }
    Ok(())
}

/// Records the requests of a client, by call.
async fn recorded(
    client: &Program,
    results: &mut Results,
) -> Result<BTreeMap<String, Vec<Request>>> {
    let recorder = Recorder::start().await?;
    for line in clients::cases(client, &recorder.url).await? {
        let what = format!("{}: the call {}", client.name, line.case);
        results.check(&what, line.wrong());
    }
    Ok(recorder.take())
}

fn compare(theirs: &[Request], ours: &[Request]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut note = |part: &str, theirs: Option<String>, ours: Option<String>| {
        if theirs != ours {
            let part = part.to_owned();
            differences.push(Difference { part, theirs, ours });
        }
    };
    let lines = |requests: &[Request]| {
        let lines: Vec<String> = requests.iter().map(Request::line).collect();
        Some(lines.join("; "))
    };
    note("requests", lines(theirs), lines(ours));
    // Ours first reads the model: this request has no counterpart.
    let reads_model = |request: &&Request| request.line().starts_with("GET /v1/models/");
    let paired = !theirs.iter().any(|request| reads_model(&request));
    let ours = ours
        .iter()
        .filter(|request| !(paired && reads_model(request)));
    for (theirs, ours) in theirs.iter().zip(ours) {
        let names: BTreeSet<&String> = theirs.headers.keys().chain(ours.headers.keys()).collect();
        for name in names {
            let value = |request: &Request| request.headers.get(name).cloned();
            note(&format!("header {name}"), value(theirs), value(ours));
        }
        note("body", Some(theirs.body.clone()), Some(ours.body.clone()));
    }
    differences
}
