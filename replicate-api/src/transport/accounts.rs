//! State shared by all calls with the same token: the retry budget and the queue of creates.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::rate_limit::CreateQueue;
use crate::retry::RetryBudget;
use crate::token::Token;

/// Maximum number of tokens before unused ones are dropped.
const MAX_ACCOUNTS: usize = 1024;

pub(super) struct Account {
    pub(super) budget: RetryBudget,
    pub(super) creates: Arc<CreateQueue>,
}

/// The accounts of a transport, by the key of their token.
pub(super) struct Accounts {
    budget: RetryBudget,
    accounts: Mutex<BTreeMap<u64, Arc<Account>>>,
}

impl Accounts {
    /// Accounts that each have a budget of this size.
    pub(super) fn new(budget: RetryBudget) -> Self {
        Self {
            budget,
            accounts: Mutex::default(),
        }
    }

    pub(super) fn get(&self, token: Option<&Token>) -> Arc<Account> {
        let key = Token::key(token);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_ACCOUNTS && !accounts.contains_key(&key) {
            accounts
                .retain(|_, account| Arc::strong_count(account) > 1 || !account.creates.is_idle());
        }
        let account = accounts.entry(key).or_insert_with(|| {
            Arc::new(Account {
                budget: self.budget.fresh(),
                creates: Arc::default(),
            })
        });
        Arc::clone(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_with_the_same_token_share_an_account_and_others_do_not() {
        let accounts = Accounts::new(RetryBudget::default());
        let token = |text| Token::new(text).unwrap();
        let one = accounts.get(Some(&token("r8_one")));
        assert!(Arc::ptr_eq(&one, &accounts.get(Some(&token("r8_one")))));
        assert!(!Arc::ptr_eq(&one, &accounts.get(Some(&token("r8_two")))));
        assert!(!Arc::ptr_eq(&one, &accounts.get(None)));
    }

    #[test]
    fn accounts_that_are_not_in_use_are_forgotten() {
        let accounts = Accounts::new(RetryBudget::default());
        let used = accounts.get(None);
        for number in 0..2 * MAX_ACCOUNTS {
            accounts.get(Some(&Token::new(format!("r8_{number}")).unwrap()));
        }
        let kept = accounts.accounts.lock().unwrap().len();
        assert!(kept <= MAX_ACCOUNTS, "{kept}");
        assert!(Arc::ptr_eq(&used, &accounts.get(None)));
    }
}
