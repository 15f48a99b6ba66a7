//! Descriptions as documentation. Without this pass, an example in the prose would be compiled and
//! run as a doctest, and `<id>` would be taken for HTML.

use serde_json::Value;

use crate::codegen::model::Model;

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
    // The marker that ends the block of code in which the line stands.
    let mut fence: Option<String> = None;
    let mut indented = false;
    let mut blank = true;
    for line in text.trim().lines() {
        let line = line.trim_end();
        let body = line.trim_start();
        if let Some(end) = &fence {
            let ends = body.starts_with(end.as_str());
            written.push(line.to_string());
            if ends {
                fence = None;
            }
            continue;
        }
        let marker = body.len() - body.trim_start_matches('`').len();
        let tilde = body.len() - body.trim_start_matches('~').len();
        let is_code = line.starts_with("    ") || line.starts_with('\t');
        if indented && !is_code && !body.is_empty() {
            close(&mut written);
            indented = false;
        }
        if !indented && (marker >= 3 || tilde >= 3) {
            let length = marker.max(tilde);
            let language = body[length..].trim();
            let language = match language {
                "json" | "sh" | "bash" | "console" | "python" | "javascript" => language,
                _ => "text",
            };
            let end = &body[..length];
            written.push(format!("{end}{language}"));
            fence = Some(end.to_string());
        } else if is_code && (blank || indented) {
            if !indented {
                written.push("```text".to_string());
                indented = true;
            }
            let code = line.strip_prefix("    ").or(line.strip_prefix('\t'));
            written.push(code.unwrap_or(line).to_string());
        } else {
            written.push(escaped(line));
        }
        blank = body.is_empty();
    }
    if indented {
        close(&mut written);
    }
    if let Some(end) = fence {
        written.push(end);
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
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', '<', '[', 'h']) {
        text += &rest[..at];
        rest = &rest[at..];
        let (taken, written) = match rest.as_bytes()[0] {
            b'`' => match rest[1..].find('`') {
                Some(end) => (end + 2, rest[..end + 2].to_string()),
                None => (1, "`".to_string()),
            },
            b'[' => match link_end(rest) {
                Some(end) => (end, rest[..end].to_string()),
                None => (1, "\\[".to_string()),
            },
            b'<' if rest.starts_with("<http") => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                (end, rest[..end].to_string())
            }
            b'<' => (1, "\\<".to_string()),
            _ if rest.starts_with("http://") || rest.starts_with("https://") => {
                let ends = |c: char| c.is_whitespace() || "<>()[]\"`".contains(c);
                let url = &rest[..rest.find(ends).unwrap_or(rest.len())];
                let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
                (url.len(), format!("<{url}>"))
            }
            _ => (1, "h".to_string()),
        };
        if text.ends_with('\\') && written.starts_with('\\') {
            text.pop();
        }
        text += &written;
        rest = &rest[taken..];
    }
    text + rest
}

/// Where a link such as `[text](url)` at the start of the text ends.
fn link_end(text: &str) -> Option<usize> {
    let middle = text.find("](")?;
    Some(middle + text[middle..].find(')')? + 1)
}
