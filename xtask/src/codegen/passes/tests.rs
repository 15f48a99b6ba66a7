//! The passes as tables, one file a pass in `cases/`: what goes in, and what comes out.
//!
//! A case has a `schema` (the component `S`), `schemas`, an `operation` (`POST /a`, with the id
//! `a.b`) or `paths`; `gives` lists what of these must be there afterwards (null: must not), and
//! the pass' `result`. `notes` and `refused` are how the reports begin, in their order.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::*;
use crate::codegen::calls;
use crate::codegen::document::{component, step};

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
    gives: Gives,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Gives {
    schema: Option<Value>,
    schemas: Map<String, Value>,
    operation: Map<String, Value>,
    paths: Map<String, Value>,
    result: Option<Value>,
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
        json!({ "openapi": "3.1.0", "paths": paths, "components": { "schemas": schemas } })
    }

    /// What is not as the case says.
    fn differences(&self, pass: &str) -> Vec<String> {
        let mut document = self.document();
        let mut notes = Notes::default();
        let result = match run(pass, &mut document, &self.names, &mut notes) {
            Ok(result) => result,
            Err(error) => return vec![format!("{error:#}")],
        };
        let gives = &self.gives;
        let schemas = gives.schema.iter().map(|schema| (component("S"), schema));
        let others = gives.schemas.iter().map(|(k, v)| (component(k), v));
        let paths = gives.paths.iter().map(|(k, v)| (step("#/paths", k), v));
        let operation = gives.operation.iter();
        let operation = operation.map(|(k, v)| (step("#/paths/~1a/post", k), v));
        let mut found = Vec::new();
        for (place, expected) in schemas.chain(others).chain(paths).chain(operation) {
            let is = document.pointer(&place[1..]).unwrap_or(&Value::Null);
            if is != expected {
                found.push(format!("{place}: {is}\n    expected: {expected}"));
            }
        }
        if let Some(expected) = gives
            .result
            .as_ref()
            .filter(|expected| **expected != result)
        {
            found.push(format!("result: {result}\n    expected: {expected}"));
        }
        let notes_found: Vec<&str> = notes.lines().collect();
        compare_lines("notes", &notes_found, &self.notes, &mut found);
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

fn run(pass: &str, document: &mut Value, previous: &Names, notes: &mut Notes) -> Result<Value> {
    match pass {
        "references" => references::inline(document, notes)?,
        "dialect" => dialect::to_3_0(document, notes),
        "extensions" => {
            extensions::check(document, notes);
            extensions::secrets(document);
            extensions::strip(document);
        }
        "names" => names::plain(document, previous, notes),
        "bodies" => bodies::choose(document, notes),
        "unions" => unions::simplify(document, notes),
        "hoist" => {
            let (enums, unions) = hoist::name_inline(document, notes);
            let enums = enums.into_iter();
            let enums = enums.map(|(name, open)| json!([name, open.values, open.terminal]));
            let unions = unions.into_iter();
            let unions = unions.map(|(name, union)| json!([name, union.tag, union.variants]));
            return Ok(enums.chain(unions).collect());
        }
        "aliases" => aliases::inline(document, &BTreeMap::new()),
        "tolerance" => {
            let fields = tolerance::loosen(document, notes).into_iter();
            let fields = fields.map(|((_, field), kind)| (field, format!("{kind:?}").into()));
            return Ok(Value::Object(fields.collect()));
        }
        "all" => {
            let lowered = apply(document.clone(), previous, notes)?;
            let calls = calls::collect(&lowered, notes);
            return Ok(calls
                .iter()
                .map(|call| json!(call.operation.name))
                .collect());
        }
        other => anyhow::bail!("no pass {other}"),
    }
    Ok(Value::Null)
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
    references dialect extensions names bodies unions hoist aliases tolerance all
}
