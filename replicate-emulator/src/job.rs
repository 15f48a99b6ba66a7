//! A prediction or training, and how its state changes.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, AtomicU64},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use crate::{
    clock::after,
    lifecycle::{self, Event, Status},
    sync::Locked,
    webhook::Subscriptions,
};

/// A prediction or a training: what never changes, and what does.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    /// Its number among all jobs: later ones have larger numbers.
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// `owner/name`.
    pub(crate) model: String,
    pub(crate) version: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) deadline: Option<DateTime<Utc>>,
    pub(crate) webhooks: Subscriptions,
    pub(crate) live: Live,
}

/// What changes of a job.
#[derive(Debug)]
pub(crate) struct Live {
    /// Its number among all predictions, or all trainings: the first is 1.
    pub(crate) ordinal: AtomicU64,
    /// Number of reads that got 404 from a lagging replica.
    pub(crate) lagging_reads: AtomicU32,
    /// Notifies the running model that its result is no longer needed.
    pub(crate) stop: Notify,
    state: Mutex<JobState>,
    changed: watch::Sender<u64>,
    /// The emulator's time up to which its work is done, and when that was in real time.
    reached: Mutex<(DateTime<Utc>, Instant)>,
}

impl Live {
    /// Of a job that starts with this input.
    pub(crate) fn new(input: Value, created_at: DateTime<Utc>) -> Self {
        Self {
            ordinal: AtomicU64::new(0),
            lagging_reads: AtomicU32::new(0),
            stop: Notify::new(),
            state: Mutex::new(JobState {
                status: Status::Starting,
                input,
                output: Value::Null,
                logs: String::new(),
                error: None,
                metrics: Map::new(),
                started_at: None,
                completed_at: None,
                data_removed: false,
                events: Vec::new(),
                files: Vec::new(),
            }),
            changed: watch::Sender::new(0),
            reached: Mutex::new((created_at, Instant::now())),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Prediction {
        /// `owner/name` of the deployment through which it was created.
        deployment: Option<String>,
        /// The secret part of its stream's URL.
        stream_key: Option<String>,
        /// Its output is a list that grows item by item.
        iterator: bool,
    },
    Training {
        /// `owner/name` of the model that gets the new version.
        destination: String,
    },
}

/// The state of a job.
#[derive(Debug)]
pub(crate) struct JobState {
    pub(crate) status: Status,
    pub(crate) input: Value,
    pub(crate) output: Value,
    pub(crate) logs: String,
    pub(crate) error: Option<String>,
    pub(crate) metrics: Map<String, Value>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) data_removed: bool,
    pub(crate) events: Vec<StreamEvent>,
    pub(crate) files: Vec<OutputFile>,
}

/// One event of a prediction's stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamEvent {
    pub(crate) kind: &'static str,
    pub(crate) at: i64,
    pub(crate) data: String,
}

/// A file in a prediction's output.
#[derive(Clone, Debug)]
pub(crate) struct OutputFile {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content: Bytes,
}

/// A report of a running model.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The next item of an output that is a list.
    Piece(Value),
    Logs(String),
    Metric(String, Value),
}

impl Job {
    /// When work of this duration ends that begins now. Skipped time is not work: a sleep after it
    /// begins at the moment that the work has reached.
    pub(crate) fn work_ends_at(&self, duration: Duration) -> DateTime<Utc> {
        let (moment, real) = *self.live.reached.locked();
        after(after(moment, real.elapsed()), duration)
    }

    pub(crate) fn set_reached(&self, moment: DateTime<Utc>) {
        *self.live.reached.locked() = (moment, Instant::now());
    }

    /// Reads the state. `read` must not block, nor read another job.
    pub(crate) fn with_state<T>(&self, read: impl FnOnce(&JobState) -> T) -> T {
        read(&self.live.state.locked())
    }

    /// Notifies of every change from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.live.changed.subscribe()
    }

    pub(crate) fn status(&self) -> Status {
        self.live.state.locked().status
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&self) {
        let mut changed = self.subscribe();
        while !self.status().is_terminal() {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn streams(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Prediction {
                stream_key: Some(_),
                ..
            }
        )
    }

    pub(crate) fn is_training(&self) -> bool {
        matches!(self.kind, Kind::Training { .. })
    }

    pub(crate) fn is_iterator(&self) -> bool {
        matches!(self.kind, Kind::Prediction { iterator: true, .. })
    }

    /// When `event` happens, if it is noticed `now`. Work is done up to the moment that it has
    /// reached, however much time was skipped since.
    fn time_of(&self, event: Event, now: DateTime<Utc>) -> DateTime<Utc> {
        let moment = match event {
            Event::Began | Event::Succeeded | Event::Failed => self.work_ends_at(Duration::ZERO),
            Event::DeadlinePassed => self.deadline.unwrap_or(now),
            Event::CanceledByUser => now,
        };
        moment.min(now)
    }

    /// Applies `event` with its outcome, and returns the new status if it changes.
    pub(crate) fn apply(
        &self,
        event: Event,
        result: Outcome,
        now: DateTime<Utc>,
    ) -> Option<Status> {
        let now = self.time_of(event, now);
        let mut state = self.live.state.locked();
        let status = lifecycle::next(state.status, event)?;
        state.status = status;
        match result {
            Outcome::None => {}
            Outcome::Output(output) => self.set_output(&mut state, output, now),
            Outcome::Error(error) => state.error = Some(error),
        }
        if status == Status::Processing {
            state.started_at = Some(now);
        }
        if status.is_terminal() {
            self.complete(&mut state, now);
        }
        drop(state);
        self.announce();
        if status.is_terminal() {
            self.live.stop.notify_one();
        }
        Some(status)
    }

    /// Applies a report of the running model. Reports after the end are dropped.
    pub(crate) fn progress(&self, progress: Progress, now: DateTime<Utc>) {
        let mut state = self.live.state.locked();
        if state.status.is_terminal() {
            return;
        }
        match progress {
            Progress::Piece(piece) => {
                self.stream(&mut state, "output", now, || plain(&piece));
                match &mut state.output {
                    Value::Array(pieces) => pieces.push(piece),
                    output => *output = Value::Array(vec![piece]),
                }
            }
            Progress::Logs(text) => {
                self.stream(&mut state, "logs", now, || text.clone());
                state.logs.push_str(&text);
            }
            Progress::Metric(name, value) => {
                state.metrics.insert(name, value);
            }
        }
        drop(state);
        self.announce();
    }

    /// Adds a file of the output, and returns its name: another if there is one of that name.
    /// Files after the end are dropped.
    pub(crate) fn add_file(&self, mut file: OutputFile) -> String {
        let mut state = self.live.state.locked();
        let stem_end = file.name.rfind('.').unwrap_or(file.name.len());
        let (stem, extension) = file.name.split_at(stem_end);
        let numbered = (state.files.len() + 1..).map(|n| format!("{stem}-{n}{extension}"));
        let mut names = std::iter::once(file.name.clone()).chain(numbered);
        let is_free = |name: &String| state.files.iter().all(|other| other.name != *name);
        let name = names.find(is_free).unwrap_or_default();
        if !state.status.is_terminal() {
            file.name.clone_from(&name);
            state.files.push(file);
            drop(state);
            self.announce();
        }
        name
    }

    /// Removes input, output, logs and files, as the API does an hour after the end.
    pub(crate) fn remove_data(&self) {
        let mut state = self.live.state.locked();
        if !state.data_removed {
            state.data_removed = true;
            state.input = json!({});
            state.output = Value::Null;
            state.logs = String::new();
            state.events = Vec::new();
            state.files = Vec::new();
            drop(state);
            self.announce();
        }
    }

    /// Its approximate size in memory.
    pub(crate) fn weight(&self) -> usize {
        let state = self.live.state.locked();
        let events: usize = state.events.iter().map(|e| e.data.len() + 64).sum();
        let files: usize = state.files.iter().map(|f| f.content.len() + 128).sum();
        1024 + weigh(&state.input) + weigh(&state.output) + state.logs.len() + events + files
    }

    fn set_output(&self, state: &mut JobState, output: Value, now: DateTime<Utc>) {
        // What was streamed already is not streamed again.
        let streamed = state.output.as_array().map_or(0, Vec::len);
        match &output {
            Value::Null => {}
            Value::Array(pieces) => {
                for piece in pieces.iter().skip(streamed) {
                    self.stream(state, "output", now, || plain(piece));
                }
            }
            single => {
                // A Cog server may have reported it before, as a list of one.
                let known = state
                    .output
                    .as_array()
                    .is_some_and(|items| *items == [single.clone()]);
                if !known {
                    self.stream(state, "output", now, || plain(single));
                }
            }
        }
        state.output = output;
    }

    fn complete(&self, state: &mut JobState, now: DateTime<Utc>) {
        state.completed_at = Some(now);
        let seconds = |from: DateTime<Utc>| {
            json!((now - from).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6)
        };
        if let Some(started) = state.started_at {
            state
                .metrics
                .entry("predict_time")
                .or_insert_with(|| seconds(started));
        }
        state
            .metrics
            .insert("total_time".to_owned(), seconds(self.created_at));
        let reason = match state.status {
            Status::Succeeded => json!({}),
            Status::Failed => {
                let error = state.error.clone().unwrap_or_default();
                self.stream(state, "error", now, || json!({"detail": error}).to_string());
                json!({"reason": "error"})
            }
            _ => json!({"reason": "canceled"}),
        };
        self.stream(state, "done", now, || reason.to_string());
    }

    fn stream(
        &self,
        state: &mut JobState,
        kind: &'static str,
        now: DateTime<Utc>,
        data: impl FnOnce() -> String,
    ) {
        if self.streams() {
            let at = now.timestamp();
            state.events.push(StreamEvent {
                kind,
                at,
                data: data(),
            });
        }
    }

    fn announce(&self) {
        self.live.changed.send_modify(|revision| *revision += 1);
    }
}

/// The result of an event.
#[derive(Debug)]
pub(crate) enum Outcome {
    None,
    Output(Value),
    Error(String),
}

/// Text as it is, any other value as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn weigh(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 32,
        Value::Array(items) => items.iter().map(weigh).sum::<usize>() + 32,
        Value::Object(map) => map.iter().map(|(k, v)| k.len() + 64 + weigh(v)).sum(),
        _ => 32,
    }
}
