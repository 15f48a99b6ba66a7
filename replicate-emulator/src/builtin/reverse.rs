//! `emulator/reverse` takes a file and returns a file.

use serde_json::json;

use super::{file, input};
use crate::{data_uri, job::OutputFile, model::Model};

pub(super) fn model() -> Model {
    Model::new("emulator/reverse")
        .description("Reverses a file: its characters if it is text, else its bytes")
        .readme(
            "# reverse\n\nTakes a `file` and gives one back. It reads `data:` URLs and files \
             that were uploaded to this emulator or are outputs of it, and fetches nothing else.\n",
        )
        .official(true)
        .input_schema(input(
            &["file"],
            json!({"file": file("File", "The file to reverse")}),
        ))
        .output_schema(json!({"type": "string", "title": "Output", "format": "uri"}))
        .example(
            json!({"file": "data:text/plain,olleh"}),
            json!("/outputs/example/reversed.txt"),
        )
        .run(|input, context| async move {
            let url = input["file"].as_str().unwrap_or_default();
            let content = context.read_file(url)?;
            context.log(format_args!("Reversing {} bytes", content.len()));
            let (name, kind, reversed) = reverse(&content);
            if let Some(Ok(data)) = data_uri::decode(url) {
                context.log(format_args!("Content type: {}", data.content_type));
            }
            Ok(context.save_file(name, kind, reversed).into())
        })
}

fn reverse(content: &[u8]) -> (&'static str, &'static str, Vec<u8>) {
    match std::str::from_utf8(content) {
        Ok(text) => {
            let reversed: String = text.chars().rev().collect();
            (
                "reversed.txt",
                "text/plain; charset=utf-8",
                reversed.into_bytes(),
            )
        }
        Err(_) => {
            let reversed = content.iter().rev().copied().collect();
            ("reversed.bin", "application/octet-stream", reversed)
        }
    }
}

pub(super) fn example() -> OutputFile {
    let (name, kind, content) = reverse(b"olleh");
    OutputFile {
        name: name.to_owned(),
        content_type: kind.to_owned(),
        content: content.into(),
    }
}
