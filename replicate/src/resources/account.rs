use crate::call::Call;
use crate::types;

super::resource! {
    /// The account that the token belongs to.
    Account
}

impl Account {
    /// Who the token belongs to.
    ///
    /// API: <https://replicate.com/docs/reference/http#account.get>
    pub fn get(&self) -> Call<types::Account> {
        Call::new(&self.client, |api| async move {
            Ok(api.account_get().send().await?)
        })
    }
}
