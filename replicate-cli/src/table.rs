//! Tables for a terminal.

use anstyle::Style;
use serde_json::Value;

use crate::terminal;

/// Spaces between columns.
const GAP: usize = 2;
/// Limit of a column's width; the last column takes the rest.
const MAX_COLUMN_WIDTH: usize = 48;

/// A column: its title, and the text of an item's cell.
pub(crate) struct Column {
    title: &'static str,
    cell: fn(&Value) -> String,
    style: Option<fn(&str) -> Style>,
}

impl Column {
    pub(crate) const fn new(title: &'static str, cell: fn(&Value) -> String) -> Self {
        Self {
            title,
            cell,
            style: None,
        }
    }

    /// A column whose cells are styled by their text.
    pub(crate) const fn styled(
        title: &'static str,
        cell: fn(&Value) -> String,
        style: fn(&str) -> Style,
    ) -> Self {
        Self {
            title,
            cell,
            style: Some(style),
        }
    }
}

/// Renders a table with lines of at most `width` columns.
pub(crate) fn render(columns: &[Column], items: &[Value], width: usize) -> String {
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| {
            columns
                .iter()
                .map(|column| plain(&(column.cell)(item)))
                .collect()
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(n, column)| {
            let cells = rows.iter().map(|row| row[n].chars().count());
            cells
                .chain([column.title.chars().count()])
                .max()
                .unwrap_or(0)
                .min(MAX_COLUMN_WIDTH)
        })
        .collect();
    let mut table = String::new();
    let titles: Vec<String> = columns
        .iter()
        .map(|column| column.title.to_owned())
        .collect();
    line(&mut table, &titles, &widths, width, |_, cell| {
        terminal::styled(cell, Style::new().bold())
    });
    for row in &rows {
        line(&mut table, row, &widths, width, |n, cell| {
            match columns[n].style {
                Some(style) => terminal::styled(cell, style(cell)),
                None => cell.to_owned(),
            }
        });
    }
    table
}

fn line(
    table: &mut String,
    cells: &[String],
    widths: &[usize],
    width: usize,
    paint: impl Fn(usize, &str) -> String,
) {
    let mut used = 0;
    for (n, cell) in cells.iter().enumerate() {
        let is_last = n + 1 == cells.len();
        let room = width.saturating_sub(used);
        let cell = cut(cell, if is_last { room } else { widths[n].min(room) });
        table.push_str(&paint(n, &cell));
        if !is_last {
            let blank = (widths[n] + GAP).saturating_sub(cell.chars().count());
            let blank = blank.min(width.saturating_sub(used + cell.chars().count()));
            table.push_str(&" ".repeat(blank));
        }
        used += widths[n] + GAP;
    }
    table.truncate(table.trim_end_matches(' ').len());
    table.push('\n');
}

/// The text, truncated to `width` characters.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    if width > 0 {
        short.push('…');
    }
    short
}

/// The text on one line, without control characters.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: [Column; 2] = [
        Column::new("NAME", |item| {
            item["name"].as_str().unwrap_or_default().to_owned()
        }),
        Column::new("ABOUT", |item| {
            item["about"].as_str().unwrap_or_default().to_owned()
        }),
    ];

    #[test]
    fn columns_are_aligned_and_lines_cut_at_the_width() {
        let items = [
            json!({"name": "a/long-name", "about": "What\nit is"}),
            json!({"name": "b", "about": "A description that does not fit into the line"}),
            json!({"name": "c", "about": null}),
        ];
        insta::assert_snapshot!(render(&COLUMNS, &items, 40), @r"
        NAME         ABOUT
        a/long-name  What it is
        b            A description that does no…
        c
        ");
    }

    #[test]
    fn table_fits_a_narrow_terminal() {
        let items = [json!({"name": "a/very-long-name", "about": "x"})];
        for width in [0, 1, 5, 10, 17, 18, 19] {
            let table = render(&COLUMNS, &items, width);
            assert!(
                table.lines().all(|line| line.chars().count() <= width),
                "{width}: {table:?}"
            );
        }
    }
}
