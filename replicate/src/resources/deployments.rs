use replicate_api::operations;

use super::CreatePrediction;
use crate::call::Call;
use crate::error::Result;
use crate::model_ref::ModelRef;
use crate::name::{IntoModelName, ModelName};
use crate::paginate::List;
use crate::types::Deployment;

super::resource! {
    /// Deployments: models on hardware of your choice, kept ready.
    Deployments
}

impl Deployments {
    /// The account's deployments.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.list>
    pub fn list(&self) -> List<Deployment> {
        List::new(&self.client, &operations::DEPLOYMENTS_LIST)
    }

    /// A deployment and its current release.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.get>
    pub fn get(&self, deployment: impl IntoModelName) -> Call<Deployment> {
        let deployment = deployment.into_model_name();
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = deployment?;
            let call = api.deployments_get().deployment_owner(owner);
            Ok(call.deployment_name(name).send().await?)
        })
    }

    /// Creates a deployment. Its instances cost money while they are up, used or not. All fields
    /// are required.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # let version = replicate.models().get("replicate/hello-world").await?.latest_version.unwrap().id;
    /// let deployment = replicate
    ///     .deployments()
    ///     .create("app")
    ///     .model("replicate/hello-world")
    ///     .version(version)
    ///     .hardware("gpu-t4")
    ///     .min_instances(0)
    ///     .max_instances(1)
    ///     .await?;
    /// # });
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.create>
    pub fn create(&self, name: impl Into<String>) -> CreateDeployment {
        let mut create = CreateDeployment::new(&self.client, ());
        create.body = create.body.name(name.into());
        create
    }

    /// Updates a deployment, which creates a new release. A field that is not set keeps its value.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # let version = replicate.models().get("replicate/hello-world").await?.latest_version.unwrap().id;
    /// # let create = replicate.deployments().create("app").model("replicate/hello-world");
    /// # create.version(version).hardware("cpu").min_instances(0).max_instances(1).await?;
    /// let deployment = replicate.deployments().update("local/app").max_instances(2).await?;
    /// # });
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.update>
    pub fn update(&self, deployment: impl IntoModelName) -> UpdateDeployment {
        UpdateDeployment::new(&self.client, deployment.into_model_name())
    }

    /// Deletes a deployment that was not used for 15 minutes.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.delete>
    pub fn delete(&self, deployment: impl IntoModelName) -> Call<()> {
        let deployment = deployment.into_model_name();
        Call::new(&self.client, |api| async move {
            let ModelName { owner, name } = deployment?;
            let call = api.deployments_delete().deployment_owner(owner);
            Ok(call.deployment_name(name).send().await?)
        })
    }

    /// Predictions on deployments.
    pub fn predictions(&self) -> DeploymentPredictions {
        DeploymentPredictions::new(self.client.clone())
    }
}

super::request! {
    /// A deployment to be created: made by [`Deployments::create`], sent when it is awaited.
    CreateDeployment((), DeploymentCreateRequest) -> Deployment = |api: replicate_api::Client, (), body| async move {
        Ok(api.deployments_create().body_map(|_| body).send().await?)
    };
    /// The model to run, `owner/name`. Required.
    model(String)
    /// The id of the model's version to run. Required.
    version(String)
    /// The SKU of the hardware of each instance, such as `gpu-t4`: see
    /// [`hardware`](crate::Client::hardware). Required.
    hardware(String)
    /// Minimum number of instances, 0 to 5; they are billed while idle too. Required.
    min_instances(i64)
    /// Maximum number of instances, 0 to 20, which limits the cost of the deployment.
    /// Required.
    max_instances(i64)
}

super::request! {
    /// An update of a deployment: made by [`Deployments::update`], sent when it is awaited.
    UpdateDeployment(Result<ModelName>, DeploymentUpdateRequest) -> Deployment = |api: replicate_api::Client, deployment: Result<ModelName>, body| async move {
        let ModelName { owner, name } = deployment?;
        let call = api.deployments_update().deployment_owner(owner).deployment_name(name);
        Ok(call.body_map(|_| body).send().await?)
    };
    /// The id of the version to run: one of the deployment's model.
    version(String)
    /// The SKU of the hardware of each instance.
    hardware(String)
    /// Minimum number of instances, 0 to 5; they are billed while idle too.
    min_instances(i64)
    /// Maximum number of instances, 0 to 20.
    max_instances(i64)
}

super::resource! {
    /// Predictions on deployments.
    DeploymentPredictions
}

impl DeploymentPredictions {
    /// Creates a prediction on a deployment and leaves it running. To run it until completion, use
    /// `client.run("deployments/owner/name")`.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.predictions.create>
    pub fn create(&self, deployment: impl IntoModelName) -> CreatePrediction {
        let reference = deployment
            .into_model_name()
            .and_then(|name| ModelRef::deployment(&name.owner, &name.name));
        CreatePrediction::new(self.client.clone(), reference)
    }
}
