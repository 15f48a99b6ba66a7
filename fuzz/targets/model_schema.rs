//! Any document as a model's schema, and any input for it: read and validated, or refused, with
//! a limited number of steps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replicate::schema::{Input, ModelSchema};
use serde_json::Value;

/// Uses everything of an input's schema; returns how many values it describes.
fn read(input: &Input, depth: usize) -> usize {
    assert!(depth < 200, "deeper than any document");
    let schema = input.schema();
    let text = format!("{schema} {} {:?}", schema.type_name(), schema.range());
    assert!(!text.is_empty());
    let _ = (schema.takes_file(), schema.coerce("1"));
    let items = schema.items().map_or(&[][..], |items| items.fields());
    let fields = schema.fields().iter().chain(items);
    1 + fields.map(|field| read(field, depth + 1)).sum::<usize>()
}

fuzz_target!(|data: &[u8]| {
    let Ok(Value::Array(parts)) = serde_json::from_slice(data) else {
        return;
    };
    let [document, input] = &parts[..] else {
        return;
    };
    let schema = match ModelSchema::new(document.clone()) {
        Ok(Some(schema)) => schema,
        Ok(None) => return,
        Err(error) => {
            assert!(error.to_string().contains("could not read"), "{error}");
            return;
        }
    };
    let _ = schema.inputs().iter().map(|input| read(input, 0)).sum::<usize>();
    let _ = (schema.main_text_input(), schema.main_file_input());
    let _ = (schema.output().kind(), schema.masked(input));
    let first = schema.validate(input).is_ok();
    assert_eq!(first, schema.validate(input).is_ok());
});
