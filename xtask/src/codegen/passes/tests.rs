//! The passes as tables, one file a pass in `cases/`: what goes in, and what comes out.
//!
//! A case has a `schema` (the component `S`), `schemas`, an `operation` (`POST /a`, with the id
//! `a.b`) or `paths`; `gives` lists what of these must be there afterwards (null: must not), and
//! the pass' `result`. `notes` and `refused` are what is reported.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::*;
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
        let refused = notes.check(false).err().map(|error| error.to_string());
        let refused = refused.unwrap_or_default();
        let is = json!({
            "schema": model.schemas.get("S"),
            "schemas": model.schemas,
            "operation": model.operations.first(),
            "result": result,
            "notes": notes.lines().collect::<Vec<_>>(),
            "refused": refused.lines().skip(1).map(str::trim).collect::<Vec<_>>(),
        });
        let part = |key: &str, expected: &Value| match (key, expected) {
            ("schemas" | "operation", Value::Object(map)) => map
                .keys()
                .map(|name| (name.clone(), is[key][name].clone()))
                .collect(),
            _ => is[key].clone(),
        };
        let mut gives = self.gives.clone();
        gives.insert("notes".into(), json!(self.notes));
        gives.insert("refused".into(), json!(self.refused));
        gives
            .iter()
            .map(|(key, expected)| (key, part(key, expected), expected))
            .filter(|(_, is, expected)| is != *expected)
            .map(|(key, is, expected)| format!("{key}: {is}\n    expected: {expected}"))
            .collect()
    }
}

fn run(pass: &str, document: &Value, previous: &Names, notes: &mut Notes) -> (Model, Value) {
    if pass == "all" {
        let model = apply(document, previous, notes);
        let calls = calls::collect(&model, notes).into_iter();
        let names: Vec<String> = calls.map(|call| call.operation.name).collect();
        return (model, json!(names));
    }
    let mut model = read::model(document, notes);
    match pass {
        "read" => {}
        "dialect" => dialect::to_3_0(&mut model, notes),
        "extensions" => {
            extensions::check(&mut model, notes);
            extensions::secrets(&mut model);
        }
        "names" => names::types(&mut model, document, previous, notes),
        "unions" => unions::simplify(&mut model, notes),
        "hoist" => hoist::name_inline(&mut model, notes),
        "aliases" => aliases::inline(&mut model),
        "tolerance" => tolerance::loosen(&mut model, notes),
        other => panic!("no pass {other}"),
    }
    let enums = model.enums.iter();
    let enums = enums.map(|(name, open)| json!([name, open.values, open.terminal]));
    let unions = model.unions.iter();
    let unions = unions.map(|(name, union)| json!([name, union.tag, union.variants]));
    let fields = model.fields.iter();
    let fields = fields.map(|((_, field), (kind, _))| (field.clone(), format!("{kind:?}")));
    let result = match pass {
        "tolerance" => fields.collect(),
        _ => enums.chain(unions).collect(),
    };
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
