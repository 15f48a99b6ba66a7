//! The table as text, and the page that shows it.

use std::fmt::Write as _;
use std::path::Path;

use crate::operation::Operation;
use crate::promise::{Ending, ROWS};
use crate::witness;
use crate::{TESTED, rows};

/// The table of `docs/reliability.md`, with the reasons of its empty cells.
pub(crate) fn table() -> String {
    let mut reasons: Vec<&str> = Vec::new();
    let mut text = String::from("| Fault | |");
    for operation in Operation::ALL {
        write!(text, " {} |", operation.name()).unwrap();
    }
    text.push_str("\n|---|---|---|---|---|---|---|---|---|\n");
    for row in ROWS {
        write!(text, "| {} {} | {} |", row.fault, row.name, row.situation).unwrap();
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
        text.push('\n');
    }
    text.push('\n');
    for (number, reason) in reasons.iter().enumerate() {
        writeln!(text, "({}) {reason}.  ", number + 1).unwrap();
    }
    text
}

#[test]
fn the_page_shows_the_table() {
    let table = table();
    println!("{table}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reliability.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains(&table),
        "docs/reliability.md does not hold this table:\n{table}"
    );
}

#[test]
fn every_cell_of_the_table_is_a_test_or_has_a_reason() {
    for fault in 1..=30 {
        assert!(rows(fault).next().is_some(), "fault {fault} has no row");
        for operation in Operation::ALL {
            let promised = rows(fault).any(|row| !matches!(row.ending(operation), Ending::None(_)));
            let tested = TESTED.contains(&(fault, operation));
            assert_eq!(promised, tested, "fault {fault}, {}", operation.name());
        }
    }
}

/// So that no trace shows the token is not because nothing is traced.
#[tokio::test]
async fn the_faults_are_traced_at_every_level() {
    crate::check(30, Operation::Get).await;
    let (lines, found) = witness::traced();
    assert!(lines > 50, "{lines} lines");
    assert!(found.is_empty(), "{found:?}");
}
