//! Descriptions as documentation. Without this pass, an example in the prose would be compiled and
//! run as a doctest, and `<id>` would be taken for HTML.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::codegen::model::Model;

static FENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^(`{3,}|~{3,})(.*)").expect("it is valid"));

/// Code, links, URLs, and brackets.
static SPECIAL: LazyLock<Regex> = LazyLock::new(|| {
    let parts = [
        "`[^`]*`",
        r"\[.*?\]\(.*?\)",
        "<http[^>]*>?",
        r#"https?://[^\s<>()\[\]"`]+"#,
        r"\\?[<\[]",
    ];
    Regex::new(&parts.join("|")).expect("it is valid")
});

pub(super) fn clean(model: &mut Model) {
    model.for_each(|schema, _| {
        if let Some(Value::String(text)) = schema.get_mut("description") {
            *text = markdown(text);
        }
    });
}

/// The text with its code marked as text, and without HTML or links to Rust items.
pub(crate) fn markdown(text: &str) -> String {
    let mut written: Vec<String> = Vec::new();
    // What ends the block of code in which the line stands; nothing does for an indented one.
    let mut block: Option<&str> = None;
    let mut blank = true;
    for line in text.trim().lines().map(str::trim_end) {
        let body = line.trim_start();
        let code = line.strip_prefix("    ").or(line.strip_prefix('\t'));
        if block == Some("") && code.is_none() && !body.is_empty() {
            close(&mut written);
            block = None;
        }
        match (block, FENCE.captures(body), code) {
            (Some(""), _, code) => written.push(code.unwrap_or(line).to_string()),
            (Some(end), ..) => {
                written.push(line.to_string());
                block = block.filter(|_| !body.starts_with(end));
            }
            (None, Some(fence), _) => {
                let (_, [end, language]) = fence.extract();
                let language = match language.trim() {
                    shown @ ("json" | "sh" | "bash" | "console" | "python" | "javascript") => shown,
                    _ => "text",
                };
                written.push(format!("{end}{language}"));
                block = Some(end);
            }
            (None, None, Some(code)) if blank => {
                written.extend(["```text".to_string(), code.to_string()]);
                block = Some("");
            }
            (None, None, _) => written.push(escaped(line)),
        }
        blank = body.is_empty();
    }
    match block {
        Some("") => close(&mut written),
        end => written.extend(end.map(String::from)),
    }
    written.join("\n")
}

/// Ends a block of code, before the empty lines that follow it.
fn close(written: &mut Vec<String>) {
    let code = written.iter().rposition(|line| !line.is_empty());
    written.insert(code.map_or(0, |last| last + 1), "```".to_string());
}

/// Outside of code, makes URLs links, and brackets that belong to no link plain text.
fn escaped(line: &str) -> String {
    let written = |found: &Captures| match &found[0] {
        url if url.starts_with("http") => {
            let end = url
                .trim_end_matches(['.', ',', ';', ':', '!', '?', '\''])
                .len();
            format!("<{}>{}", &url[..end], &url[end..])
        }
        bracket @ ("<" | "[") => format!("\\{bracket}"),
        kept => kept.to_string(),
    };
    SPECIAL.replace_all(line, written).into_owned()
}
