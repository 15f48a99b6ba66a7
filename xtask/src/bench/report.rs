//! The measurements of a case as a Markdown table.

use serde::Serialize;

use super::cases::{By, Case};
use super::measure::{self, Median, Sample};
use super::peers::OURS;

/// One client in one case.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) case: &'static str,
    pub(super) client: &'static str,
    pub(super) units: f64,
    /// Seconds for each unit.
    pub(super) cpu: Median,
    /// Seconds for each unit.
    pub(super) wall: Median,
    /// KiB.
    pub(super) peak: Median,
    /// KiB.
    pub(super) growth: Median,
    /// Seconds.
    pub(super) delay: Median,
    /// The 99th percentile of the delays.
    pub(super) slowest: f64,
    /// The CPU time of twice the work, as a multiple.
    pub(super) doubled: Option<f64>,
    pub(super) instructions: Option<f64>,
    pub(super) samples: Vec<Sample>,
}

/// What ours takes in a case, as a multiple of the floor.
pub(super) fn ratio(rows: &[Row], case: &Case) -> Option<f64> {
    let ours = rows
        .iter()
        .find(|row| row.case == case.name && row.client == OURS)?;
    let floor = measure::compared(case.by, measure::floor(rows, case)?);
    (floor > 0.0).then(|| measure::compared(case.by, ours) / floor)
}

pub(super) fn table(case: &Case, rows: &[Row]) -> String {
    let has_instructions = rows.iter().any(|row| row.instructions.is_some());
    let mut head = vec!["client", "count", "CPU", "time", "spread"];
    head.push(if case.by == By::Delay {
        "p50 / p99"
    } else {
        "memory: peak, growth"
    });
    head.push("× floor");
    if has_instructions {
        head.push("instructions (× floor)");
    }
    let mut lines = vec![head.join(" | "), vec!["---"; head.len()].join(" | ")];
    let floor = measure::floor(rows, case);
    for row in rows {
        let multiple = |value: &dyn Fn(&Row) -> f64| {
            let of = floor.map(value).filter(|floor| *floor > 0.0);
            of.map_or("–".to_owned(), |of| format!("{:.2}", value(row) / of))
        };
        let spread = if case.by == By::Wall {
            row.wall.spread
        } else {
            row.cpu.spread
        };
        let mut cells = vec![
            row.client.to_owned(),
            format!("{:.0}", row.units),
            duration(row.cpu.value),
            duration(row.wall.value),
            format!("{:.0} %", 100.0 * spread),
            match case.by {
                By::Delay => format!("{} / {}", duration(row.delay.value), duration(row.slowest)),
                _ => format!("{}, {}", mib(row.peak.value), mib(row.growth.value)),
            },
            multiple(&|row| measure::compared(case.by, row)),
        ];
        if has_instructions {
            let own = row.instructions.map(|number| {
                let times = multiple(&|row| row.instructions.unwrap_or_default());
                format!("{number:.0} ({times})")
            });
            cells.push(own.unwrap_or_else(|| "–".to_owned()));
        }
        lines.push(cells.join(" | "));
    }
    let lines: String = lines.iter().map(|line| format!("| {line} |\n")).collect();
    let doubled = rows.iter().find_map(|row| row.doubled);
    let doubled =
        doubled.map(|times| format!("\nTwice the work takes ours {times:.2} × the CPU time.\n"));
    let goal = case.goal.map_or_else(String::new, |goal| {
        format!(" Goal: at most {goal:.2} × floor.")
    });
    format!(
        "### `{}`: {}\n\nCPU and time for each {}.{goal}\n\n{lines}{}",
        case.name,
        case.title,
        case.unit,
        doubled.unwrap_or_default()
    )
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s if s >= 1e-6 => format!("{:.1} µs", s * 1e6),
        s => format!("{:.0} ns", s * 1e9),
    }
}

fn mib(kib: f64) -> String {
    format!("{:.1} MiB", kib / 1024.0)
}
