//! Cache of models: official, with a route of their own, or run by their latest version;
//! and the schemas of versions.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Result};
use crate::lock::lock;
use crate::model_ref::ModelRef;
use crate::name::{IntoModelName, ModelName};
use crate::types::{Model, Version};

const MAX_MODELS: usize = 256;

/// For how long an official model, or a version by its id, is known.
const LONG_TTL: Duration = Duration::from_secs(60 * 60);

/// For how long the latest version of another model is known.
const LATEST_TTL: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub(crate) enum ModelRoute {
    /// By its own route.
    Own(Option<Arc<KnownVersion>>),
    /// By its latest version.
    Latest(Arc<KnownVersion>),
    /// By its own route, or else by its latest version: the API did not say.
    Unknown(Option<Arc<KnownVersion>>),
}

#[derive(Debug, Default)]
pub(crate) struct KnownVersion {
    pub(crate) id: String,
    pub(crate) schema: Option<Arc<Value>>,
}

impl From<Version> for KnownVersion {
    fn from(version: Version) -> Self {
        Self {
            id: version.id,
            schema: version.openapi_schema.map(|schema| Arc::new(schema.into())),
        }
    }
}

/// Cached models, by `owner/name`, and versions, by `owner/name:version`. Each
/// is read once at a time.
#[derive(Debug, Default)]
pub(crate) struct ModelCache(Mutex<BTreeMap<String, Arc<Slot>>>);

type Slot = tokio::sync::Mutex<Option<Known>>;

#[derive(Clone, Debug)]
struct Known {
    route: ModelRoute,
    read_at: Instant,
    ttl: Duration,
}

impl ModelCache {
    pub(crate) async fn route(
        &self,
        api: &replicate_api::Client,
        model: &ModelName,
    ) -> Result<ModelRoute> {
        let read = || get_model(api, model);
        self.route_by(&model.to_string(), read).await
    }

    async fn route_by<F>(&self, name: &str, read: impl FnOnce() -> F) -> Result<ModelRoute>
    where
        F: Future<Output = Result<Model>>,
    {
        let read = || async { route(name, read().await?) };
        self.get(name, read, |route| match route {
            ModelRoute::Own(_) => LONG_TTL,
            ModelRoute::Latest(_) | ModelRoute::Unknown(_) => LATEST_TTL,
        })
        .await
    }

    /// The schema of what a reference runs, where the API shows it.
    pub(crate) async fn schema(
        &self,
        api: &replicate_api::Client,
        reference: &ModelRef,
    ) -> Result<Option<Arc<Value>>> {
        let (model, id) = match reference.clone() {
            ModelRef::Model { owner, name } => {
                let route = self.route(api, &ModelName { owner, name }).await?;
                let latest = match &route {
                    ModelRoute::Own(latest) | ModelRoute::Unknown(latest) => latest.as_deref(),
                    ModelRoute::Latest(latest) => Some(&**latest),
                };
                return Ok(latest.and_then(|latest| latest.schema.clone()));
            }
            ModelRef::ModelVersion {
                owner,
                name,
                version,
            } => (ModelName { owner, name }, version),
            ModelRef::Deployment { owner, name } => {
                let call = api.deployments_get();
                let call = call.deployment_owner(owner).deployment_name(name);
                let release = call.send().await?.into_inner().current_release;
                let Some((model, version)) = release.and_then(|it| it.model.zip(it.version)) else {
                    return Ok(None);
                };
                (model.into_model_name()?, version)
            }
            // The API has no route from a version's id alone to the version.
            ModelRef::Version(_) => return Ok(None),
        };
        let read = || async {
            let call = api.models_versions_get();
            let call = call.model_owner(&model.owner).model_name(&model.name);
            let version = match call.version_id(&id).send().await {
                Ok(version) => version.into_inner().into(),
                // Some versions can be run but not read: the model shows whether its name is right.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    get_model(api, &model).await?;
                    KnownVersion::default()
                }
                Err(error) => return Err(error.into()),
            };
            Ok(ModelRoute::Latest(Arc::new(version)))
        };
        match self
            .get(&format!("{model}:{id}"), read, |_| LONG_TTL)
            .await?
        {
            ModelRoute::Latest(version) => Ok(version.schema.clone()),
            ModelRoute::Own(_) | ModelRoute::Unknown(_) => Ok(None),
        }
    }

    /// Returns the entry under `key`; `read` reads it if it is absent or too old.
    async fn get<F>(
        &self,
        key: &str,
        read: impl FnOnce() -> F,
        ttl: fn(&ModelRoute) -> Duration,
    ) -> Result<ModelRoute>
    where
        F: Future<Output = Result<ModelRoute>>,
    {
        let slot = self.slot(key);
        // Held while it is read, so that others wait for that instead of reading too.
        let mut known = slot.lock().await;
        let is_fresh = |known: &&Known| known.read_at.elapsed() < known.ttl;
        if let Some(known) = known.as_ref().filter(is_fresh) {
            return Ok(known.route.clone());
        }
        let (error, stale) = match (Box::pin(read()).await, known.as_ref()) {
            (Ok(route), _) => {
                *known = Some(Known {
                    ttl: ttl(&route),
                    route: route.clone(),
                    read_at: Instant::now(),
                });
                return Ok(route);
            }
            (Err(error), Some(stale)) if error.kind().is_transient() => (error, stale),
            (Err(error), _) => return Err(error),
        };
        tracing::warn!(
            target: "replicate",
            model = key,
            %error,
            "could not read the model again; using what is known of it"
        );
        Ok(stale.route.clone())
    }

    /// Forgets a model whose route was not found.
    pub(crate) fn remove(&self, model: &ModelName) {
        lock(&self.0).remove(&model.to_string());
    }

    fn slot(&self, name: &str) -> Arc<Slot> {
        let mut slots = lock(&self.0);
        if let Some(slot) = slots.get(name) {
            return Arc::clone(slot);
        }
        if slots.len() >= MAX_MODELS {
            let oldest = slots
                .iter()
                .min_by_key(|(_, slot)| match slot.try_lock() {
                    Ok(known) => known.as_ref().map(|known| known.read_at),
                    // It is in use.
                    Err(_) => Some(Instant::now()),
                })
                .map(|(name, _)| name.clone());
            if let Some(oldest) = oldest {
                slots.remove(&oldest);
            }
        }
        Arc::clone(slots.entry(name.to_owned()).or_default())
    }
}

async fn get_model(api: &replicate_api::Client, model: &ModelName) -> Result<Model> {
    let call = api.models_get();
    let call = call.model_owner(&model.owner).model_name(&model.name);
    Ok(call.send().await?.into_inner())
}

fn route(name: &str, model: Model) -> Result<ModelRoute> {
    let latest = model.latest_version.map(|version| Arc::new(version.into()));
    match (model.is_official, latest) {
        (Some(true), latest) => Ok(ModelRoute::Own(latest)),
        (None, latest) => Ok(ModelRoute::Unknown(latest)),
        (Some(false), Some(latest)) => Ok(ModelRoute::Latest(latest)),
        (Some(false), None) => Err(no_version(&name)),
    }
}

/// The error of a model that cannot be run by name.
pub(crate) fn no_version(name: &impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("model {name} has no version; no prediction was created: push a version first"),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;

    fn model(official: Option<bool>, version: Option<&str>) -> Model {
        let version = version.map(|id| json!({ "id": id }));
        serde_json::from_value(json!({
            "owner": "acme", "name": "app", "is_official": official, "latest_version": version,
        }))
        .unwrap()
    }

    /// The version that a route runs, after so many reads.
    async fn version(cache: &ModelCache, read: impl FnOnce() -> Result<Model>) -> String {
        match cache
            .route_by("acme/app", || async { read() })
            .await
            .unwrap()
        {
            ModelRoute::Own(_) => "own".to_owned(),
            ModelRoute::Latest(version) => version.id.clone(),
            ModelRoute::Unknown(_) => "unknown".to_owned(),
        }
    }

    fn unread() -> Result<Model> {
        panic!("it is known")
    }

    #[tokio::test(start_paused = true)]
    async fn official_models_are_known_for_an_hour_and_versions_for_a_minute() {
        let cache = ModelCache::default();
        assert_eq!(version(&cache, || Ok(model(Some(true), None))).await, "own");
        tokio::time::advance(Duration::from_secs(3599)).await;
        assert_eq!(version(&cache, unread).await, "own");
        tokio::time::advance(Duration::from_secs(1)).await;
        let one = version(&cache, || Ok(model(Some(false), Some("v1")))).await;
        assert_eq!(one, "v1");
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(version(&cache, unread).await, "v1");
        tokio::time::advance(Duration::from_secs(1)).await;
        let two = version(&cache, || Ok(model(Some(false), Some("v2")))).await;
        assert_eq!(two, "v2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refresh_that_fails_transiently_keeps_what_was_known() {
        let failure = |kind| move || Err(Error::new(kind, "x"));
        let cache = ModelCache::default();
        let first = cache.route_by("acme/app", || async { failure(ErrorKind::Server)() });
        assert_eq!(first.await.unwrap_err().kind(), ErrorKind::Server);
        version(&cache, || Ok(model(Some(false), Some("v1")))).await;
        tokio::time::advance(LATEST_TTL).await;
        assert_eq!(version(&cache, failure(ErrorKind::Server)).await, "v1");
        let gone = cache.route_by("acme/app", || async { failure(ErrorKind::NotFound)() });
        assert_eq!(gone.await.unwrap_err().kind(), ErrorKind::NotFound);
        cache.remove(&"acme/app".into_model_name().unwrap());
        let gone = cache.route_by("acme/app", || async { failure(ErrorKind::Server)() });
        assert_eq!(gone.await.unwrap_err().kind(), ErrorKind::Server);
    }

    #[tokio::test]
    async fn one_read_is_in_flight_for_a_model() {
        let cache = ModelCache::default();
        let reads = AtomicUsize::new(0);
        let read = || async {
            reads.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(model(None, Some("v1")))
        };
        let all = (0..20).map(|_| cache.route_by("acme/app", read));
        futures::future::try_join_all(all).await.unwrap();
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_model_without_a_version_cannot_be_run_by_name() {
        let cache = ModelCache::default();
        let route = cache.route_by("acme/app", || async { Ok(model(Some(false), None)) });
        let error = route.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(
            error.to_string().contains("acme/app has no version"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn the_number_of_models_is_limited() {
        let cache = ModelCache::default();
        for number in 0..2 * MAX_MODELS {
            let read = || async { Ok(model(Some(true), None)) };
            cache.route_by(&number.to_string(), read).await.unwrap();
        }
        assert_eq!(lock(&cache.0).len(), MAX_MODELS);
    }
}
