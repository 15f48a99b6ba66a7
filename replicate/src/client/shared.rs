//! What the clones of a client share beside its transport.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model_cache::ModelCache;
use crate::poll::Pacing;

/// How many claimed ids a client remembers.
const MAX_CLAIMS: usize = 10_000;

/// What the clones of a client have in common beside its transport.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) accounts: Accounts,
    pub(crate) claims: Claims,
    pub(crate) cancels: Arc<PendingCancels>,
    pub(crate) blocking_creates: BlockingCreates,
}

/// What a client knows of the account behind a token.
#[derive(Debug, Default)]
pub(crate) struct AccountState {
    pub(crate) pacing: Pacing,
    pub(crate) models: ModelCache,
}

/// The accounts of a client, by the key of the token that is sent.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<HashMap<u64, Arc<AccountState>>>);

/// The maximum number of unused accounts that are kept.
const MAX_IDLE_ACCOUNTS: usize = 1024;

impl Accounts {
    pub(crate) fn get(&self, key: u64) -> Arc<AccountState> {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_IDLE_ACCOUNTS && !accounts.contains_key(&key) {
            accounts.retain(|_, account| Arc::strong_count(account) > 1);
        }
        Arc::clone(accounts.entry(key).or_default())
    }
}

/// The predictions that belong to a create of this client: none of them is the result of
/// another.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<ClaimedIds>);

#[derive(Debug, Default)]
struct ClaimedIds {
    /// By which create each was claimed.
    owners: HashMap<String, Option<u64>>,
    order: VecDeque<String>,
}

impl Claims {
    /// Claims a prediction for the create of this nonce, or for one that was confirmed.
    pub(crate) fn claim(&self, id: &str, owner: Option<u64>) {
        let mut claimed = self.claimed();
        if claimed.owners.insert(id.to_owned(), owner).is_none() {
            claimed.order.push_back(id.to_owned());
        }
        if claimed.order.len() > MAX_CLAIMS
            && let Some(oldest) = claimed.order.pop_front()
        {
            claimed.owners.remove(&oldest);
        }
    }

    pub(crate) fn is_claimed_by_another(&self, id: &str, nonce: u64) -> bool {
        let claimed = self.claimed();
        claimed
            .owners
            .get(id)
            .is_some_and(|owner| *owner != Some(nonce))
    }

    fn claimed(&self) -> MutexGuard<'_, ClaimedIds> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cancels of a client that run in the background.
#[derive(Debug)]
pub(crate) struct PendingCancels(watch::Sender<usize>);

/// One of them, until it is dropped.
pub(crate) struct PendingCancel(watch::Sender<usize>);

impl Default for PendingCancels {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl PendingCancels {
    pub(crate) fn begin(&self) -> PendingCancel {
        self.0.send_modify(|pending| *pending += 1);
        PendingCancel(self.0.clone())
    }

    /// Waits until all of them are done.
    pub(crate) async fn wait_for_pending(&self) {
        // The sender lives in `self`, so that this cannot fail.
        let _ = self.0.subscribe().wait_for(|pending| *pending == 0).await;
    }
}

impl Drop for PendingCancel {
    fn drop(&mut self) {
        self.0.send_modify(|pending| *pending -= 1);
    }
}

/// How many blocking creates of a client may be open at a time: a server's limit of HTTP/2
/// streams must not keep polls waiting behind them.
const MAX_BLOCKING_CREATES: usize = 32;

/// The blocking creates that may still be opened.
#[derive(Debug)]
pub(crate) struct BlockingCreates(Arc<Semaphore>);

impl Default for BlockingCreates {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_BLOCKING_CREATES)))
    }
}

impl BlockingCreates {
    /// A permit for one, if there are fewer than the limit.
    pub(crate) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimed_prediction_belongs_to_one_create() {
        let claims = Claims::default();
        claims.claim("p1", Some(1));
        claims.claim("p2", None);
        assert!(!claims.is_claimed_by_another("p1", 1));
        assert!(claims.is_claimed_by_another("p1", 2));
        assert!(claims.is_claimed_by_another("p2", 1));
        assert!(!claims.is_claimed_by_another("p3", 1));
        for number in 0..2 * MAX_CLAIMS {
            claims.claim(&number.to_string(), None);
        }
        assert_eq!(claims.claimed().owners.len(), MAX_CLAIMS);
    }
}
