//! Escapes text that an error message repeats.

use std::fmt::Write as _;

/// At most so many characters are repeated.
const MAX_CHARS: usize = 400;

/// Returns the text on one line, truncated if it is long.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len().min(4 * MAX_CHARS));
    for (count, c) in text.chars().enumerate() {
        if count == MAX_CHARS {
            escaped.push('…');
            break;
        }
        // Line and paragraph separators end lines too, though they are not control characters.
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            let _ = write!(escaped, "{}", c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_repeated_on_one_line_and_not_at_any_length() {
        assert_eq!(escape("wörd `x`"), "wörd `x`");
        assert_eq!(
            escape("a\nb\r\t\u{1b}[31m\u{2028}"),
            r"a\nb\r\t\u{1b}[31m\u{2028}"
        );
        let long = escape(&"ö".repeat(1000));
        assert_eq!(long.chars().count(), MAX_CHARS + 1);
        assert!(long.ends_with('…'));
    }
}
