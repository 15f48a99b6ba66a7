use crate::call::Call;
use crate::types;

super::resource! {
    /// The account that the token belongs to.
    Account
}

impl Account {
    /// Returns the account of the token.
    ///
    /// API: <https://replicate.com/docs/reference/http#account.get>
    pub fn get(&self) -> Call<types::Account> {
        Call::new(&self.client, |api| async move {
            Ok(api.account_get().send().await?)
        })
    }
}
