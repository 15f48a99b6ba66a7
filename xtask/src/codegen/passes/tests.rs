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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    schema: Option<Value>,
    #[serde(default)]
    schemas: Map<String, Value>,
    operation: Option<Value>,
    #[serde(default)]
    paths: Map<String, Value>,
    /// The present types, and operations as `place id`.
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    gives: Gives,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gives {
    schema: Option<Value>,
    #[serde(default)]
    schemas: Map<String, Value>,
    #[serde(default)]
    operation: Map<String, Value>,
    #[serde(default)]
    paths: Map<String, Value>,
    result: Option<Value>,
}

impl Case {
    fn document(&self) -> Value {
        let mut schemas = self.schemas.clone();
        schemas.extend(self.schema.clone().map(|schema| ("S".to_string(), schema)));
        let mut paths = self.paths.clone();
        if let Some(mut operation) = self.operation.clone() {
            if operation.get("operationId").is_none() {
                operation["operationId"] = "a.b".into();
            }
            paths.insert("/a".into(), json!({ "post": operation }));
        }
        json!({ "openapi": "3.1.0", "paths": paths, "components": { "schemas": schemas } })
    }

    fn names(&self) -> Names {
        let mut names = Names::default();
        for (key, value) in self.names.clone() {
            match key.split_once(' ') {
                Some((place, id)) => {
                    let key = (place.to_string(), id.to_string());
                    names.operations.insert(key, value);
                }
                None => {
                    names.types.insert(key, value);
                }
            }
        }
        names
    }

    /// What is not as the case says.
    fn differences(&self, pass: &str) -> Vec<String> {
        let mut document = self.document();
        let mut notes = Notes::default();
        let result = match run(pass, &mut document, &self.names(), &mut notes) {
            Ok(result) => result,
            Err(error) => return vec![format!("{error:#}")],
        };
        let mut found = Vec::new();
        let mut compare = |what: &str, found_value: Option<&Value>, expected: &Value| {
            let found_value = found_value.unwrap_or(&Value::Null);
            if found_value != expected {
                found.push(format!("{what}: {found_value}\n    expected: {expected}"));
            }
        };
        let gives = &self.gives;
        let schemas = &document["components"]["schemas"];
        if let Some(expected) = &gives.schema {
            compare("S", schemas.get("S"), expected);
        }
        for (name, expected) in &gives.schemas {
            compare(name, schemas.get(name), expected);
        }
        for (key, expected) in &gives.operation {
            compare(key, document["paths"]["/a"]["post"].get(key), expected);
        }
        for (path, expected) in &gives.paths {
            compare(path, document["paths"].get(path), expected);
        }
        if let Some(expected) = &gives.result {
            compare("result", Some(&result), expected);
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
