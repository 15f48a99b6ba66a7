//! A stream of events that outlives its connections, and ends with the final prediction.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use replicate_api::RetryPolicy;
use tokio::time::Instant;

use super::delivered::{DeliveredText, SeenIds, pieces};
use super::event::{EventFields, StreamEvent, error_detail, is_readable_done};
use super::source::{Connection, Source};
use super::step::{Step, step, unless_terminal};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Requests;
use crate::poll::{Deadline, Next, PollFailure, Schedule, failed, lost, removed};
use crate::settings::PollPolicy;
use crate::sse::{Event, Events};
use crate::types::Prediction;

#[cfg(test)]
mod tests;

/// After how many reconnects without a new event the prediction is polled instead.
const MAX_RECONNECTS: u32 = 5;

/// Bounds of the reconnection time that a stream sets.
const MIN_RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Time that a broken stream waits for the prediction before it reconnects.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct ResumableStream<S> {
    source: S,
    poll_policy: PollPolicy,
    /// Whether the caller ends the stream after some time, however long an outage lasts.
    has_timeout: bool,
    retry_policy: RetryPolicy,
    max_event_bytes: usize,
    state: State,
    /// Reconnects since the last event that was delivered.
    reconnects: u32,
    last_event_id: Option<String>,
    /// The reconnection time that the stream has set.
    retry: Option<Duration>,
    seen: SeenIds,
    output: DeliveredText,
    logs: DeliveredText,
    /// Events may be missing or repeated: the connection broke, or ended without an end event.
    has_gap: bool,
    reported_error: Option<String>,
    /// Fields of the event that ended the stream.
    done_fields: EventFields,
    /// Resolves when the prediction ends while the connection delivers nothing.
    quiet: Option<BoxFuture<'static, Arc<Prediction>>>,
    snapshot: Arc<Prediction>,
    ready: VecDeque<Result<StreamEvent>>,
    /// Step that [`poll_event`](ResumableStream::poll_event) reached.
    step: Option<Step>,
}

enum State {
    Disconnected,
    Connected(Box<Events<Connection>>),
    /// The prediction is read until it is terminal: next at this time.
    Polling(Box<Schedule>, Instant),
    Finished,
}

impl<S: Source> ResumableStream<S> {
    pub(super) fn new(
        source: S,
        prediction: Arc<Prediction>,
        poll_policy: PollPolicy,
        has_timeout: bool,
        retry_policy: RetryPolicy,
        max_event_bytes: usize,
    ) -> Self {
        Self {
            source,
            poll_policy,
            has_timeout,
            retry_policy,
            max_event_bytes,
            state: State::Disconnected,
            reconnects: 0,
            last_event_id: None,
            retry: None,
            seen: SeenIds::default(),
            output: DeliveredText::default(),
            logs: DeliveredText::default(),
            has_gap: false,
            reported_error: None,
            done_fields: EventFields::default(),
            quiet: None,
            snapshot: prediction,
            ready: VecDeque::new(),
            step: None,
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// Reads the prediction instead of its stream from here on.
    pub(super) fn poll_instead(&mut self) {
        self.has_gap = true;
        self.start_polling();
    }

    fn start_polling(&mut self) {
        let backoff = self.retry_policy.clone();
        let schedule = Schedule::new(self.poll_policy, backoff, self.has_timeout);
        self.state = State::Polling(Box::new(schedule), Instant::now());
    }

    pub(super) async fn next(&mut self) -> Result<Option<StreamEvent>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event.map(Some);
            }
            match &mut self.state {
                State::Finished => return Ok(None),
                State::Polling(..) => self.poll().await?,
                State::Disconnected => self.connect().await,
                State::Connected(events) => {
                    let step = match self.step.take() {
                        Some(step) => step,
                        None => step(events, &mut self.quiet, &self.source).await,
                    };
                    if let Some(event) = self.take(step).await? {
                        return Ok(Some(event));
                    }
                }
            }
        }
    }

    /// The next event that has arrived, if there is one. A future for each event would cost more
    /// than the event.
    pub(super) fn poll_event(&mut self, cx: &mut Context<'_>) -> Option<StreamEvent> {
        while self.ready.is_empty()
            && self.step.is_none()
            && let State::Connected(events) = &mut self.state
        {
            let Poll::Ready(item) = events.poll_next_unpin(cx) else {
                return None;
            };
            match Step::from_item(item, events) {
                Step::Event { event, named } => {
                    let event = self.event(event, named);
                    if event.is_some() {
                        return event;
                    }
                }
                other => self.step = Some(other),
            }
        }
        None
    }

    async fn connect(&mut self) {
        let connecting = self.source.connect(self.last_event_id.clone());
        match unless_terminal(self.source.clone(), connecting).await {
            Err(prediction) => self.end_with(prediction),
            Ok(Ok(connection)) => {
                self.seen.reconnected();
                let last_event_id = self.last_event_id.take();
                let events = Events::after(connection, self.max_event_bytes, last_event_id);
                self.state = State::Connected(Box::new(events));
            }
            Ok(Err(error)) if error.kind().is_transient() => match error.retry_after() {
                Some(delay) if delay > self.retry_policy.max_retry_after => self.poll_instead(),
                delay => self.reconnect(delay.unwrap_or_default()).await,
            },
            // The model does not stream, or its stream has ended.
            Ok(Err(error)) => {
                tracing::debug!(prediction = %self.snapshot.id, %error, "no stream; polling instead");
                self.poll_instead();
            }
        }
    }

    async fn take(&mut self, step: Step) -> Result<Option<StreamEvent>> {
        match step {
            Step::Event { event, named } => return Ok(self.event(event, named)),
            Step::Broken => self.reconnect(Duration::ZERO).await,
            Step::Terminal(prediction) => self.end_with(prediction),
            Step::Failed(error) => {
                self.state = State::Finished;
                let _ = self.refresh().await;
                return Err(error.with_prediction(Arc::clone(&self.snapshot)));
            }
        }
        Ok(None)
    }

    fn event(&mut self, event: Event, named: bool) -> Option<StreamEvent> {
        let id = (named && !event.id.is_empty()).then_some(event.id);
        let retry = event.retry;
        let is_text = matches!(event.event.as_str(), "output" | "logs");
        if is_text && !self.seen.insert(id.as_deref()) {
            return None;
        }
        let fields = EventFields { id, retry };
        let delivered = match event.event.as_str() {
            "output" => {
                self.output.push(&event.data);
                StreamEvent::output(event.data, fields)
            }
            "logs" => {
                self.logs.push(&event.data);
                StreamEvent::logs(event.data, fields)
            }
            "done" => {
                self.has_gap |= !is_readable_done(&event.data);
                self.settle(fields);
                return None;
            }
            "error" => {
                self.has_gap = true;
                self.reported_error = Some(error_detail(&event.data));
                self.settle(fields);
                return None;
            }
            _ => return None,
        };
        self.reconnects = 0;
        self.quiet = None;
        Some(delivered)
    }

    /// The stream has ended; the prediction shows how, mostly a moment later.
    fn settle(&mut self, fields: EventFields) {
        self.done_fields = fields;
        self.start_polling();
    }

    /// Prepares to connect again after a delay, at least `min_delay`, or abandons the stream.
    async fn reconnect(&mut self, min_delay: Duration) {
        if let State::Connected(events) = &self.state {
            self.retry = events.retry().or(self.retry);
            self.last_event_id = events.last_event_id();
            self.has_gap = true;
        }
        self.state = State::Disconnected;
        self.quiet = None;
        let read = tokio::time::timeout(REFRESH_TIMEOUT, self.refresh()).await;
        if let Ok(Ok(())) = read
            && self.snapshot.status.is_terminal()
        {
            return self.end_with(Arc::clone(&self.snapshot));
        }
        // Without an id a server could only send everything again.
        let can_resume = self.last_event_id.is_some() && self.seen.is_resumable();
        let has_delivered = !self.output.is_empty() || !self.logs.is_empty();
        let never = self.retry_policy.max_attempts <= 1;
        if never || (has_delivered && !can_resume) || self.reconnects == MAX_RECONNECTS {
            return self.poll_instead();
        }
        let delay = match self.retry {
            Some(retry) => retry.clamp(MIN_RETRY, MAX_RETRY),
            None => (self.retry_policy.initial_backoff)
                .saturating_mul(1 << self.reconnects)
                .min(self.retry_policy.max_backoff),
        };
        self.reconnects += 1;
        let delaying = tokio::time::sleep(delay.max(min_delay)).boxed();
        if let Err(prediction) = unless_terminal(self.source.clone(), delaying).await {
            self.end_with(prediction);
        }
    }

    async fn refresh(&mut self) -> Result<()> {
        self.snapshot = self.source.prediction().await?;
        Ok(())
    }

    /// Reads the prediction once, and delivers what it has that is new.
    async fn poll(&mut self) -> Result<()> {
        let State::Polling(_, next) = &self.state else {
            return Ok(());
        };
        tokio::time::sleep_until(*next).await;
        while let Some(until) = self.source.pacing().paused_until() {
            tokio::time::sleep_until(until).await;
        }
        let read = self.refresh().await;
        let State::Polling(schedule, next) = &mut self.state else {
            return Ok(());
        };
        let pacing = self.source.pacing();
        if let Err(error) = read {
            let id = &self.snapshot.id;
            let failure = PollFailure::from_error(&error);
            let delay = error.retry_after();
            let error = match schedule.failed(failure, delay, self.source.knowledge()) {
                Next::After(delay) => {
                    *next = Deadline::after(delay).at;
                    return Ok(());
                }
                Next::Paused(delay) => {
                    pacing.limit(delay);
                    return Ok(());
                }
                Next::Fail => failed::<Prediction>(error, failure, id),
                Next::Outage(outage) => lost::<Prediction>(error, outage, id),
            };
            self.state = State::Finished;
            return Err(error.with_prediction(Arc::clone(&self.snapshot)));
        }
        *next = Deadline::after(schedule.succeeded(pacing.stretch())).at;
        if self.snapshot.status.is_terminal() {
            self.finish(Arc::clone(&self.snapshot));
        } else {
            self.deliver_logs();
            // Another value can still change as a whole.
            let output = self.snapshot.output.as_ref();
            if output.is_some_and(|output| output.is_string() || output.is_array()) {
                self.deliver_output();
            }
        }
        Ok(())
    }

    /// Ends with a prediction whose stream had no end event.
    pub(super) fn end_with(&mut self, prediction: Arc<Prediction>) {
        self.has_gap = true;
        self.finish(prediction);
    }

    /// Ends with the final prediction: first what is missing of its output, then the prediction.
    fn finish(&mut self, prediction: Arc<Prediction>) {
        self.state = State::Finished;
        self.quiet = None;
        self.snapshot = prediction;
        let prediction = Arc::clone(&self.snapshot);
        if prediction.is_removed() {
            self.ready.push_back(Err(removed(prediction)));
            return;
        }
        if self.has_gap {
            self.deliver_logs();
        }
        let status = prediction.status.as_str();
        if !self.deliver_output() && status == "succeeded" {
            if self.has_gap {
                let error = Error::new(
                    ErrorKind::Stream,
                    format!(
                        "the stream of the prediction {} broke, and the text that it delivered does not match the output; the prediction has succeeded: use its output",
                        prediction.id
                    ),
                );
                self.ready.push_back(Err(error.with_prediction(prediction)));
                return;
            }
            // SSE cannot carry a lone carriage return, and a model may post-process its output.
            tracing::warn!(
                prediction = %prediction.id,
                "the streamed text differs from the output of the prediction"
            );
        }
        let fields = std::mem::take(&mut self.done_fields);
        self.ready.push_back(match status {
            "succeeded" | "canceled" => Ok(StreamEvent::done(prediction, fields)),
            _ => Err(ended(prediction, self.reported_error.take())),
        });
    }

    /// Delivers what the snapshot's output has after what was delivered; whether it begins so.
    fn deliver_output(&mut self) -> bool {
        let Some(rest) = self.output.rest(&pieces(self.snapshot.output.as_ref())) else {
            return false;
        };
        for text in rest {
            self.output.push(&text);
            let event = StreamEvent::output(text, EventFields::default());
            self.ready.push_back(Ok(event));
        }
        true
    }

    fn deliver_logs(&mut self) {
        let logs = self.snapshot.logs.as_deref().unwrap_or_default();
        let rest = self.logs.rest(&[logs.into()]).unwrap_or_default();
        for text in rest {
            self.logs.push(&text);
            let event = StreamEvent::logs(text, EventFields::default());
            self.ready.push_back(Ok(event));
        }
    }
}

/// The error of a prediction that did not succeed, with the stream's reason if it has none.
fn ended(prediction: Arc<Prediction>, reported: Option<String>) -> Error {
    let reason = prediction.error.as_deref().unwrap_or_default();
    match reported.filter(|reported| reason.trim().is_empty() && !reported.is_empty()) {
        Some(reported) => {
            let mut reasoned = Prediction::clone(&prediction);
            reasoned.error = Some(reported);
            Error::ended(Arc::new(reasoned)).with_prediction(prediction)
        }
        None => Error::ended(prediction),
    }
}
