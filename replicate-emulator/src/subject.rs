//! What a call is about, for faults that concern one model or one prediction.

use std::sync::{Arc, atomic::Ordering};

use serde_json::Value;

use crate::{job::Job, resources::deployments, routes::Operation, world::World};

/// What a call is about, as far as that is known before it is handled.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    /// `owner/name`.
    pub(crate) model: Option<String>,
    /// The number of the prediction among all: the first is 1.
    pub(crate) prediction: Option<u64>,
    job: Option<Arc<Job>>,
}

impl Subject {
    pub(crate) fn of(world: &World, operation: Operation, path: &[String], body: &[u8]) -> Self {
        use Operation as O;
        let part = |place: usize| path.get(place).map_or("", String::as_str);
        let created = || Some(world.predictions.created() + 1);
        match operation {
            O::PredictionsCreate => Self {
                model: model_of_version(world, body),
                prediction: created(),
                job: None,
            },
            O::ModelsPredictionsCreate => Self {
                model: Some(format!("{}/{}", part(0), part(1))),
                prediction: created(),
                job: None,
            },
            O::DeploymentsPredictionsCreate => Self {
                prediction: created(),
                ..Self::of_deployment(world, part(0), part(1))
            },
            O::DeploymentsGet | O::DeploymentsUpdate | O::DeploymentsDelete => {
                Self::of_deployment(world, part(0), part(1))
            }
            O::ModelsGet
            | O::ModelsUpdate
            | O::ModelsDelete
            | O::ModelsExamplesList
            | O::ModelsReadmeGet
            | O::ModelsVersionsList
            | O::ModelsVersionsGet
            | O::ModelsVersionsDelete
            | O::TrainingsCreate => Self {
                model: Some(format!("{}/{}", part(0), part(1))),
                ..Self::default()
            },
            O::PredictionsGet | O::PredictionsCancel | O::OutputsGet => {
                Self::of_job(world.predictions.get(part(0)))
            }
            O::StreamsGet => {
                let id = part(0).split('-').next().unwrap_or_default();
                Self::of_job(world.predictions.get(id))
            }
            O::TrainingsGet | O::TrainingsCancel => Self::of_job(world.trainings.get(part(0))),
            _ => Self::default(),
        }
    }

    fn of_job(job: Option<Arc<Job>>) -> Self {
        Self {
            model: job.as_ref().map(|job| job.model.clone()),
            prediction: job
                .as_ref()
                .filter(|job| !job.is_training())
                .map(|job| job.ordinal.load(Ordering::Relaxed)),
            job,
        }
    }

    fn of_deployment(world: &World, owner: &str, name: &str) -> Self {
        Self {
            model: deployments::model(world, owner, name),
            ..Self::default()
        }
    }

    /// How many reads of the job have met a lagging replica.
    pub(crate) fn reads(&self) -> Option<u32> {
        let job = self.job.as_ref()?;
        Some(job.lagging_reads.load(Ordering::Relaxed))
    }

    pub(crate) fn count_read(&self) {
        if let Some(job) = &self.job {
            job.lagging_reads.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The model that a create by `version` names: by name, by name and id, or by id.
fn model_of_version(world: &World, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let version = body["version"].as_str()?;
    if version.contains('/') {
        return version.split(':').next().map(str::to_owned);
    }
    let (entry, _) = world.catalog.with_version(version)?;
    Some(entry.full_name())
}
