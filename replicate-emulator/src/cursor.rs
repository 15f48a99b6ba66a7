//! Pages of a list. A cursor names the item next to which a page begins, so that items that are
//! added or deleted meanwhile neither repeat nor hide others.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;

use crate::{problem::Problem, query::Query};

/// The part of a list that is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Start,
    /// After the item with this key.
    After(u64),
    /// Before the item with this key.
    Before(u64),
}

/// The order of a list's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The smallest key first.
    Ascending,
    /// The largest, which is the newest, first.
    Descending,
}

impl Order {
    fn is_before(self, one: u64, other: u64) -> bool {
        match self {
            Self::Ascending => one < other,
            Self::Descending => one > other,
        }
    }
}

/// A page of a list in the API's format.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    previous: Option<String>,
    next: Option<String>,
    results: Vec<T>,
}

/// The page at the query's cursor of the list at `url`, whose items have unique keys.
pub(crate) fn page<T, U>(
    url: &str,
    query: &Query,
    size: usize,
    order: Order,
    items: impl IntoIterator<Item = (u64, T)>,
    shape: impl FnMut(T) -> U,
) -> Result<Page<U>, Problem> {
    let mut items: Vec<(u64, T)> = items.into_iter().collect();
    items.sort_unstable_by_key(|(key, _)| *key);
    if order == Order::Descending {
        items.reverse();
    }
    let (start, end) = match position(query)? {
        Position::Start => (0, size),
        Position::After(cursor) => {
            let start = items.partition_point(|(key, _)| !order.is_before(cursor, *key));
            (start, start + size)
        }
        Position::Before(cursor) => {
            let end = items.partition_point(|(key, _)| order.is_before(*key, cursor));
            (end.saturating_sub(size), end)
        }
    };
    let link = |(key, _): &(u64, T), side: char| {
        let cursor = BASE64_URL_SAFE_NO_PAD.encode(format!("{side}={key}"));
        format!("{url}?{}", query.with("cursor", &cursor))
    };
    let count = items.len();
    let shown = &items[start..end.min(count)];
    Ok(Page {
        previous: shown
            .first()
            .filter(|_| start > 0)
            .map(|first| link(first, 'b')),
        next: shown
            .last()
            .filter(|_| end < count)
            .map(|last| link(last, 'a')),
        results: {
            let shown = items.into_iter().skip(start).take(end - start);
            shown.map(|(_, item)| item).map(shape).collect()
        },
    })
}

fn position(query: &Query) -> Result<Position, Problem> {
    let Some(cursor) = query.get("cursor").filter(|c| !c.is_empty()) else {
        return Ok(Position::Start);
    };
    let place = BASE64_URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('='));
    let place = String::from_utf8(place.unwrap_or_default()).unwrap_or_default();
    match place.split_once('=').map(|(side, key)| (side, key.parse())) {
        Some(("a", Ok(key))) => Ok(Position::After(key)),
        Some(("b", Ok(key))) => Ok(Position::Before(key)),
        _ => Err(Problem::bad_request(
            "Invalid `cursor`: use the `next` and `previous` URLs of a page unchanged.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Order::{Ascending, Descending};

    /// The even ones of `items`, three a page.
    fn page(items: std::ops::Range<u64>, raw: Option<&str>, order: Order) -> Page<u64> {
        let items = items.filter(|n| n % 2 == 0).map(|n| (n, n));
        let query = Query::parse(raw);
        let page = super::page("http://host/v1/things", &query, 3, order, items, |n| n);
        page.expect("a page")
    }

    fn raw(url: Option<&str>) -> Option<&str> {
        url.and_then(|a| a.split_once('?')).map(|(_, raw)| raw)
    }

    #[test]
    fn next_lists_every_item_once_and_previous_goes_back() {
        for order in [Ascending, Descending] {
            let mut expected: Vec<u64> = (0..20).step_by(2).collect();
            if order == Descending {
                expected.reverse();
            }
            let mut pages = vec![page(0..20, Some("sort=x"), order)];
            while let Some(next) = pages.last().and_then(|p| p.next.clone()) {
                assert!(next.starts_with("http://host/v1/things?sort=x&cursor="));
                pages.push(page(0..20, raw(Some(&next)), order));
            }
            let seen: Vec<u64> = pages.iter().flat_map(|p| p.results.clone()).collect();
            assert_eq!(seen, expected);
            assert_eq!(pages[0].previous, None);
            for pair in pages.windows(2) {
                let back = page(0..20, raw(pair[1].previous.as_deref()), order);
                assert_eq!(back.results, pair[0].results);
            }
        }
    }

    #[test]
    fn an_item_added_meanwhile_does_not_repeat_one() {
        let first = page(0..12, None, Descending);
        let second = page(0..14, raw(first.next.as_deref()), Descending);
        assert_eq!(first.results, [10, 8, 6]);
        assert_eq!(second.results, [4, 2, 0]);
    }

    #[test]
    fn an_invalid_cursor_is_refused() {
        for cursor in ["x", "%00", "YT0", "Yz0x", "cD0yMDIz"] {
            let query = Query::parse(Some(&format!("cursor={cursor}")));
            assert!(position(&query).is_err(), "{cursor}");
        }
    }
}
