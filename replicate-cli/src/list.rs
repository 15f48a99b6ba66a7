//! Prints lists: as many pages as the limit needs, as one JSON array or a table.

use std::str::FromStr;

use clap::Args;
use futures::TryStreamExt;
use replicate::List;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::CliError;
use crate::session::Session;
use crate::table::{self, Column};
use crate::terminal;

/// The option for the number of items.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Show at most N items, read from as many pages as needed, or all
    #[arg(short, long, value_name = "N|all", default_value = "100")]
    limit: Count,
}

#[derive(Clone, Copy, Debug)]
enum Count {
    All,
    UpTo(usize),
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(count)) => Ok(Self::UpTo(count)),
            _ => Err("expected a number or all".to_owned()),
        }
    }
}

impl Limit {
    fn reached(self, count: usize) -> bool {
        matches!(self.limit, Count::UpTo(limit) if count >= limit)
    }
}

/// Reads a list and prints it once it is complete.
pub(crate) async fn print<T>(
    session: &Session,
    list: List<T>,
    limit: Limit,
    columns: &[Column],
) -> Result<(), CliError> {
    let (items, more) = session.unless_interrupted(fetch(list, limit)).await??;
    if !session.is_interactive() {
        return session.write_json(array(&items));
    }
    let values: Vec<Value> = items
        .iter()
        .map(|item| serde_json::from_str(item.get()).unwrap_or_default())
        .collect();
    print_values(session, &values, columns)?;
    if more {
        session.note("there may be more: use --limit N or --limit all");
    }
    Ok(())
}

/// Prints items as a table.
pub(crate) fn print_values(
    session: &Session,
    items: &[Value],
    columns: &[Column],
) -> Result<(), CliError> {
    if items.is_empty() {
        session.note("nothing found");
        return Ok(());
    }
    Ok(terminal::write_data(table::render(
        columns,
        items,
        terminal::width(),
    ))?)
}

/// The items, and whether the limit has cut the list.
async fn fetch<T>(list: List<T>, limit: Limit) -> Result<(Vec<Box<RawValue>>, bool), CliError> {
    let mut items = Vec::new();
    let mut pages = list.decode_as::<Box<RawValue>>().pages();
    while !limit.reached(items.len()) {
        let Some(page) = pages.try_next().await? else {
            return Ok((items, false));
        };
        for item in page.results {
            if limit.reached(items.len()) {
                return Ok((items, true));
            }
            items.push(item);
        }
        if page.next.is_none() {
            return Ok((items, false));
        }
    }
    Ok((items, true))
}

/// The items as one JSON array, each as the API sent it.
fn array(items: &[Box<RawValue>]) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let items: Vec<&str> = items.iter().map(|item| item.get()).collect();
    format!("[\n{}\n]", items.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_bytes_in_the_array() {
        let texts = [r#"{"n":1e3, "x":1.0}"#, r#""\u00e9""#];
        let items = texts.map(|text| RawValue::from_string(text.to_owned()).expect("JSON"));
        assert_eq!(array(&items), format!("[\n{},\n{}\n]", texts[0], texts[1]));
        assert_eq!(array(&[]), "[]");
    }
}
