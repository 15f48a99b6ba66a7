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
    let mut known = BTreeSet::new();
    for Listed {
        kinds, differences, ..
    } in listed
    {
        for kind in *kinds {
            known.extend(differences.iter().map(|d| format!("{kind}: {d}")));
        }
    }
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
fn what_is_not_listed_for_a_kind_and_what_no_longer_differs_is_reported() {
    const DIFFERENCE: &str = "x: absent recorded, null here";
    for (kinds, found, expected) in [
        (&["model"][..], &["model"][..], None),
        (&["model"], &["file", "model"], Some("not listed: file")),
        (
            &["file", "model"],
            &["file"],
            Some("listed, and not so: model"),
        ),
    ] {
        let listed = [Listed {
            kinds,
            differences: &[DIFFERENCE],
            reason: "",
        }];
        let found = found.iter().map(|kind| format!("{kind}: {DIFFERENCE}"));
        let expected = expected.map(|expected| format!("{expected}: {DIFFERENCE}"));
        let expected: Vec<String> = expected.into_iter().collect();
        assert_eq!(wrong(&found.collect(), &listed), expected);
    }
}
