//! Sweeps: one argument that stands for several values, `seed=1..8` or `size=1,2,4`.

use super::WrittenInput;
use super::argument::{Argument, Literal};
use crate::error::{CliError, Result};

const MAX_VALUES: u64 = 100_000;

/// The inputs that a sweep stands for: every combination of the values of its arguments.
pub(crate) fn expand(written: &WrittenInput) -> Result<Vec<WrittenInput>> {
    let mut expanded = vec![WrittenInput {
        arguments: Vec::new(),
        ..written.clone()
    }];
    for argument in &written.arguments {
        let values = values(argument)?;
        if expanded.len() as u64 * values.len() as u64 > MAX_VALUES {
            let message = format!("the sweep has more than {MAX_VALUES} predictions");
            return Err(CliError::usage(message));
        }
        expanded = expanded
            .iter()
            .flat_map(|input| {
                values.iter().map(|value| {
                    let mut input = input.clone();
                    input.arguments.push(value.clone());
                    input
                })
            })
            .collect();
    }
    if expanded.len() < 2 {
        return Err(
            CliError::usage("--sweep needs an input with several values")
                .hint("such as seed=1..8, or size=small,large"),
        );
    }
    Ok(expanded)
}

fn values(argument: &Argument) -> Result<Vec<Argument>> {
    let (Some(key), Literal::Text(text)) = (&argument.key, &argument.value) else {
        return Ok(vec![argument.clone()]);
    };
    let values = match range(text)? {
        Some(numbers) => numbers.map(|number| number.to_string()).collect(),
        None => text.split(',').map(str::to_owned).collect::<Vec<_>>(),
    };
    let pair = |value| Argument::pair(key, Literal::Text(value));
    Ok(values.into_iter().map(pair).collect())
}

/// `1..8`, both ends included.
fn range(text: &str) -> Result<Option<std::ops::RangeInclusive<i64>>> {
    let ends: Option<(i64, i64)> = text
        .split_once("..")
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match ends {
        None => Ok(None),
        Some((first, last)) if first <= last && last.abs_diff(first) < MAX_VALUES => {
            Ok(Some(first..=last))
        }
        Some(_) => Err(CliError::usage(format!("invalid range `{text}`"))
            .hint("expected FIRST..LAST, such as 1..8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::argument::parse;

    fn written(arguments: &[&str]) -> WrittenInput {
        WrittenInput {
            arguments: arguments
                .iter()
                .map(|text| parse(text.as_ref()).expect("an argument"))
                .collect(),
            ..WrittenInput::default()
        }
    }

    #[test]
    fn every_combination_is_one_input() {
        let expanded = expand(&written(&["seed=1..3", "size=a,b", "x:=1"])).expect("a sweep");
        assert_eq!(expanded.len(), 6);
        let expected = written(&["seed=2", "size=b", "x:=1"]);
        assert!(
            expanded
                .iter()
                .any(|input| input.arguments == expected.arguments)
        );
    }

    #[test]
    fn invalid_sweep_is_rejected() {
        for arguments in [&["seed=8..1"][..], &["seed=1"], &["seed=0..999999999"], &[]] {
            assert!(expand(&written(arguments)).is_err(), "{arguments:?}");
        }
    }
}
