//! The filter of `--jq`, in the language of jq.

use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::write::{Pp, Styles};
use jaq_json::{Val, read};

use crate::error::{CliError, Result};

pub(crate) struct Filter(jaq_core::Filter<data::JustLut<Val>>);

impl Filter {
    pub(crate) fn parse(code: &str) -> Result<Self, String> {
        let definitions = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code, path: () })
            .map_err(|errors| unreadable(code, errors))?;
        Compiler::default()
            .with_funs(functions)
            .compile(modules)
            .map(Self)
            .map_err(|errors| undefined(&errors))
    }

    /// Applies the filter to a JSON document. Strings are written without quotes, one result a
    /// line, as `jq -r` does.
    pub(crate) fn apply(&self, document: &[u8], format: &Pp) -> Result<Vec<u8>> {
        let input = read::parse_single(document)
            .map_err(|error| CliError::error(format!("the response is not JSON: {error}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let mut text = Vec::new();
        for result in self.0.id.run((context, input)).map(unwrap_valr) {
            let value = result
                .map_err(|error| CliError::error(format!("could not apply --jq: {error}")))?;
            match &value {
                Val::TStr(string) => text.extend_from_slice(string),
                value => text.extend(write(value, format)),
            }
            text.push(b'\n');
        }
        Ok(text)
    }
}

/// Checks a filter on the command line.
pub(crate) fn check(code: &str) -> Result<String, String> {
    Filter::parse(code).map(|_| code.to_owned())
}

/// The place of the first part of a filter that is not in the language.
fn unreadable(code: &str, errors: load::Errors<&str, ()>) -> String {
    let rest = match errors.first().map(|(_, error)| error) {
        Some(load::Error::Lex(errors)) => errors.first().map(|(_, rest)| *rest),
        Some(load::Error::Parse(errors)) => errors.first().map(|(_, rest)| *rest),
        Some(load::Error::Io(errors)) => {
            let module = errors.first().map_or("", |(module, _)| module);
            return format!("invalid filter: module `{module}` cannot be imported");
        }
        None => None,
    };
    match rest.filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("invalid filter: unexpected `{rest}`"),
        None => format!("invalid filter `{code}`: it is incomplete"),
    }
}

fn undefined(errors: &jaq_core::compile::Errors<&str, ()>) -> String {
    let errors = errors.iter().flat_map(|(_, errors)| errors);
    let errors = errors.map(|(name, kind)| format!("undefined {} `{name}`", kind.as_str()));
    format!("invalid filter: {}", errors.collect::<Vec<_>>().join(", "))
}

/// The format of JSON for a terminal: indented by two spaces. The default is one line.
pub(crate) fn indented(color: bool) -> Pp {
    Pp {
        indent: Some("  ".to_owned()),
        sort_keys: false,
        styles: color.then(Styles::ansi).unwrap_or_default(),
        sep_space: true,
    }
}

/// Writes a JSON document in a format; `None` if it is not JSON.
pub(crate) fn reformat(document: &[u8], format: &Pp) -> Option<Vec<u8>> {
    Some(write(&read::parse_single(document).ok()?, format))
}

fn write(value: &Val, format: &Pp) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = jaq_json::write::write(&mut text, format, 0, value);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(code: &str, document: &str) -> String {
        let filter = Filter::parse(code).expect("a filter");
        let text = filter.apply(document.as_bytes(), &Pp::default());
        String::from_utf8(text.expect("a result")).expect("text")
    }

    #[test]
    fn results_are_written_one_a_line_and_strings_without_quotes() {
        let list = r#"[{"id":"a","n":1.50},{"id":"b","n":12345678901234567890}]"#;
        for (code, results) in [
            (".[].id", "a\nb\n"),
            (".[].n", "1.50\n12345678901234567890\n"),
            ("map(.id)", "[\"a\",\"b\"]\n"),
            (".[] | select(.id == \"c\")", ""),
            (".[0] | \"\\(.id): \\(.n)\"", "a: 1.50\n"),
        ] {
            assert_eq!(apply(code, list), results, "{code}");
        }
        // The keys keep their order.
        assert_eq!(apply(".", r#"{"b": 1, "a": 2}"#), "{\"b\":1,\"a\":2}\n");
    }

    #[test]
    fn invalid_filter_is_an_error_that_names_the_place() {
        for (code, error) in [
            (".a | nope", "invalid filter: undefined filter `nope`"),
            (".a }", "invalid filter: unexpected `}`"),
            (".a |", "invalid filter `.a |`: it is incomplete"),
        ] {
            assert_eq!(Filter::parse(code).err().as_deref(), Some(error));
        }
        assert!(Filter::parse("[.a").is_err());
    }

    #[test]
    fn failing_filter_is_an_error() {
        let filter = Filter::parse(".a.b").expect("a filter");
        let error = filter.apply(br#"{"a": "x"}"#, &Pp::default());
        let error = format!("{:?}", error.expect_err("an error"));
        assert!(
            error.contains("could not apply --jq: cannot index"),
            "{error}"
        );
    }
}
