//! The measurements of a case as a Markdown table.

use std::fmt;

use serde::Serialize;

use super::cases::{By, Case};
use super::measure::{Median, Sample};
use super::peers::{FLOOR, OURS};
use crate::harness::table::{self, row};

/// One client in one case.
#[derive(Clone, Debug, Default, Serialize)]
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
    /// The CPU time of the work as a multiple of that of half of it.
    pub(super) doubled: Option<f64>,
    /// The same for the growth of memory.
    pub(super) growth_doubled: Option<f64>,
    /// For each unit.
    pub(super) instructions: Option<f64>,
    pub(super) samples: Vec<Sample>,
}

impl Row {
    /// The value that a case is compared by.
    fn compared(&self, by: By) -> f64 {
        match by {
            By::Cpu => self.cpu.value,
            By::Wall => self.wall.value,
            By::Peak => self.peak.value,
            By::Delay => self.delay.value,
        }
    }
}

/// Cost of our client in a case as a multiple of the floor.
pub(super) struct Ratio {
    value: f64,
    limit: f64,
    measure: &'static str,
}

impl Ratio {
    /// In instructions where they were counted, which do not depend on the machine; otherwise in
    /// CPU time.
    pub(super) fn new(case: &Case, rows: &[Row]) -> Option<Self> {
        let row = |client| rows.iter().find(|row| row.client == client);
        let (ours, floor) = (row(OURS)?, row(FLOOR)?);
        let (in_instructions, in_cpu_time) = case.quick?.limit;
        Some(match (ours.instructions, floor.instructions) {
            (Some(ours), Some(floor)) => Self {
                value: ours / floor,
                limit: in_instructions,
                measure: "instructions",
            },
            _ => Self {
                value: ours.cpu.value / floor.cpu.value,
                limit: in_cpu_time,
                measure: "CPU time",
            },
        })
    }

    pub(super) fn exceeds_limit(&self) -> bool {
        self.value.is_nan() || self.value > self.limit
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            value,
            limit,
            measure,
        } = self;
        write!(f, "{value:.2} × floor in {measure} (at most {limit:.2})")
    }
}

/// The clients of a case as a table.
pub(super) fn table(case: &Case, rows: &[Row]) -> String {
    let has_instructions = rows.iter().any(|row| row.instructions.is_some());
    let detail = match case.by {
        By::Delay => "p50 / p99",
        _ => "memory: peak, growth",
    };
    let mut lines = vec![row([
        "client", "count", "CPU", "time", "spread", detail, "× floor",
    ])];
    if has_instructions {
        lines[0].push("instructions (× floor)".to_owned());
    }
    let floor = rows.iter().find(|row| row.client == FLOOR);
    for row in rows {
        let multiple = |value: &dyn Fn(&Row) -> f64| {
            let of = floor.map(value).filter(|floor| *floor > 0.0);
            of.map_or("–".to_owned(), |of| format!("{:.2}", value(row) / of))
        };
        let timed = if case.by == By::Wall {
            row.wall
        } else {
            row.cpu
        };
        let mut cells = vec![
            row.client.to_owned(),
            format!("{:.0}", row.units),
            duration(row.cpu.value),
            duration(row.wall.value),
            format!("{:.0} %", 100.0 * timed.spread),
            match case.by {
                By::Delay => format!("{} / {}", duration(row.delay.value), duration(row.slowest)),
                _ => format!("{}, {}", mib(row.peak.value), mib(row.growth.value)),
            },
            multiple(&|row| row.compared(case.by)),
        ];
        if has_instructions {
            let own = row.instructions.map(|number| {
                let times = multiple(&|row| row.instructions.unwrap_or_default());
                format!("{number:.0} ({times})")
            });
            cells.push(own.unwrap_or_else(|| "–".to_owned()));
        }
        lines.push(cells);
    }
    let Case {
        name, title, unit, ..
    } = case;
    let goal = case
        .goal
        .map(|goal| format!(" Goal: at most {goal:.2} × floor."));
    let mut text = format!(
        "## `{name}`: {title}\n\nCPU and time for each {unit}.{}\n\n{}",
        goal.unwrap_or_default(),
        table::markdown(&lines)
    );
    if let Some((row, times)) = rows.iter().find_map(|row| Some((row, row.doubled?))) {
        let memory = row.growth_doubled;
        let memory = memory.map(|times| format!(" and {times:.2} × the growth of memory"));
        let memory = memory.unwrap_or_default();
        text += &format!("\nTwice the work takes ours {times:.2} × the CPU time{memory}.\n");
    }
    text
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

#[cfg(test)]
mod tests {
    use super::super::cases::CASES;
    use super::*;

    fn exceeds_limit(ours: (f64, Option<f64>), floor: (f64, Option<f64>)) -> bool {
        let case = CASES.iter().find(|case| case.name == "get").unwrap();
        let rows = [(OURS, ours), (FLOOR, floor)].map(|(client, (value, instructions))| Row {
            client,
            cpu: Median { value, spread: 0.0 },
            instructions,
            ..Row::default()
        });
        Ratio::new(case, &rows).unwrap().exceeds_limit()
    }

    #[test]
    fn a_multiple_over_the_limit_is_found_in_instructions_or_else_in_cpu_time() {
        assert!(!exceeds_limit((9.0, Some(1.3)), (1.0, Some(1.0))));
        assert!(exceeds_limit((1.0, Some(2.7)), (1.0, Some(1.0))));
        assert!(!exceeds_limit((1.6, None), (1.0, None)));
        assert!(exceeds_limit((3.3, None), (1.0, None)));
        let nothing_measured = (0.0, None);
        assert!(exceeds_limit(nothing_measured, nothing_measured));
    }
}
