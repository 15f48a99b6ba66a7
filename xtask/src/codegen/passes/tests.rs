//! The passes as tables, one file a pass in `cases/`: what goes in, and what comes out.
//!
//! A case has a `schema` (the component `S`), `schemas`, an `operation` (`POST /a`, with the id
//! `a.b`) or `paths`; `gives` lists what of these must be there afterwards (null: must not), and
//! the pass' `result`. `notes` and `refused` are how the reports begin, in their order.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::*;
use crate::codegen::document::step;
use crate::codegen::{calls, idents, write};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    schema: Option<Value>,
    #[serde(default)]
    schemas: Map<String, Value>,
    operation: Option<Map<String, Value>>,
    #[serde(default)]
    paths: Map<String, Value>,
    #[serde(default)]
    names: Names,
    #[serde(default)]
    gives: Map<String, Value>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
}

impl Case {
    fn document(&self) -> Value {
        let mut schemas = self.schemas.clone();
        schemas.extend(self.schema.clone().map(|schema| ("S".to_string(), schema)));
        let mut paths = self.paths.clone();
        if let Some(mut operation) = self.operation.clone() {
            operation.entry("operationId").or_insert("a.b".into());
            paths.insert("/a".into(), json!({ "post": operation }));
        }
        let mut document = json!({ "paths": paths, "components": { "schemas": schemas } });
        document.sort_all_objects();
        document
    }

    /// What is not as the case says.
    fn differences(&self, pass: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let (model, result) = run(pass, &self.document(), &self.names, &mut notes);
        let operation = model.operations.first();
        let is = json!({ "schemas": model.schemas, "operation": operation, "result": result });
        let mut found = Vec::new();
        for (key, expected) in &self.gives {
            let parts = match (key.as_str(), expected) {
                ("schema", expected) => vec![("/schemas/S".to_string(), expected)],
                ("result", expected) => vec![("/result".to_string(), expected)],
                (key, expected) => {
                    let parts = expected.as_object().into_iter().flatten();
                    parts
                        .map(|(name, expected)| (step(&format!("/{key}"), name), expected))
                        .collect()
                }
            };
            for (place, expected) in parts {
                let is = is.pointer(&place).unwrap_or(&Value::Null);
                if is != expected {
                    found.push(format!("{place}: {is}\n    expected: {expected}"));
                }
            }
        }
        let lines: Vec<&str> = notes.lines().collect();
        compare_lines("notes", &lines, &self.notes, &mut found);
        let refused = notes.check(false).err().map(|error| error.to_string());
        let refused = refused.unwrap_or_default();
        let refused: Vec<&str> = refused.lines().skip(1).map(str::trim).collect();
        compare_lines("refused", &refused, &self.refused, &mut found);
        found
    }
}

fn compare_lines(what: &str, lines: &[&str], starts: &[String], found: &mut Vec<String>) {
    let same = lines.len() == starts.len()
        && lines
            .iter()
            .zip(starts)
            .all(|(line, start)| line.starts_with(start.as_str()));
    if !same {
        found.push(format!("{what}: {lines:?}\n    expected: {starts:?}"));
    }
}

fn run(pass: &str, document: &Value, previous: &Names, notes: &mut Notes) -> (Model, Value) {
    if pass == "all" {
        let lowered = apply(document, previous, notes);
        let calls = calls::collect(&lowered, notes).into_iter();
        let names: Vec<String> = calls.map(|call| call.operation.name).collect();
        return (lowered.model, json!(names));
    }
    let mut model = read::model(document, notes);
    let mut result = Value::Null;
    match pass {
        "read" => {}
        "dialect" => dialect::to_3_0(&mut model, notes),
        "extensions" => {
            extensions::check(&mut model, notes);
            extensions::secrets(&mut model);
        }
        "names" => names::types(&mut model, document, previous, notes),
        "unions" => unions::simplify(&mut model, notes),
        "hoist" => {
            let (enums, unions) = hoist::name_inline(&mut model, notes);
            let enums = enums.into_iter();
            let enums = enums.map(|(name, open)| json!([name, open.values, open.terminal]));
            let unions = unions.into_iter();
            let unions = unions.map(|(name, union)| json!([name, union.tag, union.variants]));
            result = enums.chain(unions).collect();
        }
        "aliases" => aliases::inline(&mut model, &BTreeMap::new()),
        "tolerance" => {
            let fields = tolerance::loosen(&mut model, notes).into_iter();
            let fields = fields.map(|((_, field), (kind, _))| (field, format!("{kind:?}")));
            result = fields.collect();
        }
        other => panic!("no pass {other}"),
    }
    (model, result)
}

#[test]
fn words() {
    let text = include_str!("cases/words.yaml");
    let cases: BTreeMap<String, BTreeMap<String, String>> = serde_norway::from_str(text).unwrap();
    for (function, cases) in cases {
        for (given, expected) in cases {
            let is = match function.as_str() {
                "snake" => idents::snake(&given),
                "pascal" => idents::pascal(&given),
                "component" => names::plain_name(&given),
                "response" => hoist::response_name(&given, false),
                "page" => hoist::response_name(&given, true),
                "request" => hoist::request_name(&given),
                "singular" => hoist::singular(&given),
                "variants" => {
                    let values: Vec<String> = given.split(',').map(String::from).collect();
                    let variants = write::variants(&values).into_iter();
                    variants
                        .map(|v| v.to_string())
                        .collect::<Vec<_>>()
                        .join(",")
                }
                "extension" => {
                    let (key, value) = given.split_once(": ").unwrap();
                    let value = serde_norway::from_str(value).unwrap();
                    extensions::mistake(key, &value).unwrap_or("sound".into())
                }
                "markdown" => markdown(&given),
                other => panic!("no function {other}"),
            };
            assert_eq!(is, expected, "{function} of {given:?}");
        }
    }
}

macro_rules! cases {
    ($($pass:ident)*) => {$(
        #[test]
        fn $pass() {
            let text = include_str!(concat!("cases/", stringify!($pass), ".yaml"));
            let cases: Vec<Case> = serde_norway::from_str(text).unwrap();
            let found: Vec<String> = cases
                .iter()
                .map(|case| (case, case.differences(stringify!($pass))))
                .filter(|(_, differences)| !differences.is_empty())
                .map(|(case, differences)| format!("{}:\n  {}", case.case, differences.join("\n  ")))
                .collect();
            assert!(found.is_empty(), "\n{}", found.join("\n"));
        }
    )*};
}

cases! {
    read dialect extensions names unions hoist aliases tolerance all
}
