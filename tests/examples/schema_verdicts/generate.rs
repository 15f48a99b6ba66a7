//! Generates inputs from a schema: mostly valid values, and some of another kind.

use replicate::schema::{ModelSchema, ValueKind, ValueSchema};
use replicate_test_support::Injector;
use serde_json::{Map, Number, Value, json};

fn chance(random: &mut Injector, percent: usize) -> bool {
    random.below(100) < percent
}

pub(crate) fn input(random: &mut Injector, schema: &ModelSchema) -> Value {
    let mut fields = Map::new();
    for input in schema.inputs() {
        if chance(random, if input.is_required() { 96 } else { 60 }) {
            let value = match chance(random, 85) {
                true => valid(random, input.schema()),
                false => any(random),
            };
            fields.insert(input.key().to_owned(), value);
        }
    }
    if chance(random, 3) {
        fields.insert("unknown_input".to_owned(), 1.into());
    }
    fields.into()
}

fn valid(random: &mut Injector, schema: &ValueSchema) -> Value {
    if !schema.choices().is_empty() {
        let index = random.below(schema.choices().len());
        return schema.choices()[index].clone();
    }
    let limit = |number: Option<&Number>| number.and_then(Number::as_f64);
    let least = limit(schema.minimum()).unwrap_or(-100.0);
    let most = limit(schema.maximum()).unwrap_or(100.0);
    match schema.kind() {
        ValueKind::Text => {
            let (least, most) = (schema.min_length(), schema.max_length());
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(20));
            let length = least as usize + random.below((most - least + 1) as usize);
            let letter = |random: &mut Injector| char::from(b'a' + random.below(26) as u8);
            (0..length)
                .map(|_| letter(random))
                .collect::<String>()
                .into()
        }
        ValueKind::Integer => {
            let span = (most - least) as usize + 1;
            (least as i64 + random.below(span) as i64).into()
        }
        ValueKind::Number => (least + (most - least) * (random.below(101) as f64) / 100.0).into(),
        ValueKind::Boolean => chance(random, 50).into(),
        ValueKind::File => "data:text/plain;base64,YWJj".into(),
        ValueKind::List => {
            let length = random.below(4);
            let item = |random: &mut Injector| match schema.items() {
                Some(items) => valid(random, items),
                None => any(random),
            };
            (0..length)
                .map(|_| item(random))
                .collect::<Vec<Value>>()
                .into()
        }
        _ => json!({ "a": 1 }),
    }
}

/// A value that may be valid or not.
fn any(random: &mut Injector) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(3),
        json!(3.0),
        json!(3.5),
        json!(100_000),
        json!(1e30),
        json!(""),
        json!("a"),
        json!("UPPER"),
        json!("3"),
        json!("3.5"),
        json!("true"),
        json!("yes"),
        json!("plain"),
        json!("much too long for a code"),
        json!("photo.png"),
        json!("/no/such/file.png"),
        json!("file:///no/such/file.png"),
        json!("data:,x"),
        json!([]),
        json!(["a", "b"]),
        json!([1, 2]),
        json!(["a", 1]),
        json!([null]),
        json!(["data:,x"]),
        json!({}),
        json!({ "a": 1 }),
    ];
    values[random.below(values.len())].clone()
}
