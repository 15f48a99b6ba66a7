//! The parts of the API, each a file: what can be asked of predictions, models and the rest.
//!
//! They are made by the methods of [`Client`](crate::Client) of the same names. Cheap to make
//! and to clone.

mod account;
mod collections;
mod deployments;
#[cfg(feature = "files")]
mod file_upload;
mod files;
mod hardware;
mod models;
mod predictions;
mod search;
mod trainings;
mod versions;
mod webhooks;

pub use crate::reconcile::Reconciled;
pub use account::Account;
pub use collections::Collections;
pub use deployments::{DeploymentPredictions, Deployments};
#[cfg(feature = "files")]
pub use file_upload::UploadFile;
pub use files::Files;
pub use hardware::Hardware;
pub use models::{ModelList, Models};
pub use predictions::{CreatePrediction, PredictionList, Predictions};
pub use search::Search;
pub use trainings::{CreateTraining, Trainings};
pub use versions::Versions;
pub use webhooks::Webhooks;

/// Declares a part of the API that is reached through a client.
macro_rules! resource {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            client: crate::Client,
        }

        impl $name {
            pub(crate) fn new(client: crate::Client) -> Self {
                Self { client }
            }
        }
    };
}
use resource;

/// The methods of a list that has filters of its own.
macro_rules! list_methods {
    ($item:ident) => {
        /// Begins at the page of this cursor, such as one that a [`Page`] gave.
        pub fn cursor(self, cursor: impl Into<String>) -> Self {
            Self(self.0.cursor(cursor))
        }

        /// The pages, one after another, each fetched when it is asked for.
        pub fn pages(self) -> Pages<$item> {
            self.0.pages()
        }

        /// The items of all pages. The next page is fetched while the second half of one is
        /// read.
        pub fn items(self) -> Items<$item> {
            self.0.items()
        }

        /// The same list with its items as another type, such as [`serde_json::Value`] for
        /// every field that the API sends.
        pub fn decode_as<U>(self) -> List<U> {
            self.0.decode_as()
        }

        /// Fetches the first page and gives its body as it came.
        ///
        /// # Errors
        /// Those of the call.
        pub async fn raw(self) -> Result<Bytes> {
            self.0.raw().await
        }
    };
}
use list_methods;
