use std::sync::Arc;

use futures::future::BoxFuture;
use http::Method;
use replicate_api::operations;
use serde_json::Value;

use super::Versions;
use crate::call::Call;
use crate::error::Result;
use crate::model_ref::IntoModelRef;
use crate::name::{IntoModelName, ModelName, segment};
use crate::paginate::{Items, List, Page, Pages};
use crate::types::{Model, ModelSortBy, Prediction, SortDirection, Visibility};

super::resource! {
    /// Models, their versions, examples and readmes.
    Models
}

impl Models {
    /// Every public model.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.list>
    pub fn list(&self) -> ModelList {
        ModelList(List::new(&self.client, &operations::MODELS_LIST))
    }

    /// Searches public models.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.search>
    pub fn search(&self, words: impl Into<String>) -> List<Model> {
        // The API takes the words as they are.
        List::new(&self.client, &operations::MODELS_SEARCH).body(words.into())
    }

    /// A model, public or your own.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.get>
    pub fn get(&self, model: impl IntoModelName) -> Call<Model> {
        let model = model.into_model_name();
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = model?;
            let call = api.models_get().model_owner(owner).model_name(name);
            Ok(call.send().await?)
        })
    }

    /// The schema of what a reference runs: the `openapi_schema` of the model's latest version, of
    /// the named version, or of a deployment's current release. `None` where the API does not show
    /// it, as for a version's id without its model.
    ///
    /// Models and versions are read once and cached, as [`run`](crate::Client::run) does: the
    /// latest version for a minute, an official model or a named version for an hour. A caller that asks
    /// for the schema first and runs the model then reads it once.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// if let Some(schema) = replicate.models().schema("emulator/text").await? {
    ///     println!("{}", schema["components"]["schemas"]["Input"]);
    /// }
    /// # });
    /// ```
    ///
    /// # Errors
    /// The errors of the reads.
    pub fn schema(
        &self,
        reference: impl IntoModelRef,
    ) -> BoxFuture<'static, Result<Option<Arc<Value>>>> {
        let (client, reference) = (self.client.clone(), reference.into_model_ref());
        Box::pin(async move {
            let (client, account) = client.with_account_state().await;
            account.models.schema(&client.api, &reference?).await
        })
    }

    /// Creates a model, to push versions to. Its visibility and hardware are required.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let model = replicate
    ///     .models()
    ///     .create("acme", "app")
    ///     .visibility("private")
    ///     .hardware("cpu")
    ///     .await?;
    /// # });
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#models.create>
    pub fn create(&self, owner: impl Into<String>, name: impl Into<String>) -> CreateModel {
        let mut create = CreateModel::new(&self.client, ());
        create.body = create.body.owner(owner.into()).name(name.into());
        create
    }

    /// Updates a model. A field that is not set keeps its value.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # replicate.models().create("acme", "app").visibility("private").hardware("cpu").await?;
    /// let model = replicate.models().update("acme/app").readme("# App").await?;
    /// # });
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#models.update>
    pub fn update(&self, model: impl IntoModelName) -> UpdateModel {
        UpdateModel::new(&self.client, model.into_model_name())
    }

    /// Deletes a model of your own. It has to be private, and without versions.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.delete>
    pub fn delete(&self, model: impl IntoModelName) -> Call<()> {
        let model = model.into_model_name();
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = model?;
            let call = api.models_delete().model_owner(owner).model_name(name);
            Ok(call.send().await?)
        })
    }

    /// The versions of a model.
    pub fn versions(&self, model: impl IntoModelName) -> Versions {
        Versions::new(self.client.clone(), model.into_model_name())
    }

    /// Lists a model's example predictions.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.examples.list>
    pub fn examples(&self, model: impl IntoModelName) -> List<Prediction> {
        let operation = &operations::MODELS_EXAMPLES_LIST;
        List::of_model(&self.client, operation, model.into_model_name())
    }

    /// A model's readme, in Markdown.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.readme.get>
    pub fn readme(&self, model: impl IntoModelName) -> Call<String> {
        let model = model.into_model_name();
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = model?;
            let path = format!("/models/{}/{}/readme", segment(&owner), segment(&name));
            // Read whole, unlike the generated operation, whose text has no limit.
            let response = api.transport().request(Method::GET, &path).send().await?;
            let text = response.text()?.to_owned();
            Ok(response.map(|_| text))
        })
    }
}

/// A list of models: as [`List`], with its order.
#[derive(Debug)]
#[must_use = "a list is fetched when a page, its pages or its items are read"]
pub struct ModelList(List<Model>);

impl ModelList {
    /// Sort key of the list. Default: the newest version.
    pub fn sort_by(self, field: impl Into<ModelSortBy>) -> Self {
        Self(self.0.query("sort_by", field.into()))
    }

    /// The direction of the order. Default: descending.
    pub fn sort_direction(self, direction: impl Into<SortDirection>) -> Self {
        Self(self.0.query("sort_direction", direction.into()))
    }

    super::list_methods! { Model }
}

super::request! {
    /// A model to be created: made by [`Models::create`], sent when it is awaited.
    CreateModel((), ModelCreateRequest) -> Model = |api: replicate_api::Client, (), body| async move {
        Ok(api.models_create().body_map(|_| body).send().await?)
    };
    /// Visibility: `public`, or `private` to the owner. Required.
    visibility(Visibility)
    /// The SKU of the hardware that it runs on, such as `cpu` or `gpu-t4`: see
    /// [`hardware`](crate::Client::hardware). It sets the price. Required.
    hardware(String)
    /// What the model does, in a sentence or two.
    description(String)
    /// The URL of an image to show for the model.
    cover_image_url(String)
    /// The URL of the source code on GitHub.
    github_url(String)
    /// The URL of the model's license.
    license_url(String)
    /// The URL of the paper that describes the model.
    paper_url(String)
}

super::request! {
    /// An update of a model: made by [`Models::update`], sent when it is awaited.
    UpdateModel(Result<ModelName>, ModelUpdateRequest) -> Model = |api: replicate_api::Client, model: Result<ModelName>, body| async move {
        let ModelName { owner, name } = model?;
        let call = api.models_update().model_owner(owner).model_name(name);
        Ok(call.body_map(|_| body).send().await?)
    };
    /// What the model does, in a sentence or two.
    description(String)
    /// The whole readme, in Markdown.
    readme(String)
    /// The URL of the source code on GitHub.
    github_url(String)
    /// The URL of the model's license.
    license_url(String)
    /// The URL of the paper that describes the model.
    paper_url(String)
    /// The URL at which the model's weights are published.
    weights_url(String)
}
