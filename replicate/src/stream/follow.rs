//! Following a stream over cuts, to the prediction's end.

use std::collections::VecDeque;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use replicate_api::RetryPolicy;
use tokio::time::Instant;

use super::delivered::{DeliveredText, as_streamed};
use super::event::{DoneReason, StreamEvent, error_of_data};
use super::replay::Delivered;
use super::source::{Connection, Source};
use crate::builder::PollPolicy;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Requests;
use crate::poll::removed;
use crate::sse::{Event, Events, SseError};
use crate::status::is_terminal;
use crate::types::Prediction;

#[cfg(test)]
mod tests;

/// After how many reconnects without a new event the prediction is asked after instead.
const RECONNECTS_IN_A_ROW: u32 = 5;

/// What is made of the pause that a stream asks for.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// After how long without anything to deliver, though the connection lives, the prediction is
/// looked at. A server can send heartbeats for ever.
const SILENCE: Duration = Duration::from_secs(60);

pub(super) struct Follow<S> {
    source: S,
    poll: PollPolicy,
    retries: RetryPolicy,
    limit: usize,
    state: State,
    reconnects: u32,
    was_connected: bool,
    delivered_any: bool,
    last_event_id: Option<String>,
    retry: Option<Duration>,
    delivered: Delivered,
    output: DeliveredText,
    /// Since when there was nothing to deliver.
    quiet_since: Option<Instant>,
    /// The prediction as it was last seen.
    seen: Prediction,
    ready: VecDeque<Result<StreamEvent>>,
}

enum State {
    Unconnected,
    Connected(Box<Events<Connection>>),
    /// The stream is given up; the prediction is asked after until it is over.
    Polling,
    Over,
}

/// What a connection came to.
enum Step {
    Event {
        event: Event,
        /// Whether it named its id itself.
        named: bool,
    },
    Cut,
    End,
    Silent,
    Failed(Error),
}

impl<S: Source> Follow<S> {
    pub(super) fn new(
        source: S,
        prediction: Prediction,
        poll: PollPolicy,
        retries: RetryPolicy,
        limit: usize,
    ) -> Self {
        Self {
            source,
            poll,
            retries,
            limit,
            state: State::Unconnected,
            reconnects: 0,
            was_connected: false,
            delivered_any: false,
            last_event_id: None,
            retry: None,
            delivered: Delivered::default(),
            output: DeliveredText::default(),
            quiet_since: None,
            seen: prediction,
            ready: VecDeque::new(),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<StreamEvent>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event.map(Some);
            }
            match &mut self.state {
                State::Over => return Ok(None),
                State::Polling => self.poll_to_the_end().await?,
                State::Unconnected => self.connect().await?,
                State::Connected(events) => {
                    let step = step(events, &mut self.quiet_since).await;
                    if let Some(event) = self.take(step).await? {
                        return Ok(Some(event));
                    }
                }
            }
        }
    }

    async fn connect(&mut self) -> Result<()> {
        match self.source.connect(self.last_event_id.clone()).await {
            Ok(connection) => {
                self.was_connected = true;
                self.delivered.reconnected();
                let events = Events::after(connection, self.limit, self.last_event_id.take());
                self.state = State::Connected(Box::new(events));
                Ok(())
            }
            Err(error) if is_passing(error.kind()) => {
                match error.retry_after() {
                    Some(wait) if wait > self.retries.longest_hint => self.state = State::Polling,
                    wait => self.cut(wait.unwrap_or_default()).await,
                }
                Ok(())
            }
            // A stream that was there and is no longer: the prediction still tells the rest.
            Err(_) if self.was_connected => {
                self.state = State::Polling;
                Ok(())
            }
            Err(error) => {
                self.state = State::Over;
                Err(error.with_prediction(self.latest().await))
            }
        }
    }

    async fn take(&mut self, step: Step) -> Result<Option<StreamEvent>> {
        match step {
            Step::Event { event, named } => self.event(event, named).await,
            Step::Cut => {
                self.cut(Duration::ZERO).await;
                Ok(None)
            }
            Step::End => {
                match self.look().await {
                    Ok(prediction) if is_terminal(prediction.status.as_str()) => {
                        self.finish(prediction);
                    }
                    _ => self.cut(Duration::ZERO).await,
                }
                Ok(None)
            }
            Step::Silent => {
                self.look_after_silence().await;
                Ok(None)
            }
            Step::Failed(error) => {
                self.state = State::Over;
                Err(error.with_prediction(self.latest().await))
            }
        }
    }

    async fn event(&mut self, event: Event, named: bool) -> Result<Option<StreamEvent>> {
        let name = event.event.as_str();
        let found = match name {
            "done" => return self.done(DoneReason::of_data(&event.data)).await,
            "error" => return Err(self.failed(error_of_data(&event.data)).await),
            "output" | "logs" if !self.delivered.is_new(&event, named) => None,
            "output" => {
                self.output.push(&event.data);
                Some(StreamEvent::Output(event.data))
            }
            "logs" => Some(StreamEvent::Logs(event.data)),
            _ => None,
        };
        if found.is_some() {
            self.reconnects = 0;
            self.delivered_any = true;
            self.quiet_since = None;
        } else if self.quiet_since.get_or_insert_with(Instant::now).elapsed() >= SILENCE {
            self.look_after_silence().await;
        }
        Ok(found)
    }

    async fn done(&mut self, reason: DoneReason) -> Result<Option<StreamEvent>> {
        match reason {
            DoneReason::Error => {
                let message = format!(
                    "the prediction {} failed; its stream does not say why",
                    self.seen.id
                );
                return Err(self.failed(Error::new(ErrorKind::Failed, message)).await);
            }
            DoneReason::Completed if self.delivered.is_in_doubt() => {
                // Something was skipped that may have been new: the output tells.
                if let Ok(prediction) = self.look().await
                    && is_terminal(prediction.status.as_str())
                {
                    self.finish(prediction);
                    return Ok(None);
                }
            }
            _ => {}
        }
        self.state = State::Over;
        Ok(Some(StreamEvent::Done { reason }))
    }

    /// The error of a prediction that failed: its own, where it says so, else what the stream
    /// tells.
    async fn failed(&mut self, told: Error) -> Error {
        self.state = State::Over;
        let prediction = self.latest().await;
        match prediction.status.as_str() {
            "failed" | "aborted" => Error::ended(prediction),
            _ => told.with_prediction(prediction),
        }
    }

    /// The prediction as it is now.
    async fn look(&mut self) -> Result<Prediction> {
        match self.source.prediction().await {
            Ok(prediction) => {
                self.seen = prediction.clone();
                Ok(prediction)
            }
            Err(error) => Err(error.with_prediction(self.seen.clone())),
        }
    }

    /// The prediction as it is now, or as it was last seen.
    async fn latest(&mut self) -> Prediction {
        match self.look().await {
            Ok(prediction) => prediction,
            Err(_) => self.seen.clone(),
        }
    }

    async fn look_after_silence(&mut self) {
        self.quiet_since = Some(Instant::now());
        if let Ok(prediction) = self.look().await
            && is_terminal(prediction.status.as_str())
        {
            self.finish(prediction);
        }
    }

    /// Prepares to connect again after a pause, at least the one that the server asked for, or
    /// gives the stream up.
    async fn cut(&mut self, asked_for: Duration) {
        if let State::Connected(events) = &self.state {
            self.retry = events.retry().or(self.retry);
            self.last_event_id = events.last_event_id();
        }
        self.state = State::Unconnected;
        // Without an id a server could only send everything again.
        let resumable = self.last_event_id.is_some() && self.delivered.is_resumable();
        let cannot_resume = self.delivered_any && !resumable;
        let once = self.retries.attempts <= 1;
        if once || cannot_resume || self.reconnects == RECONNECTS_IN_A_ROW {
            self.state = State::Polling;
            return;
        }
        let pause = match self.retry {
            Some(asked) => asked.clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            None => (self.retries.first_delay)
                .saturating_mul(1 << self.reconnects)
                .min(self.retries.longest_delay),
        };
        self.reconnects += 1;
        tokio::time::sleep(pause.max(asked_for)).await;
    }

    async fn poll_to_the_end(&mut self) -> Result<()> {
        let mut pauses = self.poll.pauses();
        loop {
            let prediction = match self.look().await {
                Ok(prediction) => prediction,
                Err(error) => {
                    self.state = State::Over;
                    return Err(error);
                }
            };
            if is_terminal(prediction.status.as_str()) {
                self.finish(prediction);
                return Ok(());
            }
            tokio::time::sleep(pauses.next().unwrap_or(self.poll.max_interval)).await;
        }
    }

    /// Ends with the prediction: first what is missing of its output, then how it ended.
    fn finish(&mut self, prediction: Prediction) {
        self.state = State::Over;
        if prediction.is_removed() {
            self.ready.push_back(Err(removed(prediction.into())));
            return;
        }
        let whole = as_streamed(prediction.output.as_ref());
        match self.output.missing_of(&whole) {
            Some("") => {}
            Some(missing) => self
                .ready
                .push_back(Ok(StreamEvent::Output(missing.to_owned()))),
            // What was delivered of a prediction that ended early may be more than was kept.
            None if prediction.status.as_str() != "succeeded" => {}
            None => {
                let error = Error::new(
                    ErrorKind::Stream,
                    "the stream broke off, and what it gave is not the beginning of the output: take the output of the error's prediction",
                );
                self.ready.push_back(Err(error.with_prediction(prediction)));
                return;
            }
        }
        let done = |reason| Ok(StreamEvent::Done { reason });
        self.ready.push_back(match prediction.status.as_str() {
            "succeeded" => done(DoneReason::Completed),
            "canceled" => done(DoneReason::Canceled),
            _ => Err(Error::ended(prediction)),
        });
    }
}

/// Waits for what a connection gives next.
async fn step(events: &mut Events<Connection>, quiet_since: &mut Option<Instant>) -> Step {
    // Most events are there already, and a timer for each would cost more than the event.
    let next = match events.next().now_or_never() {
        Some(next) => next,
        None => {
            let since = *quiet_since.get_or_insert_with(Instant::now);
            match tokio::time::timeout_at(since + SILENCE, events.next()).await {
                Ok(next) => next,
                Err(_) => return Step::Silent,
            }
        }
    };
    match next {
        Some(Ok(event)) => Step::Event {
            event,
            named: events.last_event_is_named(),
        },
        None => Step::End,
        Some(Err(SseError::Source(error))) if is_passing(error.kind()) => Step::Cut,
        Some(Err(SseError::Source(error))) => Step::Failed(error),
        Some(Err(error @ SseError::TooLarge { .. })) => {
            Step::Failed(Error::new(ErrorKind::TooLarge, error.to_string()))
        }
        Some(Err(error)) => Step::Failed(Error::new(ErrorKind::Stream, error.to_string())),
    }
}

/// Failures that another connection may not have.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::RateLimited
    )
}
