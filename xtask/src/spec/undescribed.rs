//! Places of the description that lack a summary or a description.

use serde_json::Value;

use super::merge::{DATA, MAPS, PROSE};
use crate::codegen::{Json, step};

/// One line for each place that lacks a summary or a description; error responses of one status
/// share a line, since they mostly share the words.
pub(super) fn lines(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    find(document, "#", "", false, &mut places);
    let status = |place: &str| {
        let (_, rest) = place.strip_prefix("#/paths/")?.split_once("/responses/")?;
        let status = rest.strip_suffix("/description")?;
        (status.len() == 3 && status.starts_with(['4', '5'])).then(|| status.to_string())
    };
    let same = |wanted: &Option<String>| places.iter().filter(|p| status(p) == *wanted).count();
    let mut lines = Vec::new();
    for place in &places {
        let own = status(place);
        let line = match own.is_some().then(|| same(&own)) {
            Some(number @ 2..) => {
                let status = own.unwrap_or_default();
                format!("responses {status} of {number} operations: describe one and merge again")
            }
            _ => place.clone(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Keywords under which each value needs a description.
const DESCRIBED: &[&str] = &[
    "headers",
    "parameters",
    "properties",
    "responses",
    "schemas",
];

/// Adds the JSON pointers of what lacks prose below a value that stands under the keyword `holder`;
/// with `names`, its keys are names of the API.
fn find(value: &Value, place: &str, holder: &str, names: bool, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, child)| (key.clone(), child))
            .collect(),
        Value::Array(list) => {
            let children = list.iter().enumerate();
            children
                .map(|(index, child)| (index.to_string(), child))
                .collect()
        }
        _ => return,
    };
    for (key, child) in children {
        let key = key.as_str();
        if !names && (PROSE.contains(&key) || DATA.contains(&key)) {
            continue;
        }
        let place = step(place, key);
        let operation = holder == "paths" && !names && child.get("responses").is_some();
        let described = DESCRIBED.contains(&holder) && (names || value.is_array());
        for (needed, word) in [
            (operation, "summary"),
            (operation || described, "description"),
        ] {
            let text = child.text(word).unwrap_or_default();
            let empty = child.is_object() && child.get("$ref").is_none() && text.trim().is_empty();
            if needed && empty {
                found.push(step(&place, word));
            }
        }
        match names {
            true => find(child, &place, holder, false, found),
            false => find(child, &place, key, MAPS.contains(&key), found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        document: Value,
        lines: Vec<String>,
    }

    #[test]
    fn places_without_prose_are_listed_and_error_responses_of_one_status_share_a_line() {
        let cases: Vec<Case> = serde_norway::from_str(include_str!("undescribed.yaml")).unwrap();
        for case in cases {
            assert_eq!(lines(&case.document), case.lines);
        }
    }
}
