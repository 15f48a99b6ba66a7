//! The frame of every page, and escaping.

/// A whole document around `body`, which is HTML already.
pub(super) fn document(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n\
         <header><a href=\"/\">replicate-emulator</a></header>\n\
         <main>\n<h1>{title}</h1>\n{body}</main>\n</html>\n"
    )
}

/// Text as it can stand in HTML, between tags and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; }
header { padding: .6rem 1.2rem; border-bottom: 1px solid var(--line); }
header a { font-weight: 600; text-decoration: none; color: inherit; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.2rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.lead { font-size: 1.1rem; }
pre { background: var(--soft); padding: .7rem .9rem; overflow: auto; border-radius: 6px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
nav a { margin-right: 1rem; }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem 1rem; }
dt { font-weight: 600; padding-top: .6rem; } dt span { display: block; font: 12px/1.4 system-ui, sans-serif; }
dd, dd pre { margin: 0; min-width: 0; }
@media (max-width: 40rem) { dl { display: block; } dd { margin-bottom: .8rem; } }
@media (prefers-color-scheme: dark) { a { color: #8ab4ff; } }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; overflow-wrap: anywhere; }
.n, td[class] { white-space: nowrap; }
tr { border-bottom: 1px solid var(--line); }
td img { height: 72px; border-radius: 4px; } .large img { max-width: 100%; border-radius: 6px; }
.succeeded { color: light-dark(#2a7d2e, #6ecf73); }
.failed, .aborted { color: light-dark(#c0392b, #ff8a7a); }
.canceled { color: light-dark(#8f5a0b, #e0a84e); }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_can_become_a_tag_or_end_an_attribute() {
        let escaped = escape("<script a='b\"'>&amp;");
        assert_eq!(escaped, "&lt;script a=&#39;b&quot;&#39;&gt;&amp;amp;");
    }
}
