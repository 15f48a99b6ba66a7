//! Fault injection, for tests of what a client does when calls fail.

use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{StatusCode, header};

use crate::{
    ids::Ids, job::Job, problem::Problem, response::set_header, routes::Operation, sync::Locked,
};

/// A failure to inject: its kind, which calls it applies to, and how often.
///
/// ```
/// use std::time::Duration;
/// use replicate_emulator::Fault;
///
/// // The first create fails with 503, and nothing is created.
/// let refused = Fault::status(503).on("predictions.create").times(1);
/// // The prediction is created, but the response is lost.
/// let lost = Fault::drop_connection().on("predictions.create").after_handling();
/// // One call in ten takes two seconds longer.
/// let slow = Fault::latency(Duration::from_secs(2)).probability(0.1);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault has no effect until it is given to `Emulator::inject_fault`"]
pub struct Fault {
    kind: Kind,
    on: Option<String>,
    model: Option<String>,
    prediction: Option<u64>,
    times: Option<u32>,
    skip: u32,
    probability: f64,
    after_handling: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Latency(Duration),
    Response {
        status: u16,
        content: Option<(String, Bytes)>,
    },
    RateLimit(u64),
    Drop,
    CutBody(usize),
    ReplicaLag(u32),
}

impl Fault {
    /// Delays the response.
    pub fn latency(latency: Duration) -> Self {
        Self::new(Kind::Latency(latency))
    }

    /// Responds with this status and a problem as the body, or none where the status has none (204,
    /// 205, 304). An invalid status becomes 500.
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Response {
            status,
            content: None,
        })
    }

    /// Responds with this status, content type and body, such as a proxy's HTML. A content type
    /// that is not a valid header value is left out, and so is a body where the status has none
    /// (204, 205, 304).
    pub fn response(status: u16, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        let content = Some((content_type.into(), body.into()));
        Self::new(Kind::Response { status, content })
    }

    /// Responds with 429 and `Retry-After` in seconds.
    pub fn rate_limit(retry_after: u64) -> Self {
        Self::new(Kind::RateLimit(retry_after))
    }

    /// Resets the connection without a response.
    pub fn drop_connection() -> Self {
        Self::new(Kind::Drop)
    }

    /// Handles the call, and breaks the connection after this many bytes of the response body: a
    /// client receives the status, the headers and those bytes, and then an error.
    ///
    /// A body that is not longer arrives complete, since its length is in `Content-Length`; a
    /// stream, whose length is unknown, breaks after its last event. To fail before the response,
    /// use [`drop_connection`](Self::drop_connection).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use replicate_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.inject_fault(Fault::cut_body(40).on("account.get").times(1))?;
    /// let url = format!("{}/v1/account", emulator.url());
    /// let request = || reqwest::Client::new().get(&url).bearer_auth("any");
    /// let response = request().send().await?;
    /// assert_eq!(response.status(), 200);
    /// assert!(response.bytes().await.is_err());
    /// assert!(request().send().await?.bytes().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn cut_body(after: usize) -> Self {
        Self::new(Kind::CutBody(after))
    }

    /// Responds with 404 to the first `reads` reads of a prediction or training by its id: the
    /// API's replicas lag behind a create. Each prediction has its own count. No other operation is
    /// affected.
    pub fn replica_lag(reads: u32) -> Self {
        Self::new(Kind::ReplicaLag(reads))
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            on: None,
            model: None,
            prediction: None,
            times: None,
            skip: 0,
            probability: 1.0,
            after_handling: false,
        }
    }

    /// Applies to this operation only, by its id in the API's specification (`predictions.create`)
    /// or one of the emulator's own (`streams.get`, `outputs.get`). `predictions.*` means all whose
    /// ids begin with `predictions.`. Default: every call of a client.
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.on = Some(operation.into());
        self
    }

    /// Applies only to calls for this model, `owner/name`: its own routes and those of its
    /// versions, creates with it (by name, version or deployment), and its predictions, trainings,
    /// streams and outputs. Default: every call.
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.model = Some(name.into());
        self
    }

    /// Applies only to calls for the n-th prediction since the start of the emulator: the create
    /// that would create it (the first is 1), reads, cancels, its stream and its outputs. Default:
    /// every call.
    pub fn prediction(mut self, n: u64) -> Self {
        self.prediction = Some(n);
        self
    }

    /// Applies at most this many times. Default: without limit.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Skips the first matching calls.
    pub fn skip(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Applies with this probability, from 0 to 1, drawn from the emulator's seed. Default: 1.
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// Applies after the call was handled: the response is lost or late, not the call.
    pub fn after_handling(mut self) -> Self {
        self.after_handling = true;
        self
    }

    fn concerns(&self, operation: Operation, subject: &Subject) -> bool {
        let lags = match self.kind {
            Kind::ReplicaLag(reads) => {
                let job = subject.job.as_ref().filter(|_| {
                    use Operation::{PredictionsGet, TrainingsGet};
                    matches!(operation, PredictionsGet | TrainingsGet)
                });
                job.is_some_and(|job| job.live.lagging_reads.load(Ordering::Relaxed) < reads)
            }
            _ => true,
        };
        let on = self.on.as_deref();
        let (model, prediction) = (self.model.as_ref(), self.prediction);
        lags && on.is_none_or(|on| matches_operation(on, operation.id()))
            && model.is_none_or(|name| subject.model.as_ref() == Some(name))
            && prediction.is_none_or(|n| subject.prediction == Some(n))
    }

    /// Whether it depends on what a call is about.
    fn has_subject(&self) -> bool {
        self.model.is_some()
            || self.prediction.is_some()
            || matches!(self.kind, Kind::ReplicaLag(_))
    }
}

/// Whether `on` is this operation's id, or its beginning followed by `*`.
fn matches_operation(on: &str, id: &str) -> bool {
    on.strip_suffix('*')
        .map_or(on == id, |start| id.starts_with(start))
}

/// The subject of a call, as far as it is known before the call is handled.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    /// `owner/name`.
    pub(crate) model: Option<String>,
    /// The number of the prediction among all: the first is 1.
    pub(crate) prediction: Option<u64>,
    pub(crate) job: Option<Arc<Job>>,
}

/// A fault names an operation that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOperation(String);

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown operation `{}`: expected an id of the API's specification such as \
             `predictions.create`, or `streams.get`, `outputs.get`, or a beginning such as \
             `predictions.*`",
            self.0
        )
    }
}

impl Error for UnknownOperation {}

/// The injected faults.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

/// The faults that match one call.
#[derive(Debug, Default)]
pub(crate) struct MatchedFaults {
    /// Delay before the call is handled.
    pub(crate) latency: Duration,
    /// Delay between its handling and its response.
    pub(crate) response_latency: Duration,
    first: Option<Fault>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> Result<(), UnknownOperation> {
        if let Some(on) = &fault.on
            && !Operation::exists(|id| matches_operation(on, id))
        {
            return Err(UnknownOperation(on.clone()));
        }
        self.0.locked().push(fault);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.locked().len()
    }

    pub(crate) fn clear(&self) {
        self.0.locked().clear();
    }

    /// The faults that match a call. `subject` is called only if a fault depends on it.
    pub(crate) fn match_request(
        &self,
        operation: Operation,
        ids: &Ids,
        subject: impl FnOnce() -> Subject,
    ) -> MatchedFaults {
        let wanted = self.0.locked().iter().any(Fault::has_subject);
        let subject = if wanted {
            subject()
        } else {
            Subject::default()
        };
        let mut faults = self.0.locked();
        let mut matched = MatchedFaults::default();
        for fault in faults
            .iter_mut()
            .filter(|fault| fault.concerns(operation, &subject))
        {
            if fault.times == Some(0) || !ids.happens(fault.probability) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            match fault.kind {
                Kind::Latency(latency) => {
                    let total = match fault.after_handling {
                        true => &mut matched.response_latency,
                        false => &mut matched.latency,
                    };
                    *total = total.saturating_add(latency);
                }
                _ if matched.first.is_none() => {
                    if let (Kind::ReplicaLag(_), Some(job)) = (&fault.kind, &subject.job) {
                        job.live.lagging_reads.fetch_add(1, Ordering::Relaxed);
                    }
                    matched.first = Some(fault.clone());
                }
                // One response for a call: this fault applies to the next.
                _ => continue,
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
        }
        faults.retain(|fault| fault.times != Some(0));
        matched
    }
}

/// The effect of a fault on a call.
#[derive(Debug)]
pub(crate) enum Effect {
    Respond(Response),
    Reset,
}

impl MatchedFaults {
    /// The effect before the call is handled.
    pub(crate) fn before(&self) -> Option<Effect> {
        self.first
            .as_ref()
            .filter(|fault| !fault.after_handling)
            .and_then(effect)
    }

    /// The effect on the call's response.
    pub(crate) fn after(&self, response: Response) -> Effect {
        match &self.first {
            Some(Fault {
                kind: Kind::CutBody(after),
                ..
            }) => Effect::Respond(truncate(response, *after)),
            Some(fault) if fault.after_handling => {
                effect(fault).unwrap_or(Effect::Respond(response))
            }
            _ => Effect::Respond(response),
        }
    }
}

fn effect(fault: &Fault) -> Option<Effect> {
    match &fault.kind {
        Kind::Latency(_) | Kind::CutBody(_) => None,
        Kind::Drop => Some(Effect::Reset),
        Kind::RateLimit(seconds) => Some(Effect::Respond(
            Problem::rate_limited(
                "Too many requests",
                format!("Request was throttled. Your rate limit resets in ~{seconds}s."),
                *seconds,
            )
            .into_response(),
        )),
        Kind::Response { status, content } => {
            Some(Effect::Respond(response(*status, content.as_ref())))
        }
        Kind::ReplicaLag(_) => Some(Effect::Respond(
            Problem::not_found("This id does not exist (yet): a replica lags.").into_response(),
        )),
    }
}

/// Whether HTTP allows no body in a response with this status.
pub(crate) fn bodiless(status: StatusCode) -> bool {
    matches!(status.as_u16(), 100..=199 | 204 | 205 | 304)
}

/// The response of an injected status, with its content type and body if they are given.
pub(crate) fn response(status: u16, content: Option<&(String, Bytes)>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let Some((content_type, body)) = content else {
        if bodiless(status) {
            return status.into_response();
        }
        let detail = format!("This fault was injected: status {status}.");
        return Problem::new(status, "Injected fault", detail).into_response();
    };
    let mut response = status.into_response();
    if !bodiless(status) {
        *response.body_mut() = Body::from(body.clone());
    }
    set_header(response.headers_mut(), header::CONTENT_TYPE, content_type);
    response
}

/// Breaks the body off after this many bytes. `Content-Length` has the original length.
fn truncate(response: Response, after: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    let chunks = body.into_data_stream();
    let ending = stream::unfold(Some((chunks, after)), |current| async move {
        let (mut chunks, left) = current?;
        let next = if left == 0 { None } else { chunks.next().await };
        Some(match next {
            Some(Ok(chunk)) => {
                let part = chunk.slice(..chunk.len().min(left));
                let left = left - part.len();
                (Ok(part), Some((chunks, left)))
            }
            Some(Err(error)) => (Err(std::io::Error::other(error)), None),
            None => {
                // Lets the bytes so far be sent before the connection breaks.
                tokio::time::sleep(Duration::from_millis(5)).await;
                (Err(std::io::ErrorKind::ConnectionReset.into()), None)
            }
        })
    });
    Response::from_parts(parts, Body::from_stream(ending))
}
