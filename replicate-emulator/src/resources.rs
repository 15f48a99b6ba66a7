//! The handlers of the API, one file for each resource, and their dispatch.

pub(crate) mod account;
pub(crate) mod collections;
pub(crate) mod deployments;
pub(crate) mod examples;
pub(crate) mod files;
pub(crate) mod hardware;
pub(crate) mod models;
pub(crate) mod outputs;
pub(crate) mod prediction_create;
pub(crate) mod predictions;
pub(crate) mod search;
pub(crate) mod trainings;
pub(crate) mod versions;

use crate::{call::Call, cog, control, dashboard, response::Reply, routes::Operation, sse};

/// Handles a call.
pub(crate) async fn dispatch(operation: Operation, call: &Call) -> Reply {
    use Operation as O;
    match operation {
        O::AccountGet => account::get(call),
        O::CollectionsList => collections::list(call),
        O::CollectionsGet => collections::get(call),
        O::DeploymentsList => deployments::list(call),
        O::DeploymentsCreate => deployments::create(call),
        O::DeploymentsGet => deployments::get(call),
        O::DeploymentsUpdate => deployments::update(call),
        O::DeploymentsDelete => deployments::delete(call),
        O::DeploymentsPredictionsCreate => prediction_create::by_deployment(call).await,
        O::FilesList => files::list(call),
        // Boxed, since it is much larger than any other.
        O::FilesCreate => Box::pin(files::create(call)).await,
        O::FilesGet => files::get(call),
        O::FilesDelete => files::delete(call),
        O::FilesDownload => files::download(call),
        O::HardwareList => hardware::list(),
        O::ModelsList => models::list(call).await,
        O::ModelsCreate => models::create(call),
        O::ModelsSearch => search::models(call).await,
        O::ModelsGet => models::get(call).await,
        O::ModelsUpdate => models::update(call),
        O::ModelsDelete => models::delete(call),
        O::ModelsExamplesList => examples::list(call),
        O::ModelsPredictionsCreate => prediction_create::by_model(call).await,
        O::ModelsReadmeGet => models::readme(call),
        O::ModelsVersionsList => versions::list(call).await,
        O::ModelsVersionsGet => versions::get(call).await,
        O::ModelsVersionsDelete => versions::delete(call),
        O::TrainingsCreate => trainings::create(call),
        O::PredictionsList => predictions::list(call),
        O::PredictionsCreate => prediction_create::by_version(call).await,
        O::PredictionsGet => predictions::get(call),
        O::PredictionsCancel => predictions::cancel(call),
        O::Search => search::all(call),
        O::TrainingsList => trainings::list(call),
        O::TrainingsGet => trainings::get(call),
        O::TrainingsCancel => trainings::cancel(call),
        O::WebhooksSecretGet => account::webhook_secret(call),
        O::StreamsGet => sse::get(call),
        O::OutputsGet => outputs::get(call),
        O::CogEvent => cog::prediction::event(call),
        O::ControlFaultsAdd => control::add_fault(call),
        O::ControlFaultsClear => control::clear_faults(call),
        O::ControlTimeAdvance => control::advance(call),
        O::ControlDownloadsSign => control::sign_download(call),
        O::ControlRateLimitSet => control::set_rate_limit(call),
        O::ControlRateLimitClear => control::clear_rate_limit(call),
        O::ControlOutageStart => control::start_outage(call),
        O::ControlOutageEnd => control::end_outage(call),
        O::PageHome => dashboard::home(call),
        O::PagePrediction => dashboard::prediction(call),
        O::PageModel => dashboard::model(call),
    }
}
