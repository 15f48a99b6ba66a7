//! The API's types, re-exported from `replicate-api`.
//!
//! Every field that a response may lack is an `Option`; an enum keeps a value that it does not
//! know. Requests have builders in [`builder`].

pub use replicate_api::types::{
    Account, AccountType, Collection, CollectionListItem, Deployment, DeploymentConfiguration,
    DeploymentCreateRequest, DeploymentRelease, DeploymentUpdateRequest, File, FileChecksums,
    FileUrls, Hardware, Model, ModelCreateRequest, ModelSortBy, ModelUpdateRequest, Prediction,
    PredictionRequest, PredictionUrls, SearchCollection, SearchModel, SearchModelMetadata,
    SearchResults, SortDirection, Source, Status, Training, TrainingOutput, TrainingRequest,
    TrainingUrls, Version, VersionPredictionRequest, Visibility, WebPage, WebhookEvent,
    WebhookSecret, builder,
};
