//! Aliases of command lines, in a file of the configuration directory.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::config;
use crate::error::{CliError, Result};

const FILE: &str = "aliases.json";

/// The aliases: the words of each command line, without the name of the program.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Aliases(pub(crate) BTreeMap<String, Vec<String>>);

impl Aliases {
    /// Reads the file; one that does not exist has no aliases.
    pub(crate) fn load() -> Result<Self> {
        let Some(directory) = config::directory() else {
            return Ok(Self::default());
        };
        let path = directory.join(FILE);
        let content = config::read(&path).map_err(|error| {
            CliError::error(format!("could not read `{}`: {error}", path.display()))
        })?;
        let Some(content) = content else {
            return Ok(Self::default());
        };
        serde_json::from_str(&content).map_err(|error| {
            CliError::error(format!("invalid JSON in `{}`: {error}", path.display()))
        })
    }

    /// Reads the file, and writes it with a change. No other process changes it meanwhile.
    pub(crate) fn update(change: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let path = config::file(FILE)?;
        let failed = |error| CliError::not_written(&path, &error);
        let _lock = config::lock(&path).map_err(failed)?;
        let mut aliases = Self::load()?;
        change(&mut aliases)?;
        config::write_private(&path, &format!("{}\n", aliases.to_json())).map_err(failed)
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(crate) fn lines(&self) -> String {
        let line =
            |(name, words): (&String, &Vec<String>)| format!("{name}: {}\n", words.join(" "));
        self.0.iter().map(line).collect()
    }

    /// The command line with its alias expanded, if its first word is one: `$1` is replaced by
    /// the first word after it, and so on; words that no placeholder takes are appended.
    fn expand(&self, arguments: Vec<OsString>) -> Result<Vec<OsString>, String> {
        let Some((name, words)) = arguments.get(1).and_then(|first| {
            let first = first.to_str()?;
            Some((first, self.0.get(first)?))
        }) else {
            return Ok(arguments);
        };
        let given = &arguments[2..];
        let mut used = 0;
        let mut expanded = vec![arguments[0].clone()];
        for word in words {
            let mut text = OsString::new();
            let mut rest = word.as_str();
            while let Some(at) = rest.find('$') {
                let (before, after) = rest.split_at(at);
                text.push(before);
                let digit = after[1..]
                    .chars()
                    .next()
                    .and_then(|digit| digit.to_digit(10));
                match digit.map_or(0, |digit| digit as usize) {
                    0 => {
                        text.push("$");
                        rest = &after[1..];
                    }
                    number => {
                        let value = given.get(number - 1).ok_or_else(|| {
                            format!("alias `{name}` needs at least {number} words after it")
                        })?;
                        used = used.max(number);
                        text.push(value);
                        rest = &after[2..];
                    }
                }
            }
            text.push(rest);
            expanded.push(text);
        }
        expanded.extend_from_slice(&given[used..]);
        Ok(expanded)
    }
}

/// The arguments of this process, with an alias expanded. `is_command` returns whether a word
/// is a command, which no alias replaces.
pub(crate) fn arguments(is_command: impl Fn(&str) -> bool) -> Result<Vec<OsString>> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let first = arguments.get(1).and_then(|first| first.to_str());
    // Nothing is read from a disk for a command.
    if first.is_none_or(|first| first.starts_with('-') || is_command(first)) {
        return Ok(arguments);
    }
    Aliases::load()?.expand(arguments).map_err(CliError::usage)
}

/// Splits a command line into words, with quotes as a shell has them.
pub(crate) fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    let mut quote = None;
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (_, '\\') => word.get_or_insert_default().extend(characters.next()),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(format!("a quote is not closed in `{line}`"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(expansion: &str, arguments: &[&str]) -> Result<Vec<String>, String> {
        let mut aliases = Aliases::default();
        aliases.0.insert("x".to_owned(), split(expansion)?);
        let line = ["replicate"].iter().chain(arguments).map(OsString::from);
        let words = aliases.expand(line.collect())?;
        let text = words.into_iter().skip(1);
        Ok(text.map(|word| word.into_string().expect("text")).collect())
    }

    #[test]
    fn alias_takes_placeholders_and_appends_the_rest() {
        for (expansion, arguments, expected) in [
            ("run a/b --save", &["x", "p=1"][..], "run a/b --save p=1"),
            (
                "p list -m $2 -s $1",
                &["x", "a", "b", "c"],
                "p list -m b -s a c",
            ),
            ("run a/b cost=$ $x", &["x"], "run a/b cost=$ $x"),
            ("run a/b", &["y"], "y"),
        ] {
            let words = expand(expansion, arguments).expect(expansion);
            assert_eq!(words.join(" "), expected);
        }
        assert!(expand("run $2", &["x", "a"]).is_err_and(|why| why.contains("at least 2 words")));
    }

    #[test]
    fn command_line_is_split_as_by_a_shell() {
        let words = |line| split(line).expect("words");
        assert_eq!(
            words(r#"run "a b" c\ d 'e"f' ''"#),
            ["run", "a b", "c d", "e\"f", ""]
        );
        assert!(split("run 'a").is_err());
    }
}
