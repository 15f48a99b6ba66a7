//! Aliases of command lines, in a file of the configuration directory.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::config;
use crate::error::CliError;

const FILE: &str = "aliases.json";

/// The aliases: the words of each command line, without the name of the program.
#[derive(Debug, Default)]
pub(crate) struct Aliases(BTreeMap<String, Vec<String>>);

impl Aliases {
    /// Reads the file; one that does not exist has no aliases.
    pub(crate) fn load() -> Result<Self, CliError> {
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
        serde_json::from_str(&content).map(Self).map_err(|error| {
            CliError::error(format!("invalid JSON in `{}`: {error}", path.display()))
        })
    }

    /// Reads the file, and writes it with a change. No other process changes it meanwhile.
    pub(crate) fn update(
        change: impl FnOnce(&mut Self) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let directory = config::directory().ok_or_else(|| {
            CliError::error("no configuration directory: neither XDG_CONFIG_HOME nor HOME is set")
        })?;
        let path = directory.join(FILE);
        let failed = |error: std::io::Error| {
            CliError::error(format!("could not write `{}`: {error}", path.display()))
        };
        let _lock = config::lock(&directory).map_err(failed)?;
        let mut aliases = Self::load()?;
        change(&mut aliases)?;
        config::write_private(&path, &format!("{}\n", aliases.to_json())).map_err(failed)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn insert(&mut self, name: String, words: Vec<String>) {
        self.0.insert(name, words);
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.0).unwrap_or_default()
    }

    /// The aliases, one a line.
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
                let number = after[1..]
                    .chars()
                    .next()
                    .and_then(|digit| digit.to_digit(10));
                match number.filter(|number| *number > 0) {
                    Some(number) => {
                        let number = number as usize;
                        let value = given.get(number - 1).ok_or_else(|| {
                            format!("alias `{name}` needs at least {number} words after it")
                        })?;
                        used = used.max(number);
                        text.push(value);
                        rest = &after[2..];
                    }
                    None => {
                        text.push("$");
                        rest = &after[1..];
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
pub(crate) fn arguments(is_command: impl Fn(&str) -> bool) -> Result<Vec<OsString>, CliError> {
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
        aliases.insert("x".to_owned(), split(expansion)?);
        let line = ["replicate"].iter().chain(arguments).map(OsString::from);
        let words = aliases.expand(line.collect())?;
        let text = words
            .into_iter()
            .map(|word| word.into_string().expect("text"));
        Ok(text.skip(1).collect())
    }

    #[test]
    fn alias_takes_placeholders_and_appends_the_rest() {
        assert_eq!(
            expand("run a/b --save", &["x", "p=1"]),
            Ok(["run", "a/b", "--save", "p=1"].map(String::from).to_vec())
        );
        assert_eq!(
            expand("p list -m $2 -s $1", &["x", "a", "b", "c"]),
            Ok(["p", "list", "-m", "b", "-s", "a", "c"]
                .map(String::from)
                .to_vec())
        );
        assert_eq!(
            expand("run a/b cost=$ $x", &["x"]),
            Ok(["run", "a/b", "cost=$", "$x"].map(String::from).to_vec())
        );
        assert!(expand("run $2", &["x", "a"]).is_err_and(|why| why.contains("at least 2 words")));
        assert_eq!(expand("run a/b", &["y"]), Ok(vec!["y".to_owned()]));
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
