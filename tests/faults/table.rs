//! The table as text, and the page that shows it.

use std::fmt::Write as _;
use std::path::Path;

use crate::expectations::{Ending, ROWS};
use crate::operation::Operation;

/// The table of `docs/reliability.md`, with the reasons of its empty cells.
pub(crate) fn table() -> String {
    let mut reasons: Vec<&str> = Vec::new();
    let mut text = String::from("| Fault | |");
    for operation in Operation::ALL {
        write!(text, " {} |", operation.name()).unwrap();
    }
    text.push_str(" HTTP/2 |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for row in ROWS {
        write!(text, "| {} {} | {} |", row.number, row.name, row.situation).unwrap();
        for operation in Operation::ALL {
            match row.ending(operation) {
                Ending::Result => text.push_str(" ✓ |"),
                Ending::Error(kind) => write!(text, " `{kind:?}` |").unwrap(),
                Ending::None(reason) => {
                    let known = reasons.iter().position(|known| *known == reason);
                    let number = known.unwrap_or_else(|| {
                        reasons.push(reason);
                        reasons.len() - 1
                    });
                    write!(text, " – ({}) |", number + 1).unwrap();
                }
            }
        }
        let same = if row.http2.is_some() { "the same" } else { "" };
        writeln!(text, " {same} |").unwrap();
    }
    text.push('\n');
    for (number, reason) in reasons.iter().enumerate() {
        writeln!(text, "({}) {reason}.  ", number + 1).unwrap();
    }
    text
}

pub(crate) fn page_shows_the_table() {
    let table = table();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reliability.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains(&table),
        "docs/reliability.md does not contain this table:\n{table}"
    );
}

pub(crate) fn every_fault_has_a_row() {
    let mut numbers: Vec<_> = ROWS.iter().map(|row| row.number).collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
}
