use crate::call::Call;
use crate::types;

super::resource! {
    /// The hardware that models run on.
    Hardware
}

impl Hardware {
    /// Every kind of hardware, with the `sku` that models and deployments are given.
    ///
    /// API: <https://replicate.com/docs/reference/http#hardware.list>
    pub fn list(&self) -> Call<Vec<types::Hardware>> {
        Call::new(&self.client, |api| async move {
            Ok(api.hardware_list().send().await?)
        })
    }
}
