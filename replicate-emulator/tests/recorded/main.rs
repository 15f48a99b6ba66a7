//! Recorded answers of the API beside the emulator's to the same calls: which fields differ.
//!
//! The recordings lie in the folder `recorded` of the one that `REPLICATE_REFERENCE` names.
//! Where they and the specification differ, the emulator follows the specification.

mod differences;
mod like;
mod shape;
#[path = "../support/mod.rs"]
mod support;

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

use differences::{DIFFERENCES, Listed};
use like::{Answer, Emulators};

/// Notes what of an answer is not as recorded.
fn note(recorded: &Value, answer: &Answer, found: &mut BTreeSet<String>) {
    let mut differences = BTreeSet::new();
    let response = &recorded["json"];
    shape::compare(response, &answer.body, &mut differences);
    let mut pair = |what: &str, theirs: &Value, ours: &Value| {
        if theirs != ours {
            differences.insert(format!("{what}: {theirs} recorded, {ours} here"));
        }
    };
    pair("HTTP status", &recorded["status"], &answer.status.into());
    // A prediction's state decides its shape.
    pair("state", &response["status"], &answer.body["status"]);
    found.extend(differences.iter().map(|d| format!("{}: {d}", answer.kind)));
}

/// What was found and is not listed, and what is listed and was not found.
fn wrong(found: &BTreeSet<String>, listed: &[Listed]) -> Vec<String> {
    let known: BTreeSet<String> = listed
        .iter()
        .flat_map(|listed| {
            let kinds = listed.kinds.iter();
            kinds.map(|kind| format!("{kind}: {}", listed.difference))
        })
        .collect();
    let new = found.difference(&known).map(|d| format!("not listed: {d}"));
    let gone = known
        .difference(found)
        .map(|d| format!("listed, and not so: {d}"));
    new.chain(gone).collect()
}

#[tokio::test]
async fn the_differences_from_recorded_answers_are_those_listed() {
    let Some(folder) = std::env::var_os("REPLICATE_REFERENCE") else {
        println!("skipped: REPLICATE_REFERENCE names no folder with recorded answers");
        return;
    };
    let emulators = Emulators::start().await;
    let folder = PathBuf::from(folder).join("recorded");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the recordings") {
        let file = std::fs::read(file.expect("a file").path()).expect("a recording");
        let recording: Value = serde_json::from_slice(&file).expect("JSON");
        let (request, response) = (&recording["request"], &recording["response"]);
        let answer = emulators.fetch(request, &response["json"]).await;
        note(response, &answer, &mut found);
    }
    let wrong = wrong(&found, &DIFFERENCES);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_difference_that_is_listed_for_one_kind_excuses_no_other() {
    let listed = [Listed {
        kinds: &["model"],
        difference: "x: absent recorded, null here",
        reason: "",
    }];
    let found = |kinds: &[&str]| {
        let found = kinds.iter();
        found
            .map(|kind| format!("{kind}: x: absent recorded, null here"))
            .collect()
    };
    assert!(wrong(&found(&["model"]), &listed).is_empty());
    assert_eq!(
        wrong(&found(&["file", "model"]), &listed),
        ["not listed: file: x: absent recorded, null here"]
    );
}

#[test]
fn a_listed_difference_that_is_gone_is_told() {
    let listed = [Listed {
        kinds: &["file", "model"],
        difference: "x: absent recorded, null here",
        reason: "",
    }];
    let found = BTreeSet::from(["file: x: absent recorded, null here".to_owned()]);
    assert_eq!(
        wrong(&found, &listed),
        ["listed, and not so: model: x: absent recorded, null here"]
    );
}
