//! The parts of the API: predictions, models, deployments and the rest.
//!
//! Each is made by the method of [`Client`](crate::Client) of the same name. They are cheap to
//! make and to clone.

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
pub use deployments::{CreateDeployment, DeploymentPredictions, Deployments, UpdateDeployment};
#[cfg(feature = "files")]
pub use file_upload::UploadFile;
pub use files::Files;
pub use hardware::Hardware;
pub use models::{CreateModel, ModelList, Models, UpdateModel};
pub use predictions::{CreatePrediction, FindCreate, PredictionList, Predictions};
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

/// Sends the [`Call`](crate::Call) that a type's own `call` returns when the type is awaited.
macro_rules! awaited {
    ($name:ident -> $result:ident) => {
        impl $name {
            /// Sends the request, and returns the whole response.
            ///
            /// # Errors
            /// The errors of the request.
            pub async fn with_response(self) -> crate::Result<crate::Response<$result>> {
                self.call().with_response().await
            }
        }

        impl std::future::IntoFuture for $name {
            type Output = crate::Result<$result>;
            type IntoFuture = futures::future::BoxFuture<'static, crate::Result<$result>>;

            fn into_future(self) -> Self::IntoFuture {
                self.call().into_future()
            }
        }
    };
}
use awaited;

/// Declares a request whose body is described by setters, and which is sent when it is awaited.
macro_rules! request {
    (
        $(#[$doc:meta])*
        $name:ident($target_type:ty, $body:ident) -> $result:ident = $send:expr;
        $($(#[$setter_doc:meta])* $setter:ident($value:ty))*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before it is awaited"]
        pub struct $name {
            client: crate::Client,
            target: $target_type,
            body: crate::types::builder::$body,
            options: crate::RequestOptions,
        }

        impl $name {
            fn new(client: &crate::Client, target: $target_type) -> Self {
                Self {
                    client: client.clone(),
                    target,
                    body: Default::default(),
                    options: Default::default(),
                }
            }

            $(
                $(#[$setter_doc])*
                pub fn $setter(mut self, value: impl Into<$value>) -> Self {
                    let value: $value = value.into();
                    self.body = self.body.$setter(value);
                    self
                }
            )*

            replicate_api::request_options!(field options);
            replicate_api::request_options!(methods options: retry_policy header token timeout);

            fn call(self) -> crate::Call<$result> {
                let Self { client, target, body, options } = self;
                let send = $send;
                crate::Call::new(&client, move |api| send(api, target, body)).options(options)
            }
        }

        crate::resources::awaited! { $name -> $result }
    };
}
use request;

/// The methods of a list that has filters of its own.
macro_rules! list_methods {
    ($item:ident) => {
        /// Starts at the page of this cursor, such as the `next` of a [`Page`].
        pub fn cursor(self, cursor: impl Into<String>) -> Self {
            Self(self.0.cursor(cursor))
        }

        /// Adds options to the request for each page; options that they do not set stay unchanged.
        pub fn options(self, options: crate::RequestOptions) -> Self {
            Self(self.0.options(options))
        }

        replicate_api::request_options!(methods options: retry_policy header token timeout);

        /// Fetches one page: the first, or that of `cursor`. The rest of the list is in `pages`
        /// and `items`.
        pub fn page(self) -> Call<Page<$item>> {
            self.0.page()
        }

        /// The pages, one after another, each fetched when it is read.
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
    };
}
use list_methods;
