//! The results of the runs, counted and printed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::client::{Ended, Runs};

/// The error after which the client looks for the run's prediction.
const UNKNOWN: &str = "OutcomeUnknown";

/// The runs of one client.
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
            results: 0,
            wrong: 0,
            errors: BTreeMap::new(),
            hung: 0,
            predictions: creates.values().map(|count| u64::from(*count)).sum(),
            twice: creates.values().filter(|count| **count > 1).count() as u64,
            most: creates.values().copied().max().unwrap_or_default(),
            silent: 0,
            found: 0,
            took: outcome.took,
            broken: Vec::new(),
        };
        let ended: HashMap<u64, &Ended> =
            outcome.ended.iter().map(|(run, end)| (*run, end)).collect();
        for run in 0..runs {
            let created = creates.get(&run).copied().unwrap_or_default();
            let what = report.check(run, ended.get(&run).copied(), created);
            report
                .broken
                .extend(what.map(|what| format!("run {run}: {what}")));
        }
        report
    }

    /// Counts a run, and returns how it breaks a promise.
    fn check(&mut self, run: u64, ended: Option<&Ended>, created: u32) -> Option<String> {
        let mut broken = match ended {
            None | Some(Ended::Hung) => {
                self.hung += 1;
                Some("did not end".to_owned())
            }
            Some(Ended::Result(output)) if *output == format!("done-{run}") => {
                self.results += 1;
                None
            }
            Some(Ended::Result(output)) => {
                self.wrong += 1;
                Some(format!("has the result {output:?} of another run"))
            }
            Some(Ended::Found(output)) => {
                *self.errors.entry(UNKNOWN.to_owned()).or_default() += 1;
                self.found += 1;
                let own = created > 0 && *output == format!("done-{run}");
                (!own).then(|| {
                    format!("found a prediction of another run, with the output {output:?}")
                })
            }
            Some(Ended::Nothing(name)) => {
                *self.errors.entry(name.clone()).or_default() += 1;
                (created > 0).then(|| "did not find its prediction, which exists".to_owned())
            }
            Some(Ended::Error(name, mentions)) => {
                *self.errors.entry(name.clone()).or_default() += 1;
                if created > 0 && !mentions {
                    self.silent += 1;
                    Some(format!("{name} does not mention its prediction"))
                } else {
                    (name == "Other").then(|| "its error has no kind".to_owned())
                }
            }
        };
        if created > 1 {
            broken = Some(format!("{created} creates reached the server"));
        }
        broken
    }

    /// Fails each run whose create was accepted by a complete response and that did not end with
    /// its result: the prediction exists, and the network came back.
    pub(super) fn require_results(mut self, accepted: &HashSet<u64>, outcome: &Runs) -> Self {
        let without = outcome
            .ended
            .iter()
            .filter(|(run, ended)| accepted.contains(run) && !matches!(ended, Ended::Result(_)));
        for (run, ended) in without {
            let what = format!("run {run}: its create was accepted, but it ended with {ended:?}");
            self.broken.push(what);
        }
        self
    }

    pub(super) fn passed(&self) -> u64 {
        self.runs.saturating_sub(self.broken.len() as u64)
    }

    /// The number of errors of each name, the most frequent first.
    pub(super) fn errors(&self) -> String {
        let mut errors: Vec<_> = self.errors.iter().collect();
        errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let errors: Vec<_> = errors
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        format!("{}: {}", self.name, errors.join(", "))
    }
}

/// A table with a column for each report.
pub(super) fn table(reports: &[Report]) -> String {
    let mut text = String::from("| |");
    for report in reports {
        text.push_str(&format!(" {} |", report.name));
    }
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(reports.len())));
    let mut row = |name: &str, value: &dyn Fn(&Report) -> String| {
        let values: Vec<_> = reports.iter().map(value).collect();
        text.push_str(&format!("| {name} | {} |\n", values.join(" | ")));
    };
    row("runs", &|r| r.runs.to_string());
    row("ended with their result", &|r| r.results.to_string());
    row("ended with an error", &|r| {
        r.errors.values().sum::<u64>().to_string()
    });
    row("never ended", &|r| r.hung.to_string());
    row("ended with a wrong or empty result", &|r| {
        r.wrong.to_string()
    });
    row("predictions at the server", &|r| r.predictions.to_string());
    row("runs with more than one prediction", &|r| {
        r.twice.to_string()
    });
    row("most predictions of one run", &|r| r.most.to_string());
    row("predictions found again after an error", &|r| {
        r.found.to_string()
    });
    row("errors silent about their prediction", &|r| {
        r.silent.to_string()
    });
    row("seconds", &|r| format!("{:.1}", r.took.as_secs_f64()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(ended: Ended, created: u32) -> Report {
        let runs = Runs {
            ended: vec![(0, ended)],
            took: Duration::ZERO,
        };
        Report::new("ours", 1, &runs, &HashMap::from([(0, created)]))
    }

    #[test]
    fn a_run_passes_with_its_result_or_an_error_that_mentions_its_prediction() {
        assert_eq!(report(Ended::Result("done-0".into()), 1).passed(), 1);
        assert_eq!(
            report(Ended::Error("OutcomeUnknown".into(), true), 1).passed(),
            1
        );
        assert_eq!(report(Ended::Error("Connect".into(), false), 0).passed(), 1);
    }

    #[test]
    fn an_existing_prediction_must_be_found_and_no_other() {
        let found = |output: &str, created| report(Ended::Found(output.into()), created);
        assert_eq!(found("done-0", 1).passed(), 1);
        assert_eq!(found("done-1", 1).passed(), 0);
        assert_eq!(found("done-0", 0).passed(), 0);
        let nothing = |created| report(Ended::Nothing(UNKNOWN.into()), created);
        assert_eq!(nothing(0).passed(), 1);
        assert_eq!(nothing(1).passed(), 0);
    }

    #[test]
    fn an_accepted_create_requires_its_result() {
        let accepted = HashSet::from([0]);
        let passed = |ended: Ended, accepted: &HashSet<u64>| {
            let runs = Runs {
                ended: vec![(0, ended)],
                took: Duration::ZERO,
            };
            let creates = HashMap::from([(0, 1)]);
            let report = Report::new("ours", 1, &runs, &creates);
            report.require_results(accepted, &runs).passed()
        };
        let error = || Ended::Error("Server".into(), true);
        assert_eq!(passed(error(), &HashSet::new()), 1);
        assert_eq!(passed(error(), &accepted), 0);
        assert_eq!(passed(Ended::Result("done-0".into()), &accepted), 1);
    }

    #[test]
    fn a_second_create_a_hang_a_wrong_result_and_a_silent_error_fail() {
        assert_eq!(report(Ended::Result("done-0".into()), 2).passed(), 0);
        assert_eq!(report(Ended::Hung, 1).passed(), 0);
        assert_eq!(report(Ended::Result(String::new()), 1).passed(), 0);
        assert_eq!(report(Ended::Error("Connect".into(), false), 1).passed(), 0);
        assert_eq!(report(Ended::Error("Other".into(), false), 0).passed(), 0);
    }
}
