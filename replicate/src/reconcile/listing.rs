//! The list of recent predictions that a search reads.

use std::collections::HashSet;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use http::header::DATE;
use serde::Deserialize;

use super::{CLOCK_SKEW, MAX_PAGES, Reconciled, SETTLED, sorted};
use crate::Client;
use crate::client::Claims;
use crate::error::Result;
use crate::types::Prediction;
use crate::unconfirmed_create::{MatchKind, UnconfirmedCreate};

/// A page of predictions. Without its list it is not one: it must not look like "none found".
#[derive(Deserialize)]
struct PredictionPage {
    results: Vec<Prediction>,
    #[serde(default)]
    next: Option<String>,
}

/// The predictions that searches have listed: a search that has waited for another takes its list.
#[derive(Debug, Default)]
pub(crate) struct RecentPredictions(pub(super) tokio::sync::Mutex<Option<Listing>>);

/// The recent predictions of an account, the latest first.
#[derive(Debug)]
pub(crate) struct Listing {
    predictions: Vec<Prediction>,
    /// Times at which the first page was requested and arrived.
    requested: Instant,
    arrived: Instant,
    /// The server's clock when it arrived.
    date: Option<DateTime<Utc>>,
    /// Whether the list was read completely, or to a prediction that was created before this.
    pub(super) end: ListingEnd,
}

#[derive(Debug)]
pub(crate) enum ListingEnd {
    Complete,
    Before(DateTime<Utc>),
    /// At the limit of pages.
    Limit,
}

impl Listing {
    /// Time at which a create was sent, by the server's clock.
    fn sent_at(&self, create: &UnconfirmedCreate) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.arrived.elapsed()).unwrap_or_default();
        create.sent_at_server(self.date.map(|date| date + elapsed))
    }

    /// Whether a search that began at this time can take it: it reaches back to the create, and it
    /// was requested after that time, or when the create was no longer in flight.
    pub(super) fn serves(&self, create: &UnconfirmedCreate, began: Instant) -> bool {
        let age = Utc::now() - create.sent_at();
        let listed = TimeDelta::from_std(self.requested.elapsed()).unwrap_or(TimeDelta::MAX);
        let is_recent = self.requested >= began || age.checked_sub(&listed) > Some(SETTLED);
        is_recent && self.covers(create)
    }

    /// Whether it reaches back to a create.
    fn covers(&self, create: &UnconfirmedCreate) -> bool {
        match self.end {
            ListingEnd::Before(oldest) => oldest - self.sent_at(create) < -CLOCK_SKEW,
            ListingEnd::Complete | ListingEnd::Limit => true,
        }
    }

    /// Lists the predictions back to a create.
    pub(super) async fn read(client: &Client, create: &UnconfirmedCreate) -> Result<Self> {
        let requested = Instant::now();
        let mut listing = Self {
            predictions: Vec::new(),
            requested,
            arrived: requested,
            date: None,
            end: ListingEnd::Limit,
        };
        let mut seen = HashSet::new();
        let mut cursor: Option<String> = None;
        for number in 0..MAX_PAGES {
            let mut request = client.transport().request(Method::GET, "/predictions");
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let response = request.send().await?;
            if number == 0 {
                let date = response.headers().get(DATE);
                let date =
                    date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
                listing.date = date.map(Into::into);
                listing.arrived = Instant::now();
            }
            let page: PredictionPage = replicate_api::decode(response.body())?;
            let created = page.results.iter().filter_map(|one| one.created_at);
            let oldest = created.min().map(ListingEnd::Before);
            listing.predictions.extend(page.results);
            cursor = crate::paginate::cursor_from_url(page.next.as_deref())?;
            let is_new = (cursor.as_ref()).is_some_and(|cursor| seen.insert(cursor.clone()));
            if !is_new {
                listing.end = ListingEnd::Complete;
                return Ok(listing);
            }
            listing.end = oldest.unwrap_or(ListingEnd::Limit);
            if matches!(listing.end, ListingEnd::Before(_)) && listing.covers(create) {
                return Ok(listing);
            }
        }
        listing.end = ListingEnd::Limit;
        Ok(listing)
    }

    /// The predictions that a create can have made and no other one has.
    pub(super) fn search(&self, claims: &Claims, create: &UnconfirmedCreate) -> Reconciled {
        let sent_at = self.sent_at(create);
        let mut found = Vec::new();
        for prediction in &self.predictions {
            let age = prediction.created_at.map(|created| created - sent_at);
            let is_older = age.is_some_and(|age| age < -CLOCK_SKEW);
            if is_older || claims.is_claimed_by_another(&prediction.id, create.nonce) {
                continue;
            }
            let kind = create.matches(prediction);
            if kind != MatchKind::None {
                let distance = age.map_or(TimeDelta::MAX, |age| age.abs());
                found.push((kind, distance, prediction.clone()));
            }
        }
        sorted(found)
    }
}
