//! Names of saved files, made from a template.

use std::path::{Path, PathBuf};

use crate::error::{CliError, Result};

/// The name of files that are saved into a directory.
const DEFAULT: &str = "{id}-{n}.{ext}";

const FIELDS: [&str; 4] = ["id", "n", "ext", "name"];

/// A template of file names: `{id}` is the prediction's id, `{n}` the number of the file in the
/// output, from 1 on, `{ext}` its extension, and `{name}` its own name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template(String);

#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    pub(super) id: &'a str,
    pub(super) n: usize,
    pub(super) ext: &'a str,
    pub(super) name: &'a str,
}

impl Template {
    pub(crate) fn in_directory(directory: &Path) -> Self {
        let directory = directory.to_string_lossy();
        // Braces in its name are not fields.
        let escaped = directory.replace('{', "{{").replace('}', "}}");
        let separator = match escaped.as_str() {
            "" => "",
            text if text.ends_with(std::path::is_separator) => "",
            _ => std::path::MAIN_SEPARATOR_STR,
        };
        Self(format!("{escaped}{separator}{DEFAULT}"))
    }

    /// Parses a template; `None` if the text has no field.
    pub(super) fn parse(text: &str) -> Result<Option<Self>> {
        let mut rest = text;
        let mut has_fields = false;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((field, after)) = after.split_once('}') else {
                break;
            };
            if !FIELDS.contains(&field) {
                let message = format!("unknown field {{{field}}} in `{text}`");
                return Err(
                    CliError::usage(message).hint("the fields are {id}, {n}, {ext} and {name}")
                );
            }
            has_fields = true;
            rest = after;
        }
        Ok(has_fields.then(|| Self(text.to_owned())))
    }

    /// Whether the files of several predictions get names of their own.
    pub(super) fn is_distinct(&self) -> bool {
        self.0.contains("{id}")
    }

    /// The directory of the names, as far as it has no field.
    pub(super) fn fixed_directory(&self) -> PathBuf {
        let fixed = self.0.replace("{{", "\u{0}").replace("}}", "\u{1}");
        let fixed = fixed.split('{').next().unwrap_or_default();
        let end = fixed.rfind(std::path::is_separator).map_or(0, |at| at + 1);
        let directory = fixed[..end].replace('\u{0}', "{").replace('\u{1}', "}");
        match directory.as_str() {
            "" => PathBuf::from("."),
            directory => PathBuf::from(directory),
        }
    }

    /// The path of a file. What comes from a server cannot leave the directory.
    pub(super) fn path(&self, fields: Fields<'_>) -> PathBuf {
        let mut path = String::new();
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            path.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                path.push_str(brace);
                rest = after;
            } else if let Some((field, after)) = rest.split_once('}') {
                path.push_str(&match field {
                    "id" => safe(fields.id),
                    "n" => fields.n.to_string(),
                    "ext" => safe(fields.ext),
                    _ => safe(fields.name),
                });
                rest = after;
            }
        }
        path.push_str(rest);
        PathBuf::from(path)
    }
}

/// A name that is one part of a path.
fn safe(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    match safe.as_str() {
        "." | ".." | "" => "_".to_owned(),
        _ => safe,
    }
}

/// The extension of a name.
pub(crate) fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_short = !extension.is_empty() && extension.len() <= 16;
    let is_plain = extension.chars().all(|c| c.is_ascii_alphanumeric());
    (!stem.is_empty() && is_short && is_plain).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields<'_> = Fields {
        id: "abc",
        n: 2,
        ext: "png",
        name: "out-0.png",
    };

    #[test]
    fn fields_are_filled() {
        for (text, path) in [
            ("out/{id}-{n}.{ext}", "out/abc-2.png"),
            ("{id}/{name}", "abc/out-0.png"),
            ("x{n}", "x2"),
        ] {
            let template = Template::parse(text).expect(text).expect("a template");
            assert_eq!(template.path(FIELDS), Path::new(path));
        }
        let inside = Template::in_directory(Path::new("o{x}/y"));
        assert_eq!(inside.path(FIELDS), Path::new("o{x}/y/abc-2.png"));
        assert_eq!(inside.fixed_directory(), Path::new("o{x}/y/"));
        let here = Template::in_directory(Path::new(""));
        assert_eq!(here.path(FIELDS), Path::new("abc-2.png"));
        assert_eq!(here.fixed_directory(), Path::new("."));
    }

    #[test]
    fn text_without_a_field_is_not_a_template() {
        assert!(Template::parse("bike.png").expect("a name").is_none());
        assert!(Template::parse("a{b").expect("a name").is_none());
        assert!(Template::parse("{model}.png").is_err());
    }

    #[test]
    fn name_from_a_server_is_one_part_of_the_path() {
        let template = Template::parse("d/{name}")
            .expect("valid")
            .expect("a template");
        for (name, path) in [
            ("../../evil.txt", "d/.._.._evil.txt"),
            ("..", "d/_"),
            ("a\\b\n", "d/a_b_"),
        ] {
            let fields = Fields { name, ..FIELDS };
            assert_eq!(template.path(fields), Path::new(path));
        }
    }

    #[test]
    fn extension_is_short_and_plain() {
        for (name, expected) in [
            ("a.b.png", Some("png")),
            ("lora.safetensors", Some("safetensors")),
            ("png", None),
            (".png", None),
            ("a.", None),
            ("a.b c", None),
            ("a.averylongextension", None),
        ] {
            assert_eq!(extension(name), expected, "{name}");
        }
    }
}
