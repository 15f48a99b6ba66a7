use super::CreatePrediction;
use crate::call::Call;
use crate::name::{IntoName, Name};
use crate::paginate::List;
use crate::reference::Reference;
use crate::types::{Deployment, builder};

super::resource! {
    /// Deployments: models on hardware of your choice, kept ready.
    Deployments
}

impl Deployments {
    /// The account's deployments.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.list>
    pub fn list(&self) -> List<Deployment> {
        List::new(self.client.transport().clone(), Ok("/deployments".into()))
    }

    /// A deployment and its current release.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.get>
    pub fn get(&self, deployment: impl IntoName) -> Call<Deployment> {
        let deployment = deployment.into_name();
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = deployment?;
            let call = api
                .deployments_get()
                .deployment_owner(owner)
                .deployment_name(name);
            Ok(call.send().await?.into_inner())
        })
    }

    /// Creates a deployment. Its instances cost money while they are up, used or not.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client, version: &str) -> replicate::Result<()> {
    /// let deployment = replicate
    ///     .deployments()
    ///     .create(|new| {
    ///         new.name("app")
    ///             .model("acme/app")
    ///             .version(version)
    ///             .hardware("gpu-t4")
    ///             .min_instances(0)
    ///             .max_instances(1)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.create>
    pub fn create(
        &self,
        fill: impl FnOnce(builder::DeploymentCreateRequest) -> builder::DeploymentCreateRequest,
    ) -> Call<Deployment> {
        let body = fill(builder::DeploymentCreateRequest::default());
        Call::new(&self.client, |api| async move {
            Ok(api
                .deployments_create()
                .body_map(|_| body)
                .send()
                .await?
                .into_inner())
        })
    }

    /// Changes a deployment, which makes a new release: what is not given stays.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.update>
    pub fn update(
        &self,
        deployment: impl IntoName,
        fill: impl FnOnce(builder::DeploymentUpdateRequest) -> builder::DeploymentUpdateRequest,
    ) -> Call<Deployment> {
        let deployment = deployment.into_name();
        let body = fill(builder::DeploymentUpdateRequest::default());
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = deployment?;
            let call = api
                .deployments_update()
                .deployment_owner(owner)
                .deployment_name(name);
            Ok(call.body_map(|_| body).send().await?.into_inner())
        })
    }

    /// Deletes a deployment that was not used for 15 minutes.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.delete>
    pub fn delete(&self, deployment: impl IntoName) -> Call<()> {
        let deployment = deployment.into_name();
        Call::new(&self.client, |api| async move {
            let Name { owner, name } = deployment?;
            api.deployments_delete()
                .deployment_owner(owner)
                .deployment_name(name)
                .send()
                .await?;
            Ok(())
        })
    }

    /// Predictions on deployments.
    pub fn predictions(&self) -> DeploymentPredictions {
        DeploymentPredictions::new(self.client.clone())
    }
}

super::resource! {
    /// Predictions on deployments.
    DeploymentPredictions
}

impl DeploymentPredictions {
    /// Creates a prediction on a deployment and leaves it running. To its end it is run by
    /// `client.run("deployments/owner/name")`.
    ///
    /// API: <https://replicate.com/docs/reference/http#deployments.predictions.create>
    pub fn create(&self, deployment: impl IntoName) -> CreatePrediction {
        let reference = deployment
            .into_name()
            .and_then(|name| Reference::deployment(&name.owner, &name.name));
        CreatePrediction::new(self.client.clone(), reference)
    }
}
