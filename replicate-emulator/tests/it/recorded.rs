//! Recorded responses of the API beside the emulator's to the same calls: which fields differ.
//!
//! The recordings lie in the folder `recorded` of the one that `REPLICATE_REFERENCE` names.
//! Where they and the specification differ, the emulator follows the specification.

mod differences;
mod like;
mod shape;

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

use differences::{DIFFERENCES, Listed};
use like::{Emulators, OurResponse};

/// Adds the differences of a response from the recorded one.
fn note(recorded: &Value, ours: &OurResponse, found: &mut BTreeSet<String>) {
    let mut differences = BTreeSet::new();
    let response = &recorded["json"];
    shape::compare(response, &ours.body, &mut differences);
    let mut pair = |what: &str, theirs: &Value, ours: &Value| {
        if theirs != ours {
            differences.insert(format!("{what}: {theirs} recorded, {ours} here"));
        }
    };
    pair("HTTP status", &recorded["status"], &ours.status.into());
    // A prediction's state decides its shape.
    pair("state", &response["status"], &ours.body["status"]);
    found.extend(differences.iter().map(|d| format!("{}: {d}", ours.kind)));
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
#[ignore = "needs the folder that REPLICATE_REFERENCE names"]
async fn the_differences_from_recorded_responses_are_those_listed() {
    let folder = std::env::var_os("REPLICATE_REFERENCE").expect("REPLICATE_REFERENCE");
    let emulators = Emulators::start().await;
    let folder = PathBuf::from(folder).join("recorded");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the recordings") {
        let file = std::fs::read(file.expect("a file").path()).expect("a recording");
        let recording: Value = serde_json::from_slice(&file).expect("JSON");
        let (request, response) = (&recording["request"], &recording["response"]);
        let ours = emulators.fetch(request, &response["json"]).await;
        note(response, &ours, &mut found);
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
fn a_listed_difference_that_no_longer_exists_is_reported() {
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
