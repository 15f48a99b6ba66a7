//! Looking for the prediction of a create whose outcome is unknown.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use http::Method;
use http::header::DATE;
use serde::Deserialize;

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Requests;
use crate::types::Prediction;
use crate::unconfirmed_create::{MatchKind, UnconfirmedCreate};

/// How far the clocks of the servers that are involved may be apart.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(10);

/// How many pages of recent predictions are searched.
const MAX_PAGES: usize = 10;

/// How long a search may take.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(120);

/// The result of a search for an unconfirmed create: returned by
/// [`Predictions::reconcile`](crate::resources::Predictions::reconcile).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reconciled {
    /// Predictions of the same model, version or deployment with the same input, created since
    /// the create was sent, the nearest in time first. More than one means that the same was
    /// sent more than once, and they cannot be distinguished.
    pub matching: Vec<Prediction>,
    /// Predictions of that time that may be it too, in the same order: they have the input and
    /// more, their input was removed, they do not say which deployment they are of, or they are
    /// of an official model under another name.
    pub possible: Vec<Prediction>,
}

/// What can be reconciled: an [`Error`] of a create, or an [`UnconfirmedCreate`].
pub trait Reconcile: sealed::Reconcile {}

impl Reconcile for &Error {}
impl Reconcile for &UnconfirmedCreate {}

pub(crate) mod sealed {
    use crate::error::{Error, Result};
    use crate::unconfirmed_create::UnconfirmedCreate;

    pub trait Reconcile {
        /// What to look for.
        fn create(self) -> Result<UnconfirmedCreate>;
    }

    impl Reconcile for &Error {
        fn create(self) -> Result<UnconfirmedCreate> {
            self.unconfirmed_create().cloned().ok_or_else(|| {
                Error::invalid(
                    "there is nothing to look for: the error is not that of a prediction's create whose outcome is unknown",
                )
            })
        }
    }

    impl Reconcile for &UnconfirmedCreate {
        fn create(self) -> Result<UnconfirmedCreate> {
            Ok(self.clone())
        }
    }
}

/// A page of predictions. Without its list it is not one: it must not look like "none found".
#[derive(Deserialize)]
struct PredictionPage {
    results: Vec<Prediction>,
    #[serde(default)]
    next: Option<String>,
}

/// Looks for what a create has made.
pub(crate) async fn find(client: &Client, create: &UnconfirmedCreate) -> Result<Reconciled> {
    let searching = search(client, create);
    let found = match tokio::time::timeout(SEARCH_TIMEOUT, searching).await {
        Ok(found) => found?,
        Err(_) => {
            let message =
                format!("the search for the prediction took more than {SEARCH_TIMEOUT:?}");
            return Err(Error::new(ErrorKind::Timeout, message));
        }
    };
    if let [only] = found.matching.as_slice() {
        client.shared.claims.claim(&only.id, Some(create.nonce()));
    }
    Ok(found)
}

async fn search(client: &Client, create: &UnconfirmedCreate) -> Result<Reconciled> {
    if let Some(id) = create.id() {
        let found = Prediction::get(client.api.clone(), id.to_owned()).await?;
        return Ok(Reconciled {
            matching: vec![found.into_inner()],
            possible: Vec::new(),
        });
    }
    let mut sent_at = None;
    let mut found: Vec<(MatchKind, TimeDelta, Prediction)> = Vec::new();
    let mut seen = HashSet::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut request = client.transport().request(Method::GET, "/predictions");
        if let Some(cursor) = &cursor {
            request = request.query(&[("cursor", cursor)]);
        }
        let response = request.send().await?;
        let date = response.headers().get(DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        let sent_at = *sent_at.get_or_insert_with(|| create.sent_at_server(date.map(Into::into)));
        let page: PredictionPage = replicate_api::decode(response.body())?;
        let mut reached_the_past = false;
        for prediction in page.results {
            let age = prediction.created_at.map(|created| created - sent_at);
            if age.is_some_and(|age| age < -CLOCK_SKEW) {
                reached_the_past = true;
                continue;
            }
            if client
                .shared
                .claims
                .is_claimed_by_another(&prediction.id, create.nonce())
            {
                continue;
            }
            let distance = age.map_or(TimeDelta::MAX, |age| age.abs());
            found.push((create.matches(&prediction), distance, prediction));
        }
        cursor = crate::paginate::cursor_from_url(page.next.as_deref())?;
        let is_new = (cursor.as_ref()).is_some_and(|cursor| seen.insert(cursor.clone()));
        if reached_the_past || !is_new {
            return Ok(sorted(found));
        }
    }
    let found = sorted(found);
    if found.matching.is_empty() {
        let message = format!(
            "the prediction is not among the latest {MAX_PAGES} pages of predictions, which do not reach back to its create"
        );
        return Err(Error::new(ErrorKind::Other, message));
    }
    Ok(found)
}

fn sorted(mut found: Vec<(MatchKind, TimeDelta, Prediction)>) -> Reconciled {
    found.sort_by_key(|(_, distance, _)| *distance);
    let mut reconciled = Reconciled::default();
    for (kind, _, prediction) in found {
        match kind {
            MatchKind::Exact => reconciled.matching.push(prediction),
            MatchKind::Possible => reconciled.possible.push(prediction),
            MatchKind::None => {}
        }
    }
    reconciled
}
