// Written by `cargo xtask codegen`; an edit here is lost the next time.
// From replicate-api/src/constructs/description.json.

#![allow(unused_imports, unused_mut, missing_docs, clippy::all)]

/// Client for every construct that the generator supports.
///
/// # Operations
///
/// - jobs: [`jobs_create`](Self::jobs_create), [`jobs_list`](Self::jobs_list), [`jobs_update`](Self::jobs_update), [`jobs_cancel`](Self::jobs_cancel), [`jobs_log`](Self::jobs_log)
/// - notes: [`notes_put`](Self::notes_put)
/// - tokens: [`tokens_create`](Self::tokens_create)
/// - uploads: [`uploads_create`](Self::uploads_create), [`uploads_search`](Self::uploads_search), [`uploads_delete`](Self::uploads_delete), [`uploads_replace`](Self::uploads_replace)
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: crate::Transport,
}
/// # Jobs
impl Client {
    /// Create a job.
    ///
    /// For example:
    ///
    /// ```text
    /// let job = create();
    /// ```
    ///
    /// See \<id> and \[this].
    ///
    /// ```text
    /// indented code
    /// ```
    ///
    /// Sends `POST /jobs`; see [`jobs.create`](https://replicate.com/docs/reference/http#jobs.create).
    ///
    /// Required: `body.name`, `body.options`.
    ///
    /// Documented responses: `201 Job`, `204`.
    pub fn jobs_create(&self) -> builder::JobsCreate {
        builder::JobsCreate::new(&self.transport)
    }
    /// Sends `GET /jobs`; see [`jobs.list`](https://replicate.com/docs/reference/http#jobs.list).
    ///
    /// Required: `send_query`.
    ///
    /// Documented responses: `200 JobPage`.
    pub fn jobs_list(&self) -> builder::JobsList {
        builder::JobsList::new(&self.transport)
    }
    /// Sends `PATCH /jobs/{job-id}`; see [`jobs.update`](https://replicate.com/docs/reference/http#jobs.update).
    ///
    /// Required: `job_id`.
    ///
    /// Documented responses: `200 Job`.
    pub fn jobs_update(&self) -> builder::JobsUpdate {
        builder::JobsUpdate::new(&self.transport)
    }
    /// Sends `POST /jobs/{job-id}/cancel`; see [`jobs.cancel`](https://replicate.com/docs/reference/http#jobs.cancel).
    ///
    /// Required: `job_id`.
    ///
    /// Documented responses: `202`, `404`.
    pub fn jobs_cancel(&self) -> builder::JobsCancel {
        builder::JobsCancel::new(&self.transport)
    }
    /// Sends `GET /jobs/{job-id}/log`; see [`jobs.log`](https://replicate.com/docs/reference/http#jobs.log).
    ///
    /// Required: `job_id`.
    ///
    /// Documented responses: `200 text/plain`.
    pub fn jobs_log(&self) -> builder::JobsLog {
        builder::JobsLog::new(&self.transport)
    }
}
/// # Notes
impl Client {
    /// Sends `PUT /notes`; see [`notes.put`](https://replicate.com/docs/reference/http#notes.put).
    ///
    /// Required: `body.text`.
    ///
    /// Documented responses: `200 [Shape]`.
    pub fn notes_put(&self) -> builder::NotesPut {
        builder::NotesPut::new(&self.transport)
    }
}
/// # Tokens
impl Client {
    /// Sends `POST /tokens`; see [`tokens.create`](https://replicate.com/docs/reference/http#tokens.create).
    ///
    /// Required: `body.grant`.
    ///
    /// Documented responses: `200 application/json`.
    pub fn tokens_create(&self) -> builder::TokensCreate {
        builder::TokensCreate::new(&self.transport)
    }
}
/// # Uploads
impl Client {
    /// Sends `POST /uploads`; see [`uploads.create`](https://replicate.com/docs/reference/http#uploads.create).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `204`.
    pub fn uploads_create(&self) -> builder::UploadsCreate {
        builder::UploadsCreate::new(&self.transport)
    }
    /// Sends `QUERY /uploads`; see [`uploads.search`](https://replicate.com/docs/reference/http#uploads.search).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `200 application/json`.
    pub fn uploads_search(&self) -> builder::UploadsSearch {
        builder::UploadsSearch::new(&self.transport)
    }
    /// Deprecated by the API.
    ///
    /// Sends `DELETE /uploads`; see [`uploads.delete`](https://replicate.com/docs/reference/http#uploads.delete).
    ///
    /// Documented responses: `204`.
    #[deprecated]
    pub fn uploads_delete(&self) -> builder::UploadsDelete {
        builder::UploadsDelete::new(&self.transport)
    }
    /// Sends `PUT /uploads`; see [`uploads.replace`](https://replicate.com/docs/reference/http#uploads.replace).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `2XX`.
    pub fn uploads_replace(&self) -> builder::UploadsReplace {
        builder::UploadsReplace::new(&self.transport)
    }
}
/// Types of requests and responses.
pub mod types {
    /// `Circle`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Circle {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub radius: ::std::option::Option<f64>,
    }
    /// `Job`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Job {
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub batches: ::std::vec::Vec<JobBatchesItem>,
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub either: ::std::option::Option<::serde_json::Value>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub extended: ::std::option::Option<JobExtended>,
        /// An id.
        pub id: ::std::string::String,
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub owner: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shape: ::std::option::Option<Shape>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub state: ::std::option::Option<State>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<JobUrls>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
    }
    /// `JobBatchesItem`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobBatchesItem {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<i64>,
    }
    /// `JobCancelRequest`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobCancelRequest {
        pub reason: ::std::string::String,
    }
    /// `JobCreateRequest`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobCreateRequest {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub config: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        pub name: ::std::string::String,
        pub options: JobCreateRequestOptions,
        /// The job before.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parent: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shape: ::std::option::Option<Shape>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<JobCreateRequestType>,
    }
    /// `JobCreateRequestOptions`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobCreateRequestOptions {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub labels: ::std::option::Option<
            ::std::collections::BTreeMap<::std::string::String, ::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub notify: ::std::option::Option<
            ::std::vec::Vec<JobCreateRequestOptionsNotifyItem>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub rate: ::std::option::Option<f64>,
        pub retries: i64,
    }
    /// `JobCreateRequestOptionsNotifyItem`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobCreateRequestOptionsNotifyItem {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub events: ::std::option::Option<
            ::std::vec::Vec<JobCreateRequestOptionsNotifyItemEvent>,
        >,
        pub url: ::std::string::String,
    }
    /// `JobExtended`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobExtended {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub color: ::std::option::Option<::std::string::String>,
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub kind: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub radius: ::std::option::Option<f64>,
    }
    /// `JobPage`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobPage {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Job>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<JobUrls>,
    }
    /// `JobUpdateRequest`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobUpdateRequest {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub labels: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        #[serde(default, skip_serializing_if = "crate::Nullable::is_absent")]
        pub note: crate::Nullable<::std::string::String>,
        #[serde(default, skip_serializing_if = "crate::Nullable::is_absent")]
        pub options: crate::Nullable<JobUpdateRequestOptions>,
        #[serde(default, skip_serializing_if = "crate::Nullable::is_absent")]
        pub tags: crate::Nullable<::std::vec::Vec<::std::string::String>>,
    }
    /// `JobUpdateRequestOptions`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobUpdateRequestOptions {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub retries: ::std::option::Option<i64>,
    }
    /// `JobUrls`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct JobUrls {
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
    }
    /// `NotePutRequest`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct NotePutRequest {
        pub text: ::std::string::String,
    }
    /// `Square`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Square {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub side: ::std::option::Option<i64>,
    }
    /// `TokenCreateRequest`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TokenCreateRequest {
        pub grant: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scope: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    crate::open_enum! {
        /// One of: `start`, `end`.
        pub enum JobCreateRequestOptionsNotifyItemEvent {
            Start = "start",
            End = "end",
        }
    }
    crate::open_enum! {
        /// One of: `plain`.
        pub enum JobCreateRequestType {
            Plain = "plain",
        }
    }
    crate::open_enum! {
        /// One of: `queued`, `done`.
        pub enum State {
            Queued = "queued",
            Done = "done",
        }
    }
    /// One of several types; `kind` is the tag.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[serde(tag = "kind")]
    pub enum Shape {
        #[serde(rename = "round")]
        Round(Circle),
        #[serde(rename = "square")]
        Square(Square),
        /// A value of a type that is not in the API's description.
        #[serde(untagged)]
        Unknown(::serde_json::Value),
    }
    impl crate::field::FromJson for Shape {}
    impl Circle {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::Circle {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(Circle, builder::Circle);
    impl JobCancelRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobCancelRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(JobCancelRequest, builder::JobCancelRequest);
    impl JobCreateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobCreateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(JobCreateRequest, builder::JobCreateRequest);
    impl JobCreateRequestOptions {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobCreateRequestOptions {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        JobCreateRequestOptions, builder::JobCreateRequestOptions
    );
    impl JobCreateRequestOptionsNotifyItem {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobCreateRequestOptionsNotifyItem {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        JobCreateRequestOptionsNotifyItem, builder::JobCreateRequestOptionsNotifyItem
    );
    impl JobUpdateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobUpdateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(JobUpdateRequest, builder::JobUpdateRequest);
    impl JobUpdateRequestOptions {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::JobUpdateRequestOptions {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        JobUpdateRequestOptions, builder::JobUpdateRequestOptions
    );
    impl NotePutRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::NotePutRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(NotePutRequest, builder::NotePutRequest);
    impl Square {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::Square {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(Square, builder::Square);
    impl TokenCreateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::TokenCreateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(TokenCreateRequest, builder::TokenCreateRequest);
    /// Builders for the types that requests are made of.
    pub mod builder {
        /// Builds a [`Circle`](super::Circle).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct Circle {
            radius: ::std::result::Result<
                ::std::option::Option<f64>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Circle {
            fn default() -> Self {
                Self {
                    radius: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Circle {
            /// Sets `radius`.
            ///
            /// Optional.
            pub fn radius<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<f64>>,
            {
                self.radius = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<Circle> for super::Circle {
            type Error = super::error::ConversionError;
            fn try_from(value: Circle) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("radius", &value.radius);
                fields.finish()?;
                Ok(Self { radius: value.radius? })
            }
        }
        impl ::std::convert::From<super::Circle> for Circle {
            fn from(value: super::Circle) -> Self {
                Self { radius: Ok(value.radius) }
            }
        }
        /// Builds a [`JobCancelRequest`](super::JobCancelRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobCancelRequest {
            reason: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for JobCancelRequest {
            fn default() -> Self {
                Self {
                    reason: Err(crate::field::REQUIRED),
                }
            }
        }
        impl JobCancelRequest {
            /// Sets `reason`.
            ///
            /// Required.
            pub fn reason<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.reason = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobCancelRequest> for super::JobCancelRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobCancelRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("reason", &value.reason);
                fields.finish()?;
                Ok(Self { reason: value.reason? })
            }
        }
        impl ::std::convert::From<super::JobCancelRequest> for JobCancelRequest {
            fn from(value: super::JobCancelRequest) -> Self {
                Self { reason: Ok(value.reason) }
            }
        }
        /// Builds a [`JobCreateRequest`](super::JobCreateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobCreateRequest {
            config: ::std::result::Result<
                ::std::option::Option<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                ::std::string::String,
            >,
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            options: ::std::result::Result<
                super::JobCreateRequestOptions,
                ::std::string::String,
            >,
            parent: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            shape: ::std::result::Result<
                ::std::option::Option<super::Shape>,
                ::std::string::String,
            >,
            token: ::std::result::Result<
                ::std::option::Option<crate::Secret>,
                ::std::string::String,
            >,
            type_: ::std::result::Result<
                ::std::option::Option<super::JobCreateRequestType>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for JobCreateRequest {
            fn default() -> Self {
                Self {
                    config: Ok(::std::default::Default::default()),
                    name: Err(crate::field::REQUIRED),
                    options: Err(crate::field::REQUIRED),
                    parent: Ok(::std::default::Default::default()),
                    shape: Ok(::std::default::Default::default()),
                    token: Ok(::std::default::Default::default()),
                    type_: Ok(::std::default::Default::default()),
                }
            }
        }
        impl JobCreateRequest {
            /// Sets `config`.
            ///
            /// Optional.
            pub fn config<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<
                        ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                    >,
                >,
            {
                self.config = value.into_field();
                self
            }
            /// Sets `name`.
            ///
            /// Required.
            pub fn name<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.name = value.into_field();
                self
            }
            /// Sets `options`.
            ///
            /// Required.
            pub fn options<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<super::JobCreateRequestOptions>,
            {
                self.options = value.into_field();
                self
            }
            /// The job before.
            ///
            /// Optional.
            pub fn parent<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.parent = value.into_field();
                self
            }
            /// Sets `shape`.
            ///
            /// Optional.
            pub fn shape<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<super::Shape>>,
            {
                self.shape = value.into_field();
                self
            }
            /// Sets `token`.
            ///
            /// Optional.
            pub fn token<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<crate::Secret>>,
            {
                self.token = value.into_field();
                self
            }
            /// Sets `type`.
            ///
            /// Optional.
            pub fn type_<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<super::JobCreateRequestType>>,
            {
                self.type_ = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobCreateRequest> for super::JobCreateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobCreateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("config", &value.config);
                fields.check("name", &value.name);
                fields.check("options", &value.options);
                fields.check("parent", &value.parent);
                fields.check("shape", &value.shape);
                fields.check("token", &value.token);
                fields.check("type", &value.type_);
                fields.finish()?;
                Ok(Self {
                    config: value.config?,
                    name: value.name?,
                    options: value.options?,
                    parent: value.parent?,
                    shape: value.shape?,
                    token: value.token?,
                    type_: value.type_?,
                })
            }
        }
        impl ::std::convert::From<super::JobCreateRequest> for JobCreateRequest {
            fn from(value: super::JobCreateRequest) -> Self {
                Self {
                    config: Ok(value.config),
                    name: Ok(value.name),
                    options: Ok(value.options),
                    parent: Ok(value.parent),
                    shape: Ok(value.shape),
                    token: Ok(value.token),
                    type_: Ok(value.type_),
                }
            }
        }
        /// Builds a [`JobCreateRequestOptions`](super::JobCreateRequestOptions).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobCreateRequestOptions {
            labels: ::std::result::Result<
                ::std::option::Option<
                    ::std::collections::BTreeMap<
                        ::std::string::String,
                        ::std::string::String,
                    >,
                >,
                ::std::string::String,
            >,
            notify: ::std::result::Result<
                ::std::option::Option<
                    ::std::vec::Vec<super::JobCreateRequestOptionsNotifyItem>,
                >,
                ::std::string::String,
            >,
            rate: ::std::result::Result<
                ::std::option::Option<f64>,
                ::std::string::String,
            >,
            retries: ::std::result::Result<i64, ::std::string::String>,
        }
        impl ::std::default::Default for JobCreateRequestOptions {
            fn default() -> Self {
                Self {
                    labels: Ok(::std::default::Default::default()),
                    notify: Ok(::std::default::Default::default()),
                    rate: Ok(::std::default::Default::default()),
                    retries: Err(crate::field::REQUIRED),
                }
            }
        }
        impl JobCreateRequestOptions {
            /// Sets `labels`.
            ///
            /// Optional.
            pub fn labels<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<
                        ::std::collections::BTreeMap<
                            ::std::string::String,
                            ::std::string::String,
                        >,
                    >,
                >,
            {
                self.labels = value.into_field();
                self
            }
            /// Sets `notify`.
            ///
            /// Optional.
            pub fn notify<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<
                        ::std::vec::Vec<super::JobCreateRequestOptionsNotifyItem>,
                    >,
                >,
            {
                self.notify = value.into_field();
                self
            }
            /// Sets `rate`.
            ///
            /// Optional.
            pub fn rate<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<f64>>,
            {
                self.rate = value.into_field();
                self
            }
            /// Sets `retries`.
            ///
            /// Required.
            pub fn retries<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<i64>,
            {
                self.retries = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobCreateRequestOptions>
        for super::JobCreateRequestOptions {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobCreateRequestOptions,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("labels", &value.labels);
                fields.check("notify", &value.notify);
                fields.check("rate", &value.rate);
                fields.check("retries", &value.retries);
                fields.finish()?;
                Ok(Self {
                    labels: value.labels?,
                    notify: value.notify?,
                    rate: value.rate?,
                    retries: value.retries?,
                })
            }
        }
        impl ::std::convert::From<super::JobCreateRequestOptions>
        for JobCreateRequestOptions {
            fn from(value: super::JobCreateRequestOptions) -> Self {
                Self {
                    labels: Ok(value.labels),
                    notify: Ok(value.notify),
                    rate: Ok(value.rate),
                    retries: Ok(value.retries),
                }
            }
        }
        /// Builds a [`JobCreateRequestOptionsNotifyItem`](super::JobCreateRequestOptionsNotifyItem).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobCreateRequestOptionsNotifyItem {
            events: ::std::result::Result<
                ::std::option::Option<
                    ::std::vec::Vec<super::JobCreateRequestOptionsNotifyItemEvent>,
                >,
                ::std::string::String,
            >,
            url: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for JobCreateRequestOptionsNotifyItem {
            fn default() -> Self {
                Self {
                    events: Ok(::std::default::Default::default()),
                    url: Err(crate::field::REQUIRED),
                }
            }
        }
        impl JobCreateRequestOptionsNotifyItem {
            /// Sets `events`.
            ///
            /// Optional.
            pub fn events<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<
                        ::std::vec::Vec<super::JobCreateRequestOptionsNotifyItemEvent>,
                    >,
                >,
            {
                self.events = value.into_field();
                self
            }
            /// Sets `url`.
            ///
            /// Required.
            pub fn url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.url = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobCreateRequestOptionsNotifyItem>
        for super::JobCreateRequestOptionsNotifyItem {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobCreateRequestOptionsNotifyItem,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("events", &value.events);
                fields.check("url", &value.url);
                fields.finish()?;
                Ok(Self {
                    events: value.events?,
                    url: value.url?,
                })
            }
        }
        impl ::std::convert::From<super::JobCreateRequestOptionsNotifyItem>
        for JobCreateRequestOptionsNotifyItem {
            fn from(value: super::JobCreateRequestOptionsNotifyItem) -> Self {
                Self {
                    events: Ok(value.events),
                    url: Ok(value.url),
                }
            }
        }
        /// Builds a [`JobUpdateRequest`](super::JobUpdateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobUpdateRequest {
            labels: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<::std::string::String>>,
                ::std::string::String,
            >,
            note: ::std::result::Result<
                crate::Nullable<::std::string::String>,
                ::std::string::String,
            >,
            options: ::std::result::Result<
                crate::Nullable<super::JobUpdateRequestOptions>,
                ::std::string::String,
            >,
            tags: ::std::result::Result<
                crate::Nullable<::std::vec::Vec<::std::string::String>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for JobUpdateRequest {
            fn default() -> Self {
                Self {
                    labels: Ok(::std::default::Default::default()),
                    note: Ok(::std::default::Default::default()),
                    options: Ok(::std::default::Default::default()),
                    tags: Ok(::std::default::Default::default()),
                }
            }
        }
        impl JobUpdateRequest {
            /// Sets `labels`.
            ///
            /// Optional.
            pub fn labels<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<::std::vec::Vec<::std::string::String>>,
                >,
            {
                self.labels = value.into_field();
                self
            }
            /// Sets `note`.
            ///
            /// Optional. `None` sends `null`.
            pub fn note<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<crate::Nullable<::std::string::String>>,
            {
                self.note = value.into_field();
                self
            }
            /// Sets `options`.
            ///
            /// Optional. `None` sends `null`.
            pub fn options<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<crate::Nullable<super::JobUpdateRequestOptions>>,
            {
                self.options = value.into_field();
                self
            }
            /// Sets `tags`.
            ///
            /// Optional. `None` sends `null`.
            pub fn tags<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    crate::Nullable<::std::vec::Vec<::std::string::String>>,
                >,
            {
                self.tags = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobUpdateRequest> for super::JobUpdateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobUpdateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("labels", &value.labels);
                fields.check("note", &value.note);
                fields.check("options", &value.options);
                fields.check("tags", &value.tags);
                fields.finish()?;
                Ok(Self {
                    labels: value.labels?,
                    note: value.note?,
                    options: value.options?,
                    tags: value.tags?,
                })
            }
        }
        impl ::std::convert::From<super::JobUpdateRequest> for JobUpdateRequest {
            fn from(value: super::JobUpdateRequest) -> Self {
                Self {
                    labels: Ok(value.labels),
                    note: Ok(value.note),
                    options: Ok(value.options),
                    tags: Ok(value.tags),
                }
            }
        }
        /// Builds a [`JobUpdateRequestOptions`](super::JobUpdateRequestOptions).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct JobUpdateRequestOptions {
            retries: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for JobUpdateRequestOptions {
            fn default() -> Self {
                Self {
                    retries: Ok(::std::default::Default::default()),
                }
            }
        }
        impl JobUpdateRequestOptions {
            /// Sets `retries`.
            ///
            /// Optional.
            pub fn retries<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<i64>>,
            {
                self.retries = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<JobUpdateRequestOptions>
        for super::JobUpdateRequestOptions {
            type Error = super::error::ConversionError;
            fn try_from(
                value: JobUpdateRequestOptions,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("retries", &value.retries);
                fields.finish()?;
                Ok(Self { retries: value.retries? })
            }
        }
        impl ::std::convert::From<super::JobUpdateRequestOptions>
        for JobUpdateRequestOptions {
            fn from(value: super::JobUpdateRequestOptions) -> Self {
                Self { retries: Ok(value.retries) }
            }
        }
        /// Builds a [`NotePutRequest`](super::NotePutRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct NotePutRequest {
            text: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for NotePutRequest {
            fn default() -> Self {
                Self {
                    text: Err(crate::field::REQUIRED),
                }
            }
        }
        impl NotePutRequest {
            /// Sets `text`.
            ///
            /// Required.
            pub fn text<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.text = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<NotePutRequest> for super::NotePutRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: NotePutRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("text", &value.text);
                fields.finish()?;
                Ok(Self { text: value.text? })
            }
        }
        impl ::std::convert::From<super::NotePutRequest> for NotePutRequest {
            fn from(value: super::NotePutRequest) -> Self {
                Self { text: Ok(value.text) }
            }
        }
        /// Builds a [`Square`](super::Square).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct Square {
            side: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Square {
            fn default() -> Self {
                Self {
                    side: Err(crate::field::REQUIRED),
                }
            }
        }
        impl Square {
            /// Sets `side`.
            ///
            /// Required.
            pub fn side<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<i64>>,
            {
                self.side = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<Square> for super::Square {
            type Error = super::error::ConversionError;
            fn try_from(value: Square) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("side", &value.side);
                fields.finish()?;
                Ok(Self { side: value.side? })
            }
        }
        impl ::std::convert::From<super::Square> for Square {
            fn from(value: super::Square) -> Self {
                Self { side: Ok(value.side) }
            }
        }
        /// Builds a [`TokenCreateRequest`](super::TokenCreateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct TokenCreateRequest {
            grant: ::std::result::Result<::std::string::String, ::std::string::String>,
            scope: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<::std::string::String>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for TokenCreateRequest {
            fn default() -> Self {
                Self {
                    grant: Err(crate::field::REQUIRED),
                    scope: Ok(::std::default::Default::default()),
                }
            }
        }
        impl TokenCreateRequest {
            /// Sets `grant`.
            ///
            /// Required.
            pub fn grant<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.grant = value.into_field();
                self
            }
            /// Sets `scope`.
            ///
            /// Optional.
            pub fn scope<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<::std::vec::Vec<::std::string::String>>,
                >,
            {
                self.scope = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<TokenCreateRequest> for super::TokenCreateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: TokenCreateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("grant", &value.grant);
                fields.check("scope", &value.scope);
                fields.finish()?;
                Ok(Self {
                    grant: value.grant?,
                    scope: value.scope?,
                })
            }
        }
        impl ::std::convert::From<super::TokenCreateRequest> for TokenCreateRequest {
            fn from(value: super::TokenCreateRequest) -> Self {
                Self {
                    grant: Ok(value.grant),
                    scope: Ok(value.scope),
                }
            }
        }
    }
}
/// Every operation of the API.
pub mod operations {
    /// `POST /jobs/{job-id}/cancel`.
    pub const JOBS_CANCEL: crate::Operation = crate::Operation::new(
            "jobs.cancel",
            "POST",
            "/jobs/{job-id}/cancel",
        )
        .idempotent();
    /// `POST /jobs`: Create a job.
    pub const JOBS_CREATE: crate::Operation = crate::Operation::new(
        "jobs.create",
        "POST",
        "/jobs",
    );
    /// `GET /jobs`.
    pub const JOBS_LIST: crate::Operation = crate::Operation::new(
        "jobs.list",
        "GET",
        "/jobs",
    );
    /// `GET /jobs/{job-id}/log`.
    pub const JOBS_LOG: crate::Operation = crate::Operation::new(
            "jobs.log",
            "GET",
            "/jobs/{job-id}/log",
        )
        .streamed();
    /// `PATCH /jobs/{job-id}`.
    pub const JOBS_UPDATE: crate::Operation = crate::Operation::new(
        "jobs.update",
        "PATCH",
        "/jobs/{job-id}",
    );
    /// `PUT /notes`.
    pub const NOTES_PUT: crate::Operation = crate::Operation::new(
        "notes.put",
        "PUT",
        "/notes",
    );
    /// `POST /tokens`.
    pub const TOKENS_CREATE: crate::Operation = crate::Operation::new(
        "tokens.create",
        "POST",
        "/tokens",
    );
    /// `POST /uploads`.
    pub const UPLOADS_CREATE: crate::Operation = crate::Operation::new(
        "uploads.create",
        "POST",
        "/uploads",
    );
    /// `DELETE /uploads`.
    pub const UPLOADS_DELETE: crate::Operation = crate::Operation::new(
            "uploads.delete",
            "DELETE",
            "/uploads",
        )
        .deprecated();
    /// `PUT /uploads`.
    pub const UPLOADS_REPLACE: crate::Operation = crate::Operation::new(
        "uploads.replace",
        "PUT",
        "/uploads",
    );
    /// `QUERY /uploads`.
    pub const UPLOADS_SEARCH: crate::Operation = crate::Operation::new(
        "uploads.search",
        "QUERY",
        "/uploads",
    );
    /// All of them, in the order of their names.
    pub const ALL: &[crate::Operation] = &[
        JOBS_CANCEL,
        JOBS_CREATE,
        JOBS_LIST,
        JOBS_LOG,
        JOBS_UPDATE,
        NOTES_PUT,
        TOKENS_CREATE,
        UPLOADS_CREATE,
        UPLOADS_DELETE,
        UPLOADS_REPLACE,
        UPLOADS_SEARCH,
    ];
}
/// A builder for each operation.
pub mod builder {
    use super::types;
    /// Builder for [`Client::jobs_cancel`](super::Client::jobs_cancel): `POST /jobs/{job-id}/cancel`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct JobsCancel {
        transport: crate::Transport,
        job_id: Result<::std::string::String, String>,
        body: Result<::std::option::Option<types::builder::JobCancelRequest>, String>,
    }
    impl JobsCancel {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                job_id: Err(crate::field::REQUIRED),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Sets the parameter `job-id`.
        ///
        /// Required.
        pub fn job_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.job_id = value.into_field();
            self
        }
        /// Sets the body of the request.
        ///
        /// Optional. Takes a [`JobCancelRequest`](types::JobCancelRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::JobCancelRequest>,
        {
            self.body = value
                .into_field()
                .map(|body| Some(::std::convert::From::from(body)));
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::JobCancelRequest,
            ) -> types::builder::JobCancelRequest,
        {
            self.body = self.body.map(|body| Some(fill(body.unwrap_or_default())));
            self
        }
        /// Sends `POST /jobs/{job-id}/cancel`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::JOBS_CANCEL)
                .path("job-id", self.job_id)
                .json_optional(
                    self
                        .body
                        .and_then(|body| {
                            body.map(types::JobCancelRequest::try_from)
                                .transpose()
                                .map_err(|error| error.to_string())
                        }),
                )
                .nothing()
        }
    }
    /// Builder for [`Client::jobs_create`](super::Client::jobs_create): `POST /jobs`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct JobsCreate {
        transport: crate::Transport,
        body: Result<types::builder::JobCreateRequest, String>,
    }
    impl JobsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Sets the body of the request.
        ///
        /// Required. Takes a [`JobCreateRequest`](types::JobCreateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::JobCreateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::JobCreateRequest,
            ) -> types::builder::JobCreateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /jobs`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<
                crate::Response<::std::option::Option<types::Job>>,
                crate::Error,
            >,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::JOBS_CREATE)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::JobCreateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded_or_empty()
        }
    }
    /// Builder for [`Client::jobs_list`](super::Client::jobs_list): `GET /jobs`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct JobsList {
        transport: crate::Transport,
        ids: Result<::std::option::Option<::std::vec::Vec<i64>>, String>,
        state: Result<::std::option::Option<::std::vec::Vec<types::State>>, String>,
        since: Result<
            ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            String,
        >,
        if_none_match: Result<::std::option::Option<::std::string::String>, String>,
        send_query: Result<bool, String>,
    }
    impl JobsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                ids: Ok(::std::option::Option::None),
                state: Ok(::std::option::Option::None),
                since: Ok(::std::option::Option::None),
                if_none_match: Ok(::std::option::Option::None),
                send_query: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Sets the parameter `ids`.
        ///
        /// Optional.
        pub fn ids<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::vec::Vec<i64>>>,
        {
            self.ids = value.into_field();
            self
        }
        /// Sets the parameter `state`.
        ///
        /// Optional.
        pub fn state<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::vec::Vec<types::State>>>,
        {
            self.state = value.into_field();
            self
        }
        /// Sets the parameter `since`.
        ///
        /// Optional.
        pub fn since<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<
                ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            >,
        {
            self.since = value.into_field();
            self
        }
        /// Sets the parameter `If-None-Match`.
        ///
        /// Optional.
        pub fn if_none_match<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.if_none_match = value.into_field();
            self
        }
        /// Sets the parameter `send`.
        ///
        /// Required.
        pub fn send_query<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<bool>,
        {
            self.send_query = value.into_field();
            self
        }
        /// Sends `GET /jobs`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::JobPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::JOBS_LIST)
                .query_joined("ids", self.ids)
                .query("state", self.state)
                .query("since", self.since)
                .header("If-None-Match", self.if_none_match)
                .query("send", self.send_query)
                .decoded()
        }
    }
    /// Builder for [`Client::jobs_log`](super::Client::jobs_log): `GET /jobs/{job-id}/log`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct JobsLog {
        transport: crate::Transport,
        job_id: Result<::std::string::String, String>,
    }
    impl JobsLog {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                job_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Sets the parameter `job-id`.
        ///
        /// Required.
        pub fn job_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.job_id = value.into_field();
            self
        }
        /// Sends `GET /jobs/{job-id}/log`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::StreamingResponse, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::JOBS_LOG)
                .path("job-id", self.job_id)
                .streamed()
        }
    }
    /// Builder for [`Client::jobs_update`](super::Client::jobs_update): `PATCH /jobs/{job-id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct JobsUpdate {
        transport: crate::Transport,
        job_id: Result<::std::string::String, String>,
        body: Result<types::builder::JobUpdateRequest, String>,
    }
    impl JobsUpdate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                job_id: Err(crate::field::REQUIRED),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Sets the parameter `job-id`.
        ///
        /// Required.
        pub fn job_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.job_id = value.into_field();
            self
        }
        /// Sets the body of the request.
        ///
        /// Required. Takes a [`JobUpdateRequest`](types::JobUpdateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::JobUpdateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::JobUpdateRequest,
            ) -> types::builder::JobUpdateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `PATCH /jobs/{job-id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Job>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::JOBS_UPDATE)
                .path("job-id", self.job_id)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::JobUpdateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::notes_put`](super::Client::notes_put): `PUT /notes`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct NotesPut {
        transport: crate::Transport,
        body: Result<types::builder::NotePutRequest, String>,
    }
    impl NotesPut {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Sets the body of the request.
        ///
        /// Required. Takes a [`NotePutRequest`](types::NotePutRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::NotePutRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::NotePutRequest,
            ) -> types::builder::NotePutRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `PUT /notes`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<::std::vec::Vec<types::Shape>>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::NOTES_PUT)
                .json_as(
                    "application/vnd.example.v2+json",
                    self
                        .body
                        .and_then(|body| {
                            types::NotePutRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::tokens_create`](super::Client::tokens_create): `POST /tokens`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct TokensCreate {
        transport: crate::Transport,
        body: Result<types::builder::TokenCreateRequest, String>,
    }
    impl TokensCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Sets the body of the request.
        ///
        /// Required. Takes a [`TokenCreateRequest`](types::TokenCreateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::TokenCreateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::TokenCreateRequest,
            ) -> types::builder::TokenCreateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /tokens`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<::serde_json::Value>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::TOKENS_CREATE,
                )
                .form(
                    self
                        .body
                        .and_then(|body| {
                            types::TokenCreateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::uploads_create`](super::Client::uploads_create): `POST /uploads`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug)]
    pub struct UploadsCreate {
        transport: crate::Transport,
        body: Result<crate::multipart::Form, String>,
    }
    impl UploadsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Parts of the form:
        ///
        /// - `content` (required): The bytes.
        /// - `name` (optional): What to call it.
        ///
        /// Required.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<crate::multipart::Form>,
        {
            self.body = value.into_field();
            self
        }
        /// Sends `POST /uploads`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::UPLOADS_CREATE,
                )
                .multipart(self.body)
                .nothing()
        }
    }
    /// Builder for [`Client::uploads_delete`](super::Client::uploads_delete): `DELETE /uploads`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct UploadsDelete {
        transport: crate::Transport,
    }
    impl UploadsDelete {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
            }
        }
        crate::options::request_options!();
        /// Sends `DELETE /uploads`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::UPLOADS_DELETE,
                )
                .nothing()
        }
    }
    /// Builder for [`Client::uploads_replace`](super::Client::uploads_replace): `PUT /uploads`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug)]
    pub struct UploadsReplace {
        transport: crate::Transport,
        body: Result<crate::Body, String>,
    }
    impl UploadsReplace {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Sets the body of the request.
        ///
        /// Required.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<crate::Body>,
        {
            self.body = value.into_field();
            self
        }
        /// Sends `PUT /uploads`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::UPLOADS_REPLACE,
                )
                .bytes("image/png", self.body)
                .nothing()
        }
    }
    /// Builder for [`Client::uploads_search`](super::Client::uploads_search): `QUERY /uploads`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct UploadsSearch {
        transport: crate::Transport,
        body: Result<::std::string::String, String>,
    }
    impl UploadsSearch {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Sets the body of the request.
        ///
        /// Required.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.body = value.into_field();
            self
        }
        /// Sends `QUERY /uploads`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<
                crate::Response<::std::vec::Vec<::std::string::String>>,
                crate::Error,
            >,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::UPLOADS_SEARCH,
                )
                .text("text/plain", self.body)
                .decoded()
        }
    }
}
