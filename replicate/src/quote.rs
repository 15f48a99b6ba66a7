//! What a caller gave, as an error repeats it.

use std::fmt::Write as _;

/// How much of it is repeated, in characters.
const LONGEST: usize = 400;

/// The text on one line, cut where it is long.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().min(4 * LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            quoted.push('…');
            break;
        }
        // Line and paragraph separators are no control characters, and end lines all the same.
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            let _ = write!(quoted, "{}", c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_repeated_on_one_line_and_not_at_any_length() {
        assert_eq!(quote("wörd `x`"), "wörd `x`");
        assert_eq!(
            quote("a\nb\r\t\u{1b}[31m\u{2028}"),
            r"a\nb\r\t\u{1b}[31m\u{2028}"
        );
        let long = quote(&"ö".repeat(1000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
    }
}
