use crate::call::Call;
use crate::types::WebhookSecret;

super::resource! {
    /// The secret that webhooks are signed with.
    Webhooks
}

impl Webhooks {
    /// The account's webhook secret, for [`webhook::Verifier`](crate::webhook::Verifier). It
    /// changes rarely: cache it instead of requesting it for each message.
    ///
    /// API: <https://replicate.com/docs/reference/http#webhooks.default.secret.get>
    pub fn secret(&self) -> Call<WebhookSecret> {
        Call::new(&self.client, |api| async move {
            Ok(api.webhooks_default_secret_get().send().await?)
        })
    }
}
