//! Looking for the prediction of a create whose outcome is unknown.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Requests;
use crate::types::Prediction;
use crate::unconfirmed_create::{MatchKind, UnconfirmedCreate};

mod listing;

pub(crate) use listing::RecentPredictions;
use listing::{Listing, ListingEnd};

/// Maximum skew between the clocks of the servers involved.
const CLOCK_SKEW: TimeDelta = TimeDelta::seconds(10);

/// The age after which a create is no longer in flight.
pub(crate) const SETTLED: TimeDelta = TimeDelta::minutes(2);

/// Maximum number of pages of recent predictions that are searched.
const MAX_PAGES: usize = 10;

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

/// Something to reconcile: an [`Error`] of a create, or an [`UnconfirmedCreate`].
pub trait Reconcile: sealed::Reconcile {}

impl Reconcile for &Error {}
impl Reconcile for &UnconfirmedCreate {}

pub(crate) mod sealed {
    use crate::error::{Error, Result};
    use crate::unconfirmed_create::UnconfirmedCreate;

    pub trait Reconcile {
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

/// Looks for what a create has made, in a list that can be shared with other searches.
pub(crate) async fn find(
    client: &Client,
    create: &UnconfirmedCreate,
    recent: &RecentPredictions,
) -> Result<Reconciled> {
    let searching = search(client, create, recent);
    let mut found = match tokio::time::timeout(SEARCH_TIMEOUT, searching).await {
        Ok(found) => found?,
        Err(_) => {
            let message =
                format!("the search for the prediction took more than {SEARCH_TIMEOUT:?}");
            return Err(Error::new(ErrorKind::Timeout, message));
        }
    };
    // Another search may have claimed it meanwhile.
    if let [only] = found.matching.as_slice()
        && !client.shared.claims.try_claim(&only.id, create.nonce)
    {
        found.matching.clear();
    }
    Ok(found)
}

async fn search(
    client: &Client,
    create: &UnconfirmedCreate,
    recent: &RecentPredictions,
) -> Result<Reconciled> {
    if let Some(id) = create.id.clone() {
        let found = Prediction::get(client.api.clone(), id).await?;
        return Ok(Reconciled {
            matching: vec![found.into_inner()],
            possible: Vec::new(),
        });
    }
    let began = Instant::now();
    let mut recent = recent.0.lock().await;
    let listing = match recent.take() {
        Some(listing) if listing.serves(create, began) => listing,
        _ => Listing::read(client, create).await?,
    };
    let listing = recent.insert(listing);
    let found = listing.search(&client.shared.claims, create);
    if matches!(listing.end, ListingEnd::Limit) && found.matching.is_empty() {
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
