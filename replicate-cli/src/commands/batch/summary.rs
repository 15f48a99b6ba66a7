//! One-line summary of a batch.

use std::fmt::Write as _;

use replicate::batch::{BatchProgress, StopReason};
use serde_json::json;

pub(super) fn stopped(reason: StopReason) -> String {
    match reason {
        StopReason::MaxPredictions => "stopped at --max-predictions".to_owned(),
        StopReason::MaxFailures => "stopped at --max-failures".to_owned(),
        StopReason::Error(kind) => format!("stopped by an error ({kind})"),
        StopReason::Journal => "stopped, the journal could not be written".to_owned(),
        _ => "stopped".to_owned(),
    }
}

/// Advice for lines that are not done.
pub(super) fn hint(progress: &BatchProgress, unsaved: usize) -> String {
    let mut parts = Vec::new();
    if progress.waiting + progress.unfinished + progress.not_created + unsaved > 0 {
        parts.push("continue with --resume");
    }
    if progress.unknown > 0 {
        parts.push(
            "look for lines of unknown outcome (replicate predictions list); --resume --retry-unknown creates them again",
        );
    }
    if progress.expired > 0 {
        parts.push("create expired ones again with --resume --retry-expired");
    }
    if parts.is_empty() {
        parts.push("see the lines with an error in the results");
    }
    parts.join("; ")
}

/// `1 line`, `2 lines`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn counts(progress: &BatchProgress, unsaved: usize) -> [(&'static str, usize); 9] {
    [
        ("succeeded", progress.succeeded),
        ("failed", progress.failed),
        ("expired", progress.expired),
        ("unfinished", progress.unfinished),
        ("unknown", progress.unknown),
        ("not created", progress.not_created),
        ("not saved", unsaved),
        ("running", progress.running),
        ("not started", progress.waiting),
    ]
}

pub(super) fn summary(progress: &BatchProgress, unsaved: usize) -> String {
    let mut text = counted(progress.total, "line");
    let counts = counts(progress, unsaved).into_iter();
    for (number, (name, count)) in counts.filter(|(_, count)| *count > 0).enumerate() {
        let separator = if number == 0 { ": " } else { ", " };
        let _ = write!(text, "{separator}{count} {name}");
    }
    text
}

/// The same as JSON, with the counts that are zero.
pub(super) fn json_summary(progress: &BatchProgress, unsaved: usize) -> serde_json::Value {
    let mut summary = json!({ "lines": progress.total });
    for (name, count) in counts(progress, unsaved) {
        summary[name.replace(' ', "_")] = count.into();
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_leaves_out_what_there_is_none_of() {
        let mut progress = BatchProgress::default();
        progress.total = 10;
        progress.succeeded = 7;
        progress.unknown = 1;
        progress.waiting = 2;
        let expected = "10 lines: 7 succeeded, 1 unknown, 2 not started";
        assert_eq!(summary(&progress, 0), expected);
    }
}
