//! The measurements of a case as a Markdown table.

use std::fmt;

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
    /// The CPU time of the work as a multiple of that of half of it.
    pub(super) doubled: Option<f64>,
    /// The same for the growth of memory.
    pub(super) growth_doubled: Option<f64>,
    /// For each unit.
    pub(super) instructions: Option<f64>,
    pub(super) samples: Vec<Sample>,
}

impl Row {
    pub(super) fn empty(case: &'static str, client: &'static str) -> Self {
        Self {
            case,
            client,
            units: 0.0,
            cpu: Median::default(),
            wall: Median::default(),
            peak: Median::default(),
            growth: Median::default(),
            delay: Median::default(),
            slowest: 0.0,
            doubled: None,
            growth_doubled: None,
            instructions: None,
            samples: Vec::new(),
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
        let ours = rows
            .iter()
            .find(|row| row.case == case.name && row.client == OURS)?;
        let floor = measure::floor(rows, case)?;
        let (in_instructions, in_cpu_time) = case.limit?;
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
    let doubled = rows.iter().find_map(|row| {
        let memory = row.growth_doubled.map_or_else(String::new, |times| {
            format!(" and {times:.2} × the growth of memory")
        });
        let times = row.doubled?;
        Some(format!(
            "\nTwice the work takes ours {times:.2} × the CPU time{memory}.\n"
        ))
    });
    let goal = case.goal.map_or_else(String::new, |goal| {
        format!(" Goal: at most {goal:.2} × floor.")
    });
    format!(
        "## `{}`: {}\n\nCPU and time for each {}.{goal}\n\n{lines}{}",
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

#[cfg(test)]
mod tests {
    use super::super::cases::CASES;
    use super::super::peers::FLOOR;
    use super::*;

    fn row(client: &'static str, cpu: f64, instructions: Option<f64>) -> Row {
        let cpu = Median {
            value: cpu,
            spread: 0.0,
        };
        Row {
            cpu,
            instructions,
            ..Row::empty("get", client)
        }
    }

    fn exceeds_limit(ours: (f64, Option<f64>), floor: (f64, Option<f64>)) -> bool {
        let case = CASES.iter().find(|case| case.name == "get").unwrap();
        let rows = [row(OURS, ours.0, ours.1), row(FLOOR, floor.0, floor.1)];
        Ratio::new(case, &rows).unwrap().exceeds_limit()
    }

    #[test]
    fn a_multiple_over_the_limit_is_found_in_instructions_or_else_in_cpu_time() {
        assert!(!exceeds_limit((9.0, Some(1.3)), (1.0, Some(1.0))));
        assert!(exceeds_limit((1.0, Some(2.7)), (1.0, Some(1.0))));
        assert!(!exceeds_limit((1.6, None), (1.0, None)));
        assert!(exceeds_limit((3.3, None), (1.0, None)));
        assert!(
            exceeds_limit((0.0, None), (0.0, None)),
            "nothing was measured"
        );
    }
}
