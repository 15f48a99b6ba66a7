//! Pages of a list. A cursor names the item next to which a page begins, so that items that are
//! added or deleted meanwhile neither repeat nor hide others.

use std::collections::BTreeMap;

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

/// A page of a list in the API's format.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    previous: Option<String>,
    next: Option<String>,
    pub(crate) results: Vec<T>,
}

impl<T> Page<T> {
    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            previous: self.previous,
            next: self.next,
            results: self.results.into_iter().map(each).collect(),
        }
    }
}

/// Pagination of a list.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    /// The absolute URL of the list, without its query.
    pub(crate) url: String,
    pub(crate) query: &'a Query,
    pub(crate) size: usize,
    /// Smallest key first; otherwise largest (newest) first.
    pub(crate) ascending: bool,
}

impl Pages<'_> {
    /// The page of `items` at the query's cursor, of those that `keep` accepts.
    pub(crate) fn cut<'t, T>(
        &self,
        items: &'t BTreeMap<u64, T>,
        keep: impl Fn(&T) -> bool,
    ) -> Result<Page<&'t T>, Problem> {
        let position = self.position()?;
        // Keys ascend in two cases: the next page of an ascending list, and the previous page of a
        // descending one.
        let backwards = matches!(position, Position::Before(_));
        let upwards = self.ascending != backwards;
        let range = match (position, upwards) {
            (Position::Start, _) => items.range(..),
            (Position::After(key) | Position::Before(key), true) => {
                items.range(key.saturating_add(1)..)
            }
            (Position::After(key) | Position::Before(key), false) => items.range(..key),
        };
        let kept = |(_, item): &(&u64, &'t T)| keep(item);
        let mut found: Vec<(&u64, &T)> = if upwards {
            range.filter(kept).take(self.size + 1).collect()
        } else {
            range.rev().filter(kept).take(self.size + 1).collect()
        };
        let more = found.len() > self.size;
        found.truncate(self.size);
        if backwards {
            found.reverse();
        }
        let (first, last) = (found.first().map(|f| *f.0), found.last().map(|l| *l.0));
        let (has_previous, has_next) = match position {
            Position::Start => (false, more),
            Position::After(_) => (true, more),
            Position::Before(_) => (more, true),
        };
        Ok(Page {
            previous: first
                .filter(|_| has_previous)
                .map(|key| self.link(&format!("b={key}"))),
            next: last
                .filter(|_| has_next)
                .map(|key| self.link(&format!("a={key}"))),
            results: found.into_iter().map(|(_, item)| item).collect(),
        })
    }

    fn position(&self) -> Result<Position, Problem> {
        let Some(cursor) = self.query.get("cursor").filter(|c| !c.is_empty()) else {
            return Ok(Position::Start);
        };
        decode(cursor).ok_or_else(|| {
            Problem::bad_request(
                "Invalid `cursor`: use the `next` and `previous` URLs of a page unchanged.",
            )
        })
    }

    fn link(&self, place: &str) -> String {
        let cursor = BASE64_URL_SAFE_NO_PAD.encode(place);
        format!("{}?{}", self.url, self.query.with("cursor", &cursor))
    }
}

fn decode(cursor: &str) -> Option<Position> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(cursor.trim_end_matches('='))
        .ok()?;
    let (side, key) = std::str::from_utf8(&bytes).ok()?.split_once('=')?;
    let key = key.parse().ok()?;
    match side {
        "a" => Some(Position::After(key)),
        "b" => Some(Position::Before(key)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: &BTreeMap<u64, u64>, raw: Option<&str>, ascending: bool) -> Page<u64> {
        let query = Query::parse(raw);
        let pages = Pages {
            url: "http://host/v1/things".to_owned(),
            query: &query,
            size: 3,
            ascending,
        };
        let page = pages.cut(items, |item| item % 2 == 0);
        page.expect("a page").map(|item| *item)
    }

    fn raw(url: Option<&str>) -> Option<&str> {
        url.and_then(|a| a.split_once('?')).map(|(_, raw)| raw)
    }

    #[test]
    fn next_lists_every_item_once_and_previous_goes_back() {
        let items: BTreeMap<u64, u64> = (0..20).map(|n| (n, n)).collect();
        for ascending in [true, false] {
            let mut expected: Vec<u64> = (0..20).step_by(2).collect();
            if !ascending {
                expected.reverse();
            }
            let mut pages = vec![page(&items, Some("sort=x"), ascending)];
            while let Some(next) = pages.last().and_then(|p| p.next.clone()) {
                assert!(next.starts_with("http://host/v1/things?sort=x&cursor="));
                pages.push(page(&items, raw(Some(&next)), ascending));
            }
            let seen: Vec<u64> = pages.iter().flat_map(|p| p.results.clone()).collect();
            assert_eq!(seen, expected);
            assert_eq!(pages[0].previous, None);
            for pair in pages.windows(2) {
                let back = page(&items, raw(pair[1].previous.as_deref()), ascending);
                assert_eq!(back.results, pair[0].results);
            }
        }
    }

    #[test]
    fn an_item_added_meanwhile_does_not_repeat_one() {
        let mut items: BTreeMap<u64, u64> = (0..12).map(|n| (n, n)).collect();
        let first = page(&items, None, false);
        items.insert(12, 12);
        let second = page(&items, raw(first.next.as_deref()), false);
        assert_eq!(first.results, [10, 8, 6]);
        assert_eq!(second.results, [4, 2, 0]);
    }

    #[test]
    fn an_invalid_cursor_is_refused() {
        for cursor in ["x", "%00", "YT0", "Yz0x", "cD0yMDIz"] {
            let query = Query::parse(Some(&format!("cursor={cursor}")));
            let pages = Pages {
                url: String::new(),
                query: &query,
                size: 3,
                ascending: false,
            };
            assert!(pages.cut(&BTreeMap::<u64, u64>::new(), |_| true).is_err());
        }
    }
}
