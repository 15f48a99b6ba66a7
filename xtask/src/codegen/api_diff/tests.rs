//! The summary of each kind of change that an API makes, as a table: what is changed in the
//! frozen description of a kitchen, and the lines.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::codegen::{Generator, OVERLAY, SPECIFICATION, overlay};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    /// Texts that are replaced in the description as JSON.
    #[serde(default)]
    replace: BTreeMap<String, String>,
    /// Actions of an overlay.
    #[serde(default)]
    edit: Vec<Value>,
    #[serde(default)]
    lines: Vec<String>,
}

#[test]
fn each_kind_of_change_has_its_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checkout");
    let description = std::fs::read_to_string(root.join(SPECIFICATION)).unwrap();
    let ours = std::fs::read(root.join(OVERLAY)).unwrap();
    let description: Value = serde_json::from_str(&description).unwrap();
    let generated =
        |text: &str, names: &_| Generator::new(text.as_bytes(), &ours, "test", names).unwrap();
    let old = generated(&description.to_string(), &Default::default());
    let cases: Vec<Case> = serde_norway::from_str(include_str!("cases.yaml")).unwrap();
    let mut wrong = String::new();
    for case in cases {
        let mut text = description.to_string();
        for (from, to) in &case.replace {
            assert!(text.contains(from), "{}: {from}", case.case);
            text = text.replace(from, to);
        }
        let mut changed = serde_json::from_str(&text).unwrap();
        let edit = json!({ "overlay": "1.0.0", "actions": case.edit });
        let edit = edit.to_string();
        let unmatched = overlay::apply(edit.as_bytes(), &case.case, &mut changed).unwrap();
        assert!(unmatched.is_empty(), "{}: {unmatched:?}", case.case);
        let new = generated(&changed.to_string(), &old.lowered.names);
        let lines = new.api().changes_since(&old.api());
        if lines != case.lines {
            wrong += &format!("# {}\n{}\n\n", case.case, lines.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
