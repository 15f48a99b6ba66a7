//! The subject of a call, for faults that apply to one model or one prediction.

use std::sync::{Arc, atomic::Ordering};

use serde_json::Value;

use crate::{faults::Subject, job::Job, routes::Operation, state::State};

impl Subject {
    pub(crate) fn of(state: &State, operation: Operation, path: &[String], body: &[u8]) -> Self {
        use Operation as O;
        let part = |place: usize| path.get(place).map_or("", String::as_str);
        let created = || Some(state.predictions.created() + 1);
        match operation {
            O::PredictionsCreate => Self {
                model: model_of_version(state, body),
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
                ..Self::of_deployment(state, part(0), part(1))
            },
            O::DeploymentsGet | O::DeploymentsUpdate | O::DeploymentsDelete => {
                Self::of_deployment(state, part(0), part(1))
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
                Self::of_job(state.predictions.get(part(0)))
            }
            O::StreamsGet => {
                let id = part(0).split('-').next().unwrap_or_default();
                Self::of_job(state.predictions.get(id))
            }
            O::TrainingsGet | O::TrainingsCancel => Self::of_job(state.trainings.get(part(0))),
            _ => Self::default(),
        }
    }

    fn of_job(job: Option<Arc<Job>>) -> Self {
        Self {
            model: job.as_ref().map(|job| job.model.clone()),
            prediction: job
                .as_ref()
                .filter(|job| !job.is_training())
                .map(|job| job.live.ordinal.load(Ordering::Relaxed)),
            job,
        }
    }

    fn of_deployment(state: &State, owner: &str, name: &str) -> Self {
        Self {
            model: state
                .deployments
                .get(name)
                .filter(|_| owner == state.account)
                .map(|deployment| deployment.release.model),
            ..Self::default()
        }
    }
}

/// The model that a create by `version` names: by name, by name and id, or by id.
fn model_of_version(state: &State, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let version = body["version"].as_str()?;
    if version.contains('/') {
        return version.split(':').next().map(str::to_owned);
    }
    let (entry, _) = state.catalog.with_version(version)?;
    Some(entry.full_name())
}
