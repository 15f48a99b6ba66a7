//! Completion of what only the API knows: models, inputs and their choices, ids.
//!
//! A shell calls this program with `REPLICATE_COMPLETE` set and the words of the command line.

mod fetch;

use std::ffi::OsStr;

use clap::builder::ValueHint;
use clap::{Arg, Command};
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use replicate::schema::{Input, ModelSchema, ValueKind};

use crate::record::plain;
use crate::terminal;

/// The variable that makes this program complete a command line, with the name of the shell.
pub(crate) const VARIABLE: &str = "REPLICATE_COMPLETE";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// A model, version or deployment.
    Reference,
    Model,
    Deployment,
    Input,
    Prediction,
    Training,
    File,
    Collection,
    Hardware,
    Profile,
}

/// Adds completion to the arguments of a command and its subcommands, by the names of their
/// values.
pub(crate) fn augmented(command: Command) -> Command {
    with_noun(command, "")
}

/// `noun` is the command that the arguments are below, such as `predictions`.
fn with_noun(command: Command, noun: &str) -> Command {
    let noun = match command.get_name() {
        own @ ("predictions" | "trainings" | "files" | "models" | "deployments") => own.to_owned(),
        _ => noun.to_owned(),
    };
    command
        .mut_args(|argument| completed(argument, &noun))
        .mut_subcommands(|subcommand| with_noun(subcommand, &noun))
}

fn completed(argument: Arg, noun: &str) -> Arg {
    let names = argument.get_value_names().unwrap_or_default();
    let Some(name) = names.first().map(ToString::to_string) else {
        return argument;
    };
    let kind = match (argument.get_id().as_str(), name.as_str()) {
        ("profile", _) => Kind::Profile,
        (_, "REF") if noun == "deployments" => Kind::Deployment,
        (_, "REF") => Kind::Reference,
        (_, "MODEL") => Kind::Model,
        (_, "DEPLOYMENT") => Kind::Deployment,
        (_, "INPUT") => Kind::Input,
        (_, "SLUG") => Kind::Collection,
        (_, "SKU") => Kind::Hardware,
        (_, "ID") => match noun {
            "trainings" => Kind::Training,
            "files" => Kind::File,
            "models" | "deployments" => return argument,
            _ => Kind::Prediction,
        },
        (_, name) if name.starts_with("FILE") => return argument.value_hint(ValueHint::AnyPath),
        (_, name) if name.starts_with("DIR") => return argument.value_hint(ValueHint::DirPath),
        _ => return argument,
    };
    let completer = move |current: &OsStr| candidates(kind, current);
    argument.add(ArgValueCompleter::new(completer))
}

/// A candidate: the text, and what it is in a few words.
struct Candidate(String, String);

impl From<Candidate> for CompletionCandidate {
    fn from(Candidate(text, about): Candidate) -> Self {
        // One line, without what could control the terminal.
        let about = terminal::one_line(&terminal::strip_control_chars(&about));
        let about = terminal::shortened(&about, 60).into_owned();
        Self::new(text).help((!about.is_empty()).then(|| about.into()))
    }
}

/// The candidates for the word under the cursor. A failure returns none.
fn candidates(kind: Kind, current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else {
        return Vec::new();
    };
    let words = Words::of_process();
    let found = match kind {
        Kind::Input => match input_paths(current) {
            Some(paths) => return paths,
            None => input_candidates(&words, current),
        },
        kind => fetch::candidates(&words, kind, current),
    };
    let found = found.into_iter().filter(|one| one.0.starts_with(current));
    found.map(CompletionCandidate::from).collect()
}

/// The files for an input written as `@FILE` or `key=@FILE`; `None` for any other.
fn input_paths(current: &str) -> Option<Vec<CompletionCandidate>> {
    let key = match current.starts_with('@') {
        true => "",
        false => &current[..=current.find("=@")?],
    };
    let path = OsStr::new(&current[key.len() + 1..]);
    let paths = PathCompleter::any().complete(path).into_iter();
    Some(
        paths
            .map(|path| path.add_prefix(format!("{key}@")))
            .collect(),
    )
}

/// The keys of a model's inputs, or the values of one.
fn input_candidates(words: &Words, current: &str) -> Vec<Candidate> {
    let reference = words.reference();
    let Some(schema) = reference.and_then(|reference| fetch::schema(words, &reference)) else {
        return Vec::new();
    };
    match current.split_once('=') {
        Some((key, _)) => {
            let input = schema.input(key);
            input.map_or_else(Vec::new, |input| values(key, input))
        }
        None => keys(words, &schema),
    }
}

/// The keys that are not given yet.
fn keys(words: &Words, schema: &ModelSchema) -> Vec<Candidate> {
    let is_given = |key: &str| {
        words.0.iter().any(|word| {
            let rest = word.strip_prefix(key).unwrap_or_default();
            rest.starts_with(['=', ':'])
        })
    };
    let candidate = |input: &Input| {
        let about = input.schema().description().unwrap_or_default();
        Candidate(format!("{}=", input.key()), about.to_owned())
    };
    let open = schema
        .inputs()
        .iter()
        .filter(|input| !is_given(input.key()));
    open.map(candidate).collect()
}

/// The values that an input takes, where there are few.
fn values(key: &str, input: &Input) -> Vec<Candidate> {
    let schema = input.schema();
    let mut values: Vec<String> = schema.choices().iter().map(plain).collect();
    if values.is_empty() && schema.accepts(ValueKind::Boolean) {
        values = vec!["true".to_owned(), "false".to_owned()];
    }
    if values.is_empty() && schema.takes_file() {
        values = vec!["@".to_owned()];
    }
    let default = schema.default_value().map(plain);
    let candidate = |value: String| {
        let is_default = default.as_ref() == Some(&value);
        let about = if is_default { "the default" } else { "" };
        Candidate(format!("{key}={value}"), about.to_owned())
    };
    values.into_iter().map(candidate).collect()
}

struct Words(Vec<String>);

impl Words {
    /// The words that the shell has passed after `--`.
    fn of_process() -> Self {
        let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
        Self(words.filter_map(|word| word.into_string().ok()).collect())
    }

    /// The value of an option such as `--profile`.
    fn option(&self, name: &str) -> Option<&str> {
        let words = &self.0;
        words.iter().enumerate().find_map(|(n, word)| {
            match word.strip_prefix(name)?.strip_prefix('=') {
                Some(value) => Some(value),
                None if word == name => words.get(n + 1).map(String::as_str),
                None => None,
            }
        })
    }

    fn has(&self, option: &str) -> bool {
        self.0.iter().any(|word| word == option)
    }

    /// The model, version or deployment that the command is about.
    fn reference(&self) -> Option<replicate::ModelRef> {
        let of_deployment = ["deployments", "deployment", "d"];
        let command = self.0.iter().skip(1).find(|word| !word.starts_with('-'))?;
        let is_reference = |word: &&String| {
            word.contains('/') && !word.starts_with(['-', '.', '/']) && !word.contains('=')
        };
        let word = self.0.iter().skip(2).find(is_reference)?;
        match of_deployment.contains(&command.as_str()) && !word.starts_with("deployments/") {
            true => format!("deployments/{word}").parse().ok(),
            false => word.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Words {
        Words(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn reference_is_the_first_word_that_names_a_model() {
        let reference = |line: &str| words(line).reference().map(|found| found.to_string());
        for (line, expected) in [
            ("replicate run acme/app p=a/b", Some("acme/app")),
            ("replicate d run acme/app p", Some("deployments/acme/app")),
            ("replicate run -i ./x/y p=a/b", None),
        ] {
            assert_eq!(reference(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn options_are_found_in_both_forms() {
        let words = words("replicate --profile work run --base-url=http://x a/b");
        assert_eq!(words.option("--profile"), Some("work"));
        assert_eq!(words.option("--base-url"), Some("http://x"));
        assert_eq!(words.option("--timeout"), None);
        assert!(!words.has("--local"));
    }

    #[test]
    fn every_reference_and_id_of_the_command_line_is_completed() {
        fn check(command: &Command) {
            for argument in command.get_arguments() {
                let names = argument.get_value_names().unwrap_or_default();
                let name = names.first().map(ToString::to_string).unwrap_or_default();
                let has = argument.get::<ArgValueCompleter>().is_some();
                let wants = ["REF", "MODEL", "INPUT", "DEPLOYMENT"].contains(&name.as_str());
                assert!(has || !wants, "{} {name}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        use clap::CommandFactory;
        check(&augmented(crate::cli::Cli::command()));
    }
}
