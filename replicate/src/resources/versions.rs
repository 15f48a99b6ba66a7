use replicate_api::operations;

use crate::Client;
use crate::call::Call;
use crate::error::Result;
use crate::name::ModelName;
use crate::paginate::List;
use crate::types::Version;

/// The versions of one model: made by [`Models::versions`](super::Models::versions).
#[derive(Clone, Debug)]
pub struct Versions {
    client: Client,
    model: Result<ModelName, String>,
}

impl Versions {
    pub(crate) fn new(client: Client, model: Result<ModelName>) -> Self {
        Self {
            client,
            model: model.map_err(|error| error.to_string()),
        }
    }

    /// Every version, newest first, each with its schema.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.versions.list>
    pub fn list(&self) -> List<Version> {
        let operation = &operations::MODELS_VERSIONS_LIST;
        List::of_model(&self.client, operation, self.model())
    }

    /// One version, with its schema.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.versions.get>
    pub fn get(&self, id: impl Into<String>) -> Call<Version> {
        let (model, id) = (self.model(), id.into());
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = model?;
            let call = api.models_versions_get().model_owner(owner);
            Ok(call.model_name(name).version_id(id).send().await?)
        })
    }

    /// Deletes a version, and every prediction and file that it created. The server does so after
    /// its response.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.versions.delete>
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let (model, id) = (self.model(), id.into());
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = model?;
            let call = api.models_versions_delete().model_owner(owner);
            Ok(call.model_name(name).version_id(id).send().await?)
        })
    }

    fn model(&self) -> Result<ModelName> {
        self.model.clone().map_err(crate::Error::invalid)
    }
}
