//! Markdown tables.

/// Writes rows in columns as wide as their widest cell; the first row is the head.
pub(crate) fn markdown(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("| {cell:<width$} "));
            cells.collect::<String>() + "|\n"
        })
        .collect();
    let rule = widths
        .iter()
        .map(|width| format!("| {} ", "-".repeat(*width)));
    lines.insert(1, rule.collect::<String>() + "|\n");
    lines.concat()
}

/// Builds a row of these cells.
pub(crate) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}
