//! Search by words in names and descriptions.

use std::{cmp::Reverse, sync::Arc};

use serde_json::{Value, json};

use super::{collections::COLLECTIONS, models};
use crate::{
    call::Call,
    catalog::Entry,
    cursor::Order,
    problem::Problem,
    response::{Reply, ok},
};

const PAGES: [(&str, &str); 2] = [
    ("About this emulator: models and recent predictions", "/"),
    ("Point a client at this emulator", "/#clients"),
];

/// The words of a query, in lower case. Some clients send them in JSON quotes.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The fraction of the words that are in `text`; none if no word is.
fn score(words: &[String], text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let found = words
        .iter()
        .filter(|word| text.contains(word.as_str()))
        .count();
    (found > 0).then(|| found as f64 / words.len() as f64)
}

/// Public models that match, best first.
fn matching(call: &Call, words: &[String]) -> Vec<(f64, Arc<Entry>)> {
    let mut found: Vec<(f64, Arc<Entry>)> = call
        .state
        .catalog
        .all()
        .into_iter()
        .filter(|entry| entry.public)
        .filter_map(|entry| {
            let description = entry.properties().description.unwrap_or_default();
            let text = format!("{} {description}", entry.full_name());
            Some((score(words, &text)?, entry))
        })
        .collect();
    found.sort_by_key(|(score, entry)| (Reverse((score * 1e6) as u64), entry.number));
    found
}

/// `QUERY /models`: the body has the words.
pub(crate) async fn models(call: &Call) -> Reply {
    let content_type = call.content_type();
    if content_type
        .as_deref()
        .is_some_and(|t| !t.starts_with("text/"))
    {
        return Err(Problem::unsupported_type(
            "This call takes the words as a body of type text/plain.",
        ));
    }
    let text = std::str::from_utf8(&call.body)
        .map_err(|_| Problem::bad_request("The words are not UTF-8 text."))?;
    if text.is_empty() {
        return Err(Problem::bad_request(
            "The body is empty: expected the words to search for.",
        ));
    }
    let found = matching(call, &words(text));
    // A URL of another page could not carry the body: all results are on one page.
    let size = found.len().max(1);
    call.page(size, Order::Ascending, (0..).zip(found), |(_, entry)| {
        let mut model = models::shape(&call.state, &entry);
        // Unlike elsewhere, the description in a search is never null.
        if model["description"].is_null() {
            model["description"] = "".into();
        }
        model
    })
}

/// `GET /search`: models, collections and pages.
pub(crate) fn all(call: &Call) -> Reply {
    let query = call.query.get("query").filter(|q| !q.trim().is_empty());
    let query = query.ok_or_else(|| {
        Problem::bad_request("`query` is missing: expected the words to search for.")
    })?;
    let limit = match call.query.get("limit").map(str::parse::<usize>) {
        None => 20,
        Some(Ok(limit @ 1..=50)) => limit,
        Some(_) => {
            return Err(Problem::bad_request(
                "Invalid `limit`: expected a number from 1 to 50.",
            ));
        }
    };
    let words = words(query);
    let models: Vec<Value> = matching(call, &words)
        .into_iter()
        .take(limit)
        .map(|(score, entry)| {
            json!({
                "model": models::shape(&call.state, &entry),
                "metadata": {
                    "generated_description": entry.properties().description,
                    "tags": tags(&entry),
                    "score": score,
                },
            })
        })
        .collect();
    let collections: Vec<Value> = COLLECTIONS
        .iter()
        .filter(|c| score(&words, &format!("{} {}", c.name, c.description)).is_some())
        .map(|c| {
            json!({
                "slug": c.slug,
                "name": c.name,
                "description": c.description,
                "models": c.models(call, |model| model.full_name().into()),
            })
        })
        .collect();
    let pages: Vec<Value> = PAGES
        .iter()
        .filter(|(name, _)| score(&words, name).is_some())
        .map(|(name, href)| json!({"name": name, "href": href}))
        .collect();
    ok(&json!({
        "query": query,
        "models": models,
        "collections": collections,
        "pages": pages,
    }))
}

/// The collections of a model.
fn tags(entry: &Entry) -> Vec<&'static str> {
    let own = COLLECTIONS
        .iter()
        .filter(|collection| (collection.has)(entry));
    own.map(|collection| collection.slug).collect()
}
