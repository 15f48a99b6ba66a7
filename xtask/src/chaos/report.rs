//! The results of the runs, counted and printed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::client::{Ended, Runs};
use crate::harness::table::{self, row};

/// The error after which the client looks for the run's prediction.
const UNKNOWN: &str = "OutcomeUnknown";

/// The runs of one client.
#[derive(Default)]
pub(super) struct Report {
    name: &'static str,
    runs: u64,
    results: u64,
    wrong: u64,
    errors: BTreeMap<String, u64>,
    hung: u64,
    predictions: u64,
    twice: u64,
    most: u32,
    /// Runs that ended in an error that does not mention the prediction that they created.
    silent: u64,
    /// Runs whose prediction was found after an error of unknown outcome.
    found: u64,
    took: Duration,
    /// The runs that broke a promise, with the reason.
    pub(super) broken: Vec<String>,
}

impl Report {
    /// Compares each run with what reached the server.
    pub(super) fn new(
        name: &'static str,
        runs: u64,
        outcome: &Runs,
        creates: &HashMap<u64, u32>,
    ) -> Self {
        let mut report = Self {
            name,
            runs,
            predictions: creates.values().map(|count| u64::from(*count)).sum(),
            twice: creates.values().filter(|count| **count > 1).count() as u64,
            most: creates.values().copied().max().unwrap_or_default(),
            took: outcome.took,
            ..Self::default()
        };
        let ended: HashMap<u64, &Ended> =
            outcome.ended.iter().map(|(run, end)| (*run, end)).collect();
        for run in 0..runs {
            let created = creates.get(&run).copied().unwrap_or_default();
            let what = report.check(run, ended.get(&run).copied(), created);
            let what = match created {
                0 | 1 => what,
                _ => Some(format!("{created} creates reached the server")),
            };
            report
                .broken
                .extend(what.map(|what| format!("run {run}: {what}")));
        }
        report
    }

    /// Counts a run, and returns how its end breaks a promise.
    fn check(&mut self, run: u64, ended: Option<&Ended>, created: u32) -> Option<String> {
        let own = format!("done-{run}");
        let error = match ended {
            Some(Ended::Error(name, _) | Ended::Nothing(name)) => Some(name.as_str()),
            Some(Ended::Found(_)) => Some(UNKNOWN),
            _ => None,
        };
        if let Some(name) = error {
            *self.errors.entry(name.to_owned()).or_default() += 1;
        }
        let broken = match ended {
            None | Some(Ended::Hung) => {
                self.hung += 1;
                "did not end".to_owned()
            }
            Some(Ended::Result(output)) if *output == own => {
                self.results += 1;
                return None;
            }
            Some(Ended::Result(output)) => {
                self.wrong += 1;
                format!("has the result {output:?} of another run")
            }
            Some(Ended::Found(output)) => {
                self.found += 1;
                if created > 0 && *output == own {
                    return None;
                }
                format!("found a prediction of another run, with the output {output:?}")
            }
            Some(Ended::Nothing(_)) if created > 0 => {
                "did not find its prediction, which exists".to_owned()
            }
            Some(Ended::Error(name, false)) if created > 0 => {
                self.silent += 1;
                format!("{name} does not mention its prediction")
            }
            Some(Ended::Error(name, _)) if name == "Other" => "its error has no kind".to_owned(),
            Some(Ended::Nothing(_) | Ended::Error(..)) => return None,
        };
        Some(broken)
    }

    /// Fails each run whose create was accepted by a complete response and that did not end with
    /// its result: the prediction exists, and the network came back.
    pub(super) fn require_results(mut self, accepted: &HashSet<u64>, outcome: &Runs) -> Self {
        let without = outcome
            .ended
            .iter()
            .filter(|(run, ended)| accepted.contains(run) && !matches!(ended, Ended::Result(_)));
        for (run, ended) in without {
            let what = format!("run {run}: ended with {ended:?} in place of its result");
            self.broken.push(what);
        }
        self
    }

    pub(super) fn passed(&self) -> u64 {
        self.runs.saturating_sub(self.broken.len() as u64)
    }

    /// The number of errors of each name, the most frequent first.
    fn errors(&self) -> String {
        let mut errors: Vec<_> = self.errors.iter().collect();
        errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let errors = errors.iter().map(|(name, count)| format!("{name} {count}"));
        format!(
            "errors of {}: {}\n",
            self.name,
            errors.collect::<Vec<_>>().join(", ")
        )
    }
}

/// The name of a value, and how it is read.
type Value = (&'static str, fn(&Report) -> String);

/// A table with a column for each report, and the errors.
pub(super) fn text(reports: &[Report]) -> String {
    let rows: [Value; 12] = [
        ("", |r| r.name.to_owned()),
        ("runs", |r| r.runs.to_string()),
        ("ended with their result", |r| r.results.to_string()),
        ("ended with an error", |r| {
            r.errors.values().sum::<u64>().to_string()
        }),
        ("never ended", |r| r.hung.to_string()),
        ("ended with a wrong or empty result", |r| {
            r.wrong.to_string()
        }),
        ("predictions at the server", |r| r.predictions.to_string()),
        ("runs with more than one prediction", |r| {
            r.twice.to_string()
        }),
        ("most predictions of one run", |r| r.most.to_string()),
        ("predictions found again after an error", |r| {
            r.found.to_string()
        }),
        ("errors silent about their prediction", |r| {
            r.silent.to_string()
        }),
        ("seconds", |r| format!("{:.1}", r.took.as_secs_f64())),
    ];
    let rows = rows.map(|(name, value)| {
        let mut row = row([name]);
        row.extend(reports.iter().map(value));
        row
    });
    let errors: String = reports.iter().map(Report::errors).collect();
    format!("{}\n{errors}", table::markdown(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_breaks_a_promise_or_passes() {
        let result = |output: &str| Ended::Result(output.into());
        let found = |output: &str| Ended::Found(output.into());
        let error = |name: &str, mentions| Ended::Error(name.into(), mentions);
        let nothing = || Ended::Nothing(UNKNOWN.into());
        for (number, (ended, created, passes)) in [
            (result("done-0"), 1, true),
            (result("done-0"), 2, false),
            (result(""), 1, false),
            (Ended::Hung, 1, false),
            // An existing prediction must be mentioned, or be found, and no other.
            (error(UNKNOWN, true), 1, true),
            (error("Connect", false), 1, false),
            (error("Connect", false), 0, true),
            (error("Other", false), 0, false),
            (found("done-0"), 1, true),
            (found("done-1"), 1, false),
            (found("done-0"), 0, false),
            (nothing(), 0, true),
            (nothing(), 1, false),
        ]
        .into_iter()
        .enumerate()
        {
            let (report, _) = report(ended, created);
            assert_eq!(report.passed(), u64::from(passes), "row {number}");
        }
    }

    #[test]
    fn an_accepted_create_requires_its_result() {
        let error = || Ended::Error("Server".into(), true);
        let result = Ended::Result("done-0".into());
        for (ended, accepted, passes) in [
            (error(), HashSet::new(), 1),
            (error(), HashSet::from([0]), 0),
            (result, HashSet::from([0]), 1),
        ] {
            let (report, runs) = report(ended, 1);
            assert_eq!(report.require_results(&accepted, &runs).passed(), passes);
        }
    }

    fn report(ended: Ended, created: u32) -> (Report, Runs) {
        let (ended, took) = (vec![(0, ended)], Duration::ZERO);
        let runs = Runs { ended, took };
        let report = Report::new("ours", 1, &runs, &HashMap::from([(0, created)]));
        (report, runs)
    }
}
