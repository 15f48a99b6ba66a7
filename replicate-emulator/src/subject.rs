//! The subject of a call, for faults that apply to one model or one prediction.

use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::{faults::Subject, routes::Operation, state::State};

impl Subject {
    pub(crate) fn of(state: &State, operation: Operation, path: &[String], body: &[u8]) -> Self {
        use Operation as O;
        let part = |place: usize| path.get(place).map_or("", String::as_str);
        let job = match operation {
            O::PredictionsGet | O::PredictionsCancel | O::OutputsGet => {
                state.predictions.get(part(0))
            }
            O::StreamsGet => {
                let id = part(0).split('-').next().unwrap_or_default();
                state.predictions.get(id)
            }
            O::TrainingsGet | O::TrainingsCancel => state.trainings.get(part(0)),
            _ => None,
        };
        let model = match operation {
            O::PredictionsCreate => model_of_version(state, body),
            O::DeploymentsPredictionsCreate
            | O::DeploymentsGet
            | O::DeploymentsUpdate
            | O::DeploymentsDelete => {
                let deployment = state.deployments.get(part(1));
                let own = deployment.filter(|_| part(0) == state.account);
                own.map(|deployment| deployment.release.model)
            }
            O::ModelsPredictionsCreate
            | O::ModelsGet
            | O::ModelsUpdate
            | O::ModelsDelete
            | O::ModelsExamplesList
            | O::ModelsReadmeGet
            | O::ModelsVersionsList
            | O::ModelsVersionsGet
            | O::ModelsVersionsDelete
            | O::TrainingsCreate => Some(format!("{}/{}", part(0), part(1))),
            _ => job.as_ref().map(|job| job.model.clone()),
        };
        let prediction = if operation.creates_job() && operation != O::TrainingsCreate {
            Some(state.predictions.created() + 1)
        } else {
            let prediction = job.as_ref().filter(|job| !job.is_training());
            prediction.map(|job| job.live.ordinal.load(Ordering::Relaxed))
        };
        Self {
            model,
            prediction,
            job,
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
