//! State that the clones of a client share besides its transport.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::lock::lock;
use crate::model_cache::ModelCache;
use crate::poll::Pacing;

/// Maximum number of claimed ids that a client remembers.
const MAX_CLAIMS: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) accounts: Accounts,
    pub(crate) claims: Claims,
    pub(crate) cancels: Arc<PendingCancels>,
    pub(crate) blocking_creates: BlockingCreates,
}

#[derive(Debug, Default)]
pub(crate) struct AccountState {
    pub(crate) pacing: Pacing,
    pub(crate) models: ModelCache,
}

/// The accounts of a client, by the key of the token that is sent.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<BTreeMap<u64, Arc<AccountState>>>);

/// The maximum number of unused accounts that are kept.
const MAX_IDLE_ACCOUNTS: usize = 1024;

impl Accounts {
    pub(crate) fn get(&self, key: u64) -> Arc<AccountState> {
        let mut accounts = lock(&self.0);
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

impl ClaimedIds {
    fn insert(&mut self, id: &str, owner: Option<u64>) {
        if self.owners.insert(id.to_owned(), owner).is_none() {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > MAX_CLAIMS
            && let Some(oldest) = self.order.pop_front()
        {
            self.owners.remove(&oldest);
        }
    }

    fn belongs_to_another(&self, id: &str, nonce: u64) -> bool {
        let owner = self.owners.get(id);
        owner.is_some_and(|owner| *owner != Some(nonce))
    }
}

impl Claims {
    /// Claims a prediction whose create was confirmed.
    pub(crate) fn claim(&self, id: &str) {
        lock(&self.0).insert(id, None);
    }

    /// Claims a prediction for the create of this nonce, unless it belongs to another.
    pub(crate) fn try_claim(&self, id: &str, nonce: u64) -> bool {
        let mut claimed = lock(&self.0);
        let is_free = !claimed.belongs_to_another(id, nonce);
        if is_free {
            claimed.insert(id, Some(nonce));
        }
        is_free
    }

    pub(crate) fn is_claimed_by_another(&self, id: &str, nonce: u64) -> bool {
        lock(&self.0).belongs_to_another(id, nonce)
    }
}

/// The cancels of a client that run in the background.
#[derive(Debug, Default)]
pub(crate) struct PendingCancels(watch::Sender<usize>);

/// One of them, until it is dropped.
pub(crate) struct PendingCancel(watch::Sender<usize>);

impl PendingCancels {
    pub(crate) fn begin(&self) -> PendingCancel {
        self.0.send_modify(|pending| *pending += 1);
        PendingCancel(self.0.clone())
    }

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

/// Maximum number of concurrent blocking creates of a client: a server's limit of HTTP/2
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
        assert!(claims.try_claim("p1", 1) && claims.try_claim("p1", 1));
        assert!(!claims.try_claim("p1", 2));
        claims.claim("p2");
        assert!(!claims.try_claim("p2", 1));
        assert!(!claims.is_claimed_by_another("p1", 1));
        assert!(claims.is_claimed_by_another("p1", 2));
        assert!(claims.is_claimed_by_another("p2", 1));
        assert!(!claims.is_claimed_by_another("p3", 1));
        for number in 0..2 * MAX_CLAIMS {
            claims.claim(&number.to_string());
        }
        assert_eq!(lock(&claims.0).owners.len(), MAX_CLAIMS);
    }
}
