//! Tables for a terminal, measured in the columns that a terminal shows.

use anstyle::Style;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::record::Cell;
use crate::terminal::{self, one_line, shortened};

const GAP: usize = 2;
/// The width that a shortened column keeps, if its text is not shorter.
const MIN_WIDTH: usize = 12;

/// A column: its title, and the text of an item's cell.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    cell: Cell,
    style: Option<fn(&str) -> Style>,
    worth: u8,
    is_whole: bool,
}

impl Column {
    /// A column that is shortened where the terminal is narrow.
    pub(crate) const fn new(title: &'static str, cell: Cell) -> Self {
        Self {
            title,
            cell,
            style: None,
            worth: 50,
            is_whole: false,
        }
    }

    /// A column that is never shortened and never left out, since its text is passed to other
    /// commands.
    pub(crate) const fn id(title: &'static str, cell: Cell) -> Self {
        Self {
            worth: u8::MAX,
            is_whole: true,
            ..Self::new(title, cell)
        }
    }

    /// The colored status of a prediction or training, which is never shortened.
    pub(crate) const fn status() -> Self {
        Self {
            style: Some(terminal::status_style),
            worth: 200,
            is_whole: true,
            ..Self::new("STATUS", Cell::Text("/status"))
        }
    }

    /// A short column that is left out rather than shortened.
    pub(crate) const fn short(title: &'static str, cell: Cell) -> Self {
        Self {
            is_whole: true,
            ..Self::new(title, cell)
        }
    }

    /// Sets the worth: where the terminal is too narrow, the column of least worth is left out.
    /// Default 50.
    pub(crate) const fn worth(mut self, worth: u8) -> Self {
        self.worth = worth;
        self
    }
}

struct Filled<'a> {
    column: &'a Column,
    cells: Vec<String>,
    width: usize,
}

impl Filled<'_> {
    /// The width below which the column is left out.
    fn min_width(&self) -> usize {
        match self.column.is_whole {
            true => self.width,
            false => self.width.min(MIN_WIDTH.max(self.column.title.width())),
        }
    }
}

/// Renders a table for a terminal of `width` columns. Columns are left out by their worth until
/// the others fit; only a column of ids may be wider than the terminal.
pub(crate) fn render(columns: &[Column], items: &[Value], width: usize) -> String {
    let mut table: Vec<Filled<'_>> = columns
        .iter()
        .map(|column| {
            let cells: Vec<String> = items
                .iter()
                .map(|item| one_line(&column.cell.text(item)))
                .collect();
            let widths = cells.iter().map(|cell| cell.width());
            let width = widths.chain([column.title.width()]).max().unwrap_or(0);
            Filled {
                column,
                cells,
                width,
            }
        })
        .collect();
    leave_out(&mut table, width);
    let widths = widths(&table, width);
    let mut text = String::new();
    let titles = table.iter().map(|filled| filled.column.title);
    line(&mut text, titles, &widths, |_, cell| {
        terminal::styled(cell, Style::new().bold())
    });
    for row in 0..items.len() {
        let cells = table.iter().map(|filled| filled.cells[row].as_str());
        line(&mut text, cells, &widths, |n, cell| {
            match table[n].column.style {
                Some(style) => terminal::styled(cell, style(cell)),
                None => cell.to_owned(),
            }
        });
    }
    text
}

/// Removes the columns of least worth, from the right, until the others fit.
fn leave_out(table: &mut Vec<Filled<'_>>, width: usize) {
    loop {
        let needed: usize = table.iter().map(|filled| filled.min_width() + GAP).sum();
        let removable = table.iter().enumerate().rev();
        let least = removable
            .filter(|(_, filled)| filled.column.worth < u8::MAX)
            .min_by_key(|(_, filled)| filled.column.worth);
        match least {
            Some((n, _)) if needed > width + GAP && table.len() > 1 => {
                table.remove(n);
            }
            _ => return,
        }
    }
}

/// The width of each column: its own, or less where the widest have to be shortened.
fn widths(table: &[Filled<'_>], width: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = table.iter().map(|filled| filled.width).collect();
    while widths.iter().map(|width| width + GAP).sum::<usize>() > width + GAP {
        let shortenable = (0..table.len())
            .filter(|n| !table[*n].column.is_whole && widths[*n] > table[*n].min_width());
        // Step by step, so that several wide columns end with the same width.
        match shortenable.max_by_key(|n| widths[*n]) {
            Some(widest) => widths[widest] -= 1,
            None => break,
        }
    }
    // A single column that is not one of ids never exceeds the terminal.
    if let ([only], [width_of_only]) = (table, widths.as_mut_slice())
        && !only.column.is_whole
    {
        *width_of_only = (*width_of_only).min(width);
    }
    widths
}

fn line<'a>(
    table: &mut String,
    cells: impl ExactSizeIterator<Item = &'a str>,
    widths: &[usize],
    paint: impl Fn(usize, &str) -> String,
) {
    let last = cells.len().saturating_sub(1);
    for (n, cell) in cells.enumerate() {
        let cell = shortened(cell, widths[n]);
        table.push_str(&paint(n, &cell));
        if n < last {
            table.push_str(&" ".repeat(widths[n] + GAP - cell.width()));
        }
    }
    table.truncate(table.trim_end_matches(' ').len());
    table.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: [Column; 2] = [
        Column::id("NAME", Cell::Text("/name")),
        Column::new("ABOUT", Cell::Text("/about")),
    ];

    const JOBS: [Column; 4] = [
        Column::id("ID", Cell::Text("/id")),
        Column::new("MODEL", Cell::Text("/model")).worth(100),
        Column::status(),
        Column::short("CREATED", Cell::Text("/created")),
    ];

    fn jobs() -> [Value; 2] {
        [
            json!({"id": "gm3qorzdhgbfurvjtvhg6dckhu", "model": "meta/meta-llama-3-70b-instruct", "status": "succeeded", "created": "3h ago"}),
            json!({"id": "rrr4z55ocneqzikepnug6xezpe", "model": "a/b", "status": "processing", "created": "10m ago"}),
        ]
    }

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
    fn ids_are_never_truncated_and_the_status_stays_at_40_columns() {
        insta::assert_snapshot!(render(&JOBS, &jobs(), 40), @r"
        ID                          STATUS
        gm3qorzdhgbfurvjtvhg6dckhu  succeeded
        rrr4z55ocneqzikepnug6xezpe  processing
        ");
        insta::assert_snapshot!(render(&JOBS, &jobs(), 20), @r"
        ID
        gm3qorzdhgbfurvjtvhg6dckhu
        rrr4z55ocneqzikepnug6xezpe
        ");
    }

    #[test]
    fn columns_are_left_out_by_worth_and_shortened_before() {
        insta::assert_snapshot!(render(&JOBS, &jobs(), 80), @r"
        ID                          MODEL                           STATUS      CREATED
        gm3qorzdhgbfurvjtvhg6dckhu  meta/meta-llama-3-70b-instruct  succeeded   3h ago
        rrr4z55ocneqzikepnug6xezpe  a/b                             processing  10m ago
        ");
        insta::assert_snapshot!(render(&JOBS, &jobs(), 60), @r"
        ID                          MODEL                 STATUS
        gm3qorzdhgbfurvjtvhg6dckhu  meta/meta-llama-3-7…  succeeded
        rrr4z55ocneqzikepnug6xezpe  a/b                   processing
        ");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let items = [
            json!({"name": "a", "about": "日本語のモデル"}),
            json!({"name": "日本", "about": "x"}),
        ];
        insta::assert_snapshot!(render(&COLUMNS, &items, 18), @r"
        NAME  ABOUT
        a     日本語のモ…
        日本  x
        ");
    }

    #[test]
    fn only_a_column_of_ids_is_wider_than_the_terminal() {
        const NAMES: [Column; 1] = [Column::new("NAME", Cell::Text("/name"))];
        let items = [json!({"name": "a/very-long-name", "about": "x"})];
        for width in [0, 1, 5, 10, 17, 18, 19] {
            let table = render(&NAMES, &items, width);
            assert!(
                table.lines().all(|line| line.width() <= width),
                "{width}: {table:?}"
            );
            let table = render(&COLUMNS, &items, width);
            assert!(table.contains("a/very-long-name"), "{width}: {table:?}");
        }
    }
}
