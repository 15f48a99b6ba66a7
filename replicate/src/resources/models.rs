use std::future::IntoFuture;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::Method;

use super::Versions;
use crate::call::Call;
use crate::error::Result;
use crate::name::{IntoName, Name, segment};
use crate::paginate::{Items, List, Page, Pages};
use crate::types::{Model, ModelSortBy, Prediction, SortDirection, builder};

super::resource! {
    /// Models, their versions, examples and readmes.
    Models
}

impl Models {
    /// Every public model.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.list>
    pub fn list(&self) -> ModelList {
        ModelList(List::new(
            self.client.transport().clone(),
            Ok("/models".into()),
        ))
    }

    /// Public models that match some words.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.search>
    pub fn search(&self, words: impl Into<String>) -> List<Model> {
        let list = List::new(self.client.transport().clone(), Ok("/models".into()));
        // The API takes the words as they are, in a method that no constant is named for.
        match Method::from_bytes(b"QUERY") {
            Ok(query) => list.method(query, words.into()),
            Err(_) => list,
        }
    }

    /// A model, public or your own.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.get>
    pub fn get(&self, model: impl IntoName) -> Call<Model> {
        let model = model.into_name();
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = model?;
            Ok(api
                .models_get()
                .model_owner(owner)
                .model_name(name)
                .send()
                .await?
                .into_inner())
        })
    }

    /// Creates a model, to push versions to.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let model = replicate
    ///     .models()
    ///     .create(|new| new.owner("acme").name("app").visibility("private").hardware("cpu"))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#models.create>
    pub fn create(
        &self,
        fill: impl FnOnce(builder::ModelCreateRequest) -> builder::ModelCreateRequest,
    ) -> Call<Model> {
        let body = fill(builder::ModelCreateRequest::default());
        Call::new(&self.client, |api| async move {
            Ok(api
                .models_create()
                .body_map(|_| body)
                .send()
                .await?
                .into_inner())
        })
    }

    /// Changes a model: what is not given stays.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.update>
    pub fn update(
        &self,
        model: impl IntoName,
        fill: impl FnOnce(builder::ModelUpdateRequest) -> builder::ModelUpdateRequest,
    ) -> Call<Model> {
        let model = model.into_name();
        let body = fill(builder::ModelUpdateRequest::default());
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = model?;
            let call = api
                .models_update()
                .model_owner(owner)
                .model_name(name)
                .body_map(|_| body);
            Ok(call.send().await?.into_inner())
        })
    }

    /// Deletes a model of your own. It has to be private, and without versions.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.delete>
    pub fn delete(&self, model: impl IntoName) -> Call<()> {
        let model = model.into_name();
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = model?;
            api.models_delete()
                .model_owner(owner)
                .model_name(name)
                .send()
                .await?;
            Ok(())
        })
    }

    /// The versions of a model.
    pub fn versions(&self, model: impl IntoName) -> Versions {
        Versions::new(self.client.clone(), model.into_name())
    }

    /// The predictions that a model's author shows.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.examples.list>
    pub fn examples(&self, model: impl IntoName) -> List<Prediction> {
        let path = model.into_name().map(|model| {
            format!(
                "/models/{}/{}/examples",
                segment(&model.owner),
                segment(&model.name)
            )
        });
        List::new(self.client.transport().clone(), path)
    }

    /// A model's readme, in Markdown.
    ///
    /// API: <https://replicate.com/docs/reference/http#models.readme.get>
    pub fn readme(&self, model: impl IntoName) -> Call<String> {
        let model = model.into_name();
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = model?;
            let path = format!("/models/{}/{}/readme", segment(&owner), segment(&name));
            // Read whole, unlike the generated operation, whose text has no limit.
            let answer = api.transport().request(Method::GET, &path).send().await?;
            Ok(answer.text()?.to_owned())
        })
    }
}

/// A list of models: as [`List`], with its order.
#[derive(Debug)]
#[must_use = "a list is fetched when it is awaited, or its pages or items are read"]
pub struct ModelList(List<Model>);

impl ModelList {
    /// What the list is ordered by; by the newest version if it is not given.
    pub fn sort_by(self, field: impl Into<ModelSortBy>) -> Self {
        Self(self.0.query("sort_by", field.into()))
    }

    /// The direction of the order; descending if it is not given.
    pub fn sort_direction(self, direction: impl Into<SortDirection>) -> Self {
        Self(self.0.query("sort_direction", direction.into()))
    }

    super::list_methods! { Model }
}

impl IntoFuture for ModelList {
    type Output = Result<Page<Model>>;
    type IntoFuture = BoxFuture<'static, Result<Page<Model>>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.into_future()
    }
}
