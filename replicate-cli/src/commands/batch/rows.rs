//! The inputs of a batch: one a line of JSON, or one a row of CSV.

use std::path::Path;

use clap::ValueEnum;
use replicate::MAX_FILE_BYTES;
use serde_json::{Map, Value};

use crate::error::{CliError, Result};
use crate::inputs::RawInput;
use crate::inputs::argument::{self, Argument, Literal};
use crate::inputs::assemble::{Rules, assemble};
use crate::reader;
use crate::schema::Schema;

/// The format of the inputs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Format {
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values, with the keys in the first row
    Csv,
}

#[derive(Debug, PartialEq)]
pub(super) struct RawRow {
    /// From 1, in the file.
    line: u64,
    base: Map<String, Value>,
    /// Text that is typed by the schema.
    cells: Vec<(String, String)>,
}

/// One input, typed and validated by the model's schema.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1, in the file.
    pub(super) line: u64,
    /// With its files, for the library.
    pub(super) input: Value,
    /// With the names of its files, and without secrets.
    pub(super) shown: Value,
}

/// Reads the inputs from a file, or from standard input (`-`).
pub(super) fn read(from: &str, format: Option<Format>) -> Result<Vec<RawRow>> {
    let content = match from {
        "-" => reader::read_stdin()?,
        path => read_file(path)?,
    };
    let extension = Path::new(from).extension();
    let is_csv = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let format = format.unwrap_or(if is_csv { Format::Csv } else { Format::Jsonl });
    let content = reader::without_bom(&content);
    let rows = match format {
        Format::Jsonl => from_jsonl(content)?,
        Format::Csv => from_csv(content)?,
    };
    if rows.is_empty() {
        let from = if from == "-" { "standard input" } else { from };
        return Err(CliError::usage(format!("no inputs in {from}"))
            .hint("expected a JSON object a line, or CSV with the keys in the first row"));
    }
    Ok(rows)
}

/// Types and validates each input. `set` are the arguments of `--set`, which replace what a line
/// has under the same key.
pub(super) fn typed(
    rows: Vec<RawRow>,
    set: &[Argument],
    schema: Option<&Schema>,
) -> Result<Vec<Row>> {
    let typed = |row: RawRow| {
        let line = row.line;
        let typed = row.typed(set, schema);
        typed.map_err(|error| error.at(format!("line {line}")))
    };
    rows.into_iter().map(typed).collect()
}

impl RawRow {
    fn typed(self, set: &[Argument], schema: Option<&Schema>) -> Result<Row> {
        let Self {
            line,
            mut base,
            cells,
        } = self;
        let is_set = |key: &str| set.iter().any(|set| set.key.as_deref() == Some(key));
        let mut arguments = Vec::new();
        base.retain(|key, value| match files(schema, key, value) {
            Some(pairs) if !is_set(key) => {
                arguments.extend(pairs);
                false
            }
            _ => true,
        });
        for (key, cell) in cells.into_iter().filter(|(key, _)| !is_set(key)) {
            let value = match cell.strip_prefix('@') {
                Some(path) if takes_file(schema, &key) => Literal::File(path.into()),
                _ => Literal::Text(cell),
            };
            arguments.push(Argument::pair(&key, value));
        }
        arguments.extend(set.iter().cloned());
        let assembled = assemble(RawInput { base, arguments }, Rules::of(schema))?;
        let shown = assembled.masked();
        Ok(Row {
            line,
            input: assembled.fill_files()?,
            shown,
        })
    }
}

pub(super) fn parse_set(arguments: &[String]) -> Result<Vec<Argument>> {
    let parse = |text: &String| {
        let argument = argument::parse(text.as_ref())?;
        if argument.key.is_none() {
            let message = format!("invalid `--set {text}`: expected key=value");
            return Err(CliError::usage(message));
        }
        if matches!(argument.value, Literal::Stdin { .. }) {
            let message = format!("`--set {text}` would read standard input for each line");
            return Err(CliError::usage(message).hint("put it into a file, and pass key=@FILE"));
        }
        Ok(argument)
    };
    arguments.iter().map(parse).collect()
}

fn read_file(path: &str) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).map(|metadata| metadata.len());
    let content = match size {
        Ok(size) if size > MAX_FILE_BYTES => {
            let message = format!("`{path}` is larger than the limit of {MAX_FILE_BYTES} bytes");
            return Err(CliError::usage(message).hint("split it into several files"));
        }
        Ok(_) => std::fs::read(path),
        Err(error) => Err(error),
    };
    content.map_err(|error| CliError::usage(format!("could not read `{path}`: {error}")))
}

fn from_jsonl(content: &[u8]) -> Result<Vec<RawRow>> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(content.split(|byte| *byte == b'\n')) {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let base = match serde_json::from_slice(text) {
            Ok(Value::Object(base)) => base,
            Ok(_) => {
                return Err(CliError::usage(format!("line {line} is not a JSON object"))
                    .hint(r#"expected an object with the model's inputs: {"prompt": "..."}"#));
            }
            Err(error) => {
                let message = format!("invalid JSON in line {line}: {error}");
                return Err(CliError::usage(message)
                    .hint("each line is a JSON object of its own; for CSV, use --format csv"));
            }
        };
        rows.push(RawRow {
            line,
            base,
            cells: Vec::new(),
        });
    }
    Ok(rows)
}

fn from_csv(content: &[u8]) -> Result<Vec<RawRow>> {
    let invalid = |error: csv::Error| CliError::usage(format!("invalid CSV: {error}"));
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.trim(csv::Trim::Headers).from_reader(content);
    let keys = reader.headers().map_err(invalid)?.clone();
    let mut known = std::collections::HashSet::new();
    for (column, key) in (1..).zip(&keys) {
        if key.is_empty() {
            return Err(CliError::usage(format!("column {column} has no key"))
                .hint("the first row has the names of the model's inputs"));
        }
        if !known.insert(key) {
            return Err(CliError::usage(format!("the key `{key}` has two columns")));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(invalid)?;
        let cells = keys.iter().zip(&record);
        // An empty cell is an input that is not given.
        let cells = cells.filter(|(_, cell)| !cell.is_empty());
        rows.push(RawRow {
            line: record.position().map_or(0, csv::Position::line),
            base: Map::new(),
            cells: cells
                .map(|(key, cell)| (key.to_owned(), cell.to_owned()))
                .collect(),
        });
    }
    Ok(rows)
}

/// The arguments that a value stands for if it has files, written as `@PATH`.
fn files(schema: Option<&Schema>, key: &str, value: &Value) -> Option<Vec<Argument>> {
    let is_path = |value: &Value| value.as_str().is_some_and(|text| text.starts_with('@'));
    let pair = |value: &Value| {
        let text = value.as_str()?;
        let value = match text.strip_prefix('@') {
            Some(path) => Literal::File(path.into()),
            None => Literal::Text(text.to_owned()),
        };
        Some(Argument::pair(key, value))
    };
    match value {
        Value::String(_) if is_path(value) && takes_file(schema, key) => Some(vec![pair(value)?]),
        Value::Array(items) if items.iter().any(is_path) && takes_file(schema, key) => {
            items.iter().map(pair).collect()
        }
        _ => None,
    }
}

fn takes_file(schema: Option<&Schema>, key: &str) -> bool {
    let input = schema.and_then(|schema| schema.input(key));
    input.is_some_and(|input| input.schema().takes_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::tests::schema;
    use replicate::schema::MASK;
    use serde_json::json;

    fn rows(content: &str, format: Format) -> Vec<RawRow> {
        match format {
            Format::Jsonl => from_jsonl(content.as_bytes()).expect("rows"),
            Format::Csv => from_csv(content.as_bytes()).expect("rows"),
        }
    }

    fn typed(content: &str, format: Format, set: &[&str], input: Value) -> Vec<Value> {
        let schema = schema(input, json!({}));
        let set: Vec<String> = set.iter().map(ToString::to_string).collect();
        let set = parse_set(&set).expect("arguments");
        let rows = super::typed(rows(content, format), &set, Some(&schema));
        let rows = rows.expect("typed rows");
        rows.into_iter().map(|row| row.shown).collect()
    }

    #[test]
    fn blank_lines_of_json_are_skipped_and_counted() {
        let rows = rows("{\"a\": 1}\r\n\n  \n{\"a\": 2}", Format::Jsonl);
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 4]);
        for wrong in ["{\"a\": 1}\n[1]\n", "{\"a\": 1}\n{\"a\"\n"] {
            let error = from_jsonl(wrong.as_bytes()).expect_err("an error");
            assert!(format!("{error:?}").contains("line 2"), "{error:?}");
        }
    }

    #[test]
    fn cells_are_typed_by_the_schema_and_empty_ones_are_not_given() {
        let input = json!({"properties": {
            "prompt": {"type": "string"}, "n": {"type": "integer"}, "fast": {"type": "boolean"},
        }});
        let csv = "prompt, n,fast\n\"1, or\n2\",3,true\n@alice,,False\n";
        assert_eq!(rows(csv, Format::Csv)[1].line, 4);
        let expected = [
            json!({"prompt": "1, or\n2", "n": 3, "fast": true}),
            json!({"prompt": "@alice", "fast": false}),
        ];
        assert_eq!(typed(csv, Format::Csv, &[], input), expected);
    }

    #[test]
    fn columns_without_a_key_and_rows_of_another_length_are_refused() {
        for (csv, says) in [
            ("a,,c\n1,2,3\n", "column 2 has no key"),
            ("a,a\n1,2\n", "`a` has two columns"),
            ("a,b\n1\n", "line: 2"),
        ] {
            let error = format!("{:?}", from_csv(csv.as_bytes()).expect_err("an error"));
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn set_replaces_what_a_line_has() {
        let input = json!({"properties": {
            "prompt": {"type": "string"}, "n": {"type": "integer"},
        }});
        let expected = ["a", "b"].map(|prompt| json!({"prompt": prompt, "n": 5}));
        let jsonl = "{\"prompt\": \"a\", \"n\": 1}\n{\"prompt\": \"b\"}\n";
        for (content, format) in [(jsonl, Format::Jsonl), ("prompt,n\na,1\nb,\n", Format::Csv)] {
            let rows = typed(content, format, &["n=5"], input.clone());
            assert_eq!(rows, expected, "{format:?}");
        }
        assert!(parse_set(&["text alone".to_owned()]).is_err());
        assert!(parse_set(&["a=@-".to_owned()]).is_err());
    }

    #[test]
    fn secret_inputs_are_masked() {
        let input = json!({"properties": {
            "prompt": {"type": "string"},
            "key": {"type": "string", "format": "password", "x-cog-secret": true},
        }});
        let jsonl = "{\"prompt\": \"a\", \"key\": \"hunter2\"}\n{\"prompt\": \"b\"}\n";
        let expected = [json!({"prompt": "a", "key": MASK}), json!({"prompt": "b"})];
        assert_eq!(typed(jsonl, Format::Jsonl, &[], input), expected);
    }

    #[test]
    fn paths_after_an_at_sign_are_files_where_the_schema_has_files() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.txt");
        std::fs::write(&path, "abc").expect("a file");
        let file = json!({"type": "string", "format": "uri"});
        let input = json!({"properties": {
            "image": file, "text": {"type": "string"}, "list": {"type": "array", "items": file},
        }});
        let at = format!("@{}", path.display());
        let line = json!({"image": at, "text": at, "list": [at, "https://x/y"]}).to_string();
        let schema = schema(input, json!({}));
        let rows = super::typed(rows(&line, Format::Jsonl), &[], Some(&schema));
        let rows = rows.expect("typed rows");
        let shown = json!({"image": at, "text": at, "list": [at, "https://x/y"]});
        assert_eq!(rows[0].shown, shown);
        assert_eq!(rows[0].input["text"], at);
        assert_ne!(rows[0].input["image"], at);
        assert_ne!(rows[0].input["list"][0], at);
    }
}
