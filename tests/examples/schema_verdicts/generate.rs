//! Generates inputs from a schema: mostly valid values, and some of another kind.

use replicate::schema::{ModelSchema, ValueKind, ValueSchema};
use serde_json::{Map, Number, Value, json};

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub(crate) fn input(random: &mut Random, schema: &ModelSchema) -> Value {
    let mut fields = Map::new();
    for input in schema.inputs() {
        if random.chance(if input.is_required() { 96 } else { 60 }) {
            let value = match random.chance(85) {
                true => valid(random, input.schema()),
                false => any(random),
            };
            fields.insert(input.key().to_owned(), value);
        }
    }
    if random.chance(3) {
        fields.insert("unknown_input".to_owned(), 1.into());
    }
    fields.into()
}

fn valid(random: &mut Random, schema: &ValueSchema) -> Value {
    if !schema.choices().is_empty() {
        let index = random.below(schema.choices().len() as u64);
        return schema.choices()[index as usize].clone();
    }
    let limit = |number: Option<&Number>| number.and_then(Number::as_f64);
    let least = limit(schema.minimum()).unwrap_or(-100.0);
    let most = limit(schema.maximum()).unwrap_or(100.0);
    match schema.kind() {
        ValueKind::Text => {
            let (least, most) = (schema.min_length(), schema.max_length());
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(20));
            let length = least + random.below(most - least + 1);
            let letter = |random: &mut Random| char::from(b'a' + random.below(26) as u8);
            (0..length)
                .map(|_| letter(random))
                .collect::<String>()
                .into()
        }
        ValueKind::Integer => {
            let span = (most - least) as u64 + 1;
            (least as i64 + random.below(span) as i64).into()
        }
        ValueKind::Number => (least + (most - least) * (random.below(101) as f64) / 100.0).into(),
        ValueKind::Boolean => random.chance(50).into(),
        ValueKind::File => "data:text/plain;base64,YWJj".into(),
        ValueKind::List => {
            let length = random.below(4);
            let item = |random: &mut Random| match schema.items() {
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
fn any(random: &mut Random) -> Value {
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
    let index = random.below(values.len() as u64);
    values[index as usize].clone()
}
