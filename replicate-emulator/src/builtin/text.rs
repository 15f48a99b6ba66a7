//! `emulator/text` writes words, one by one.

use std::time::Duration;

use serde_json::{Value, json};

use super::{file, input, number, string};
use crate::model::Model;

const WORDS: [&str; 24] = [
    "a", "small", "machine", "writes", "these", "words", "without", "knowing", "what", "they",
    "mean", "and", "yet", "every", "one", "of", "them", "comes", "in", "its", "turn", "as",
    "asked", "here",
];

pub(super) fn model() -> Model {
    Model::new("emulator/text")
        .description("Writes words that mean nothing, one by one, as a language model would")
        .readme(
            "# text\n\nRepeats the prompt and continues with words selected by it: no model of \
             language, but it streams like one.\n\n- The same prompt gives the same words.\n- \
             `max_tokens` is the number of words.\n- `delay` is the time before each, in seconds.\n",
        )
        .official(true)
        .input_schema(input(
            &["prompt"],
            json!({
                "prompt": string("Prompt", 0, "What to write about"),
                "max_tokens": number("integer", "Max Tokens", 1, "How many words to write", 16, [1, 10000]),
                "delay": number("number", "Delay", 2, "Seconds before each word", 0, [0, 60]),
            }),
        ))
        .output_schema(super::words())
        .training_schema(json!({
            "type": "object",
            "title": "TrainingInput",
            "required": ["train_data"],
            "properties": {"train_data": file("Train Data", "Text to learn from. It is not read.")},
        }))
        .example(
            json!({"prompt": "A haiku about llamas", "max_tokens": 4}),
            words("A haiku about llamas").take(4).collect(),
        )
        .run(|input, context| async move {
            let prompt = input["prompt"].as_str().unwrap_or_default();
            let count = input["max_tokens"].as_f64().unwrap_or(16.0) as usize;
            let delay = Duration::from_secs_f64(input["delay"].as_f64().unwrap_or_default());
            for word in words(prompt).take(count) {
                if !delay.is_zero() {
                    context.sleep(delay).await;
                }
                context.yield_output(word);
            }
            context.metric("input_token_count", prompt.split_whitespace().count());
            context.metric("output_token_count", count);
            Ok(Value::Null)
        })
}

/// An endless sequence of words: the prompt's, then words selected by the prompt's bytes.
fn words(prompt: &str) -> impl Iterator<Item = String> {
    let own: Vec<String> = prompt.split_whitespace().map(str::to_owned).collect();
    let mut place = prompt.bytes().fold(7usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let more = std::iter::repeat_with(move || {
        place = place
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695);
        WORDS[(place >> 33) % WORDS.len()].to_owned()
    });
    own.into_iter()
        .chain(more)
        .enumerate()
        .map(|(n, word)| if n == 0 { word } else { format!(" {word}") })
}
