//! Prints lists: as many pages as the limit needs, as one JSON array or a table.

use clap::Args;
use futures::TryStreamExt;
use replicate::List;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Result;
use crate::session::Session;
use crate::table::{self, Column};
use crate::terminal;

const TERMINAL_LIMIT: usize = 30;
const PIPE_LIMIT: usize = 100;

/// The option for the number of items.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Show at most N items, read from as many pages as needed, or all [default: 30 at a
    /// terminal, else 100]
    #[arg(short, long, short_alias = 'L', value_name = "N|all", value_parser = parse_limit)]
    limit: Option<usize>,
}

fn parse_limit(text: &str) -> Result<usize, &'static str> {
    match text {
        "all" => Ok(usize::MAX),
        number => number.parse().map_err(|_| "expected a number or all"),
    }
}

/// The options that select predictions or trainings. The API has no such filters: they are
/// applied to what it returns.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct JobFilter {
    /// Only predictions with this status; may be repeated
    #[arg(short, long, value_name = "STATUS", value_delimiter = ',',
          value_parser = ["starting", "processing", "succeeded", "failed", "canceled", "aborted"])]
    status: Vec<String>,
    /// Only predictions of this model, owner/name
    #[arg(short, long, value_name = "MODEL")]
    model: Option<String>,
}

impl JobFilter {
    fn matches(&self, item: &RawValue) -> bool {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Job {
            status: String,
            model: String,
        }
        if self.status.is_empty() && self.model.is_none() {
            return true;
        }
        let job: Job = serde_json::from_str(item.get()).unwrap_or_default();
        let has_status = self.status.is_empty() || self.status.contains(&job.status);
        has_status && self.model.as_ref().is_none_or(|model| *model == job.model)
    }
}

/// Reads a list and prints it once it is complete.
pub(crate) async fn print<T>(
    session: &Session,
    list: List<T>,
    limit: Limit,
    columns: &[Column],
) -> Result<()> {
    print_matching(session, list, limit, &JobFilter::default(), columns).await
}

/// Reads a list and prints the items that match, up to the limit.
pub(crate) async fn print_matching<T>(
    session: &Session,
    list: List<T>,
    limit: Limit,
    filter: &JobFilter,
    columns: &[Column],
) -> Result<()> {
    let limit = limit.limit.unwrap_or(match session.is_interactive() {
        true => TERMINAL_LIMIT,
        false => PIPE_LIMIT,
    });
    let progress = session.progress();
    progress.set_text("reading the list");
    let fetching = progress.showing(fetch(list, limit, filter));
    let (items, more) = session.unless_interrupted(fetching).await??;
    if !session.is_interactive() {
        return session.write_json(array(&items));
    }
    let values = items.iter().map(|item| serde_json::from_str(item.get()));
    let values: Vec<Value> = values.map(Result::unwrap_or_default).collect();
    print_values(session, &values, columns)?;
    if more {
        session.note("there may be more: use --limit N or --limit all");
    }
    Ok(())
}

pub(crate) fn print_values(session: &Session, items: &[Value], columns: &[Column]) -> Result<()> {
    if items.is_empty() {
        session.note("nothing found");
        return Ok(());
    }
    session.page(&table::render(columns, items, terminal::width()))
}

/// The items, and whether the limit has cut the list.
async fn fetch<T>(
    list: List<T>,
    limit: usize,
    filter: &JobFilter,
) -> Result<(Vec<Box<RawValue>>, bool)> {
    if limit == 0 {
        return Ok((Vec::new(), true));
    }
    let mut items = Vec::new();
    let mut pages = list.decode_as::<Box<RawValue>>().pages();
    while let Some(page) = pages.try_next().await? {
        let mut found = page.results.into_iter().filter(|item| filter.matches(item));
        items.extend(found.by_ref().take(limit - items.len()));
        if items.len() == limit {
            return Ok((items, found.next().is_some() || page.next.is_some()));
        }
    }
    Ok((items, false))
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

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("JSON")
    }

    #[test]
    fn items_keep_their_bytes_in_the_array() {
        let texts = [r#"{"n":1e3, "x":1.0}"#, r#""\u00e9""#];
        let items = texts.map(raw);
        assert_eq!(array(&items), format!("[\n{},\n{}\n]", texts[0], texts[1]));
        assert_eq!(array(&[]), "[]");
    }

    #[test]
    fn filter_matches_the_status_and_the_model() {
        let filter = JobFilter {
            status: vec!["failed".to_owned(), "canceled".to_owned()],
            model: Some("a/b".to_owned()),
        };
        for (item, matches) in [
            (r#"{"status":"failed","model":"a/b"}"#, true),
            (r#"{"status":"canceled","model":"a\/b"}"#, true),
            (r#"{"status":"succeeded","model":"a/b"}"#, false),
            (r#"{"status":"failed","model":"a/c"}"#, false),
            (r#"{"status":"failed"}"#, false),
            ("1", false),
        ] {
            assert_eq!(filter.matches(&raw(item)), matches, "{item}");
        }
        assert!(JobFilter::default().matches(&raw("1")));
    }
}
