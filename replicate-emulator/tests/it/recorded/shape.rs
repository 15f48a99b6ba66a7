//! Compares the shapes of two responses.

use std::collections::BTreeSet;

use serde_json::Value;

/// Fields that depend on the model: only their presence is compared.
const FREE: [&str; 6] = [
    "input",
    "output",
    "metrics",
    "openapi_schema",
    "checksums",
    "metadata",
];

/// Notes in `found` where the shapes differ, each as `place: KINDS recorded, KINDS here`. Of an
/// array, all elements together have the kinds that any of them has.
pub(crate) fn compare(recorded: &Value, ours: &Value, found: &mut BTreeSet<String>) {
    all("", &[Some(recorded)], &[Some(ours)], false, found);
}

type Values<'a> = [Option<&'a Value>];

fn all(
    place: &str,
    recorded: &Values<'_>,
    ours: &Values<'_>,
    free: bool,
    found: &mut BTreeSet<String>,
) {
    let (theirs, own) = (kinds(recorded, free), kinds(ours, free));
    if theirs != own {
        found.insert(format!("{place}: {theirs} recorded, {own} here"));
    }
    if free {
        return;
    }
    let names: BTreeSet<&String> = objects(recorded)
        .chain(objects(ours))
        .flat_map(|fields| fields.keys())
        .collect();
    // Where one side has no object at all, that is the difference, and not each of its fields.
    if objects(recorded).next().is_some() && objects(ours).next().is_some() {
        for name in names {
            let below = if place.is_empty() {
                name.clone()
            } else {
                format!("{place}.{name}")
            };
            let theirs: Vec<_> = objects(recorded).map(|fields| fields.get(name)).collect();
            let own: Vec<_> = objects(ours).map(|fields| fields.get(name)).collect();
            all(&below, &theirs, &own, FREE.contains(&name.as_str()), found);
        }
    }
    let (theirs, own) = (elements(recorded), elements(ours));
    // Of an empty list nothing is known.
    if !theirs.is_empty() && ours.iter().flatten().any(|value| value.is_array()) {
        all(&format!("{place}[]"), &theirs, &own, false, found);
    }
}

fn objects<'a>(values: &Values<'a>) -> impl Iterator<Item = &'a serde_json::Map<String, Value>> {
    values
        .iter()
        .flatten()
        .filter_map(|value| value.as_object())
}

fn elements<'a>(values: &Values<'a>) -> Vec<Option<&'a Value>> {
    let arrays = values.iter().flatten().filter_map(|value| value.as_array());
    arrays.flatten().map(Some).collect()
}

/// Every kind that one of the values has.
fn kinds(values: &Values<'_>, free: bool) -> String {
    let kind = |value: &Option<&Value>| match value {
        None => "absent",
        Some(Value::Null) => "null",
        Some(_) if free => "something",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    };
    let kinds: BTreeSet<&str> = values.iter().map(kind).collect();
    if kinds.is_empty() {
        return "no element".to_owned();
    }
    kinds.into_iter().collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(recorded: &Value, ours: &Value) -> Vec<String> {
        let mut found = BTreeSet::new();
        compare(recorded, ours, &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn an_element_that_differs_is_found_wherever_it_stands() {
        let recorded = json!({"results": [{"name": "a"}, {"name": "b"}]});
        assert!(differences(&recorded, &json!({"results": [{"name": "c"}]})).is_empty());
        for (ours, difference) in [
            (
                json!([{"name": "a"}, {"name": "b"}, {"name": 1}]),
                "results[].name: string recorded, number or string here",
            ),
            (
                json!([{"name": "a"}, {}]),
                "results[].name: string recorded, absent or string here",
            ),
            (
                json!([{"name": "a"}, {"name": "b", "more": null}]),
                "results[].more: absent recorded, absent or null here",
            ),
            (
                json!([{"name": "a"}, "b"]),
                "results[]: object recorded, object or string here",
            ),
            (json!([]), "results[]: object recorded, no element here"),
        ] {
            assert_eq!(
                differences(&recorded, &json!({"results": ours})),
                [difference]
            );
        }
    }

    #[test]
    fn of_a_free_field_and_where_one_side_has_no_object_only_the_presence_counts() {
        for (recorded, ours, difference) in [
            (
                json!({"output": ["a"], "input": {"prompt": "p"}, "metrics": null}),
                json!({"output": "text", "input": {}, "metrics": {}}),
                "metrics: null recorded, something here",
            ),
            (
                json!({"version": {"id": "a", "more": 1}}),
                json!({"version": null}),
                "version: object recorded, null here",
            ),
        ] {
            assert_eq!(differences(&recorded, &ours), [difference]);
        }
    }
}
