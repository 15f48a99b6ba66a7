//! Webhooks: what a prediction's owner asked to be told, signed and delivered.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Utc;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::time::Instant;

use crate::{
    job::Job,
    lifecycle::Status,
    problem::Problem,
    resources::{models::is_web_address, predictions, trainings},
    sync::Locked,
    world::World,
};

/// `output` and `logs` are told no more often than this.
const APART: Duration = Duration::from_millis(500);
/// Waits between the attempts for a terminal event.
const RETRIES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];
const PATIENCE: Duration = Duration::from_secs(10);
const EVENTS: [&str; 4] = ["start", "output", "logs", "completed"];
/// What is told where no filter was given.
const DEFAULT_EVENTS: [&str; 2] = ["output", "completed"];
/// How many deliveries are remembered.
const REMEMBERED: usize = 1000;

/// Where to deliver, and what.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) address: String,
    pub(crate) events: Vec<&'static str>,
}

impl Subscription {
    /// The URL in `field` of a create's body.
    fn read(
        body: &Value,
        field: &str,
        events: Vec<&'static str>,
    ) -> Result<Option<Arc<Self>>, Problem> {
        let Some(url) = body[field].as_str() else {
            return Ok(None);
        };
        if !is_web_address(url) {
            return Err(Problem::invalid_field(
                field,
                "format",
                "Not an http or https URL of at most 8192 characters",
            ));
        }
        let address = url.to_owned();
        Ok(Some(Arc::new(Self { address, events })))
    }

    fn wants(&self, event: &str) -> bool {
        self.events.contains(&event)
    }
}

/// The webhooks of a prediction or training.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    pub(crate) webhook: Option<Arc<Subscription>>,
    /// Of the field `webhook_completed`, which older clients send.
    pub(crate) completed: Option<Arc<Subscription>>,
}

impl Subscriptions {
    /// Reads `webhook`, `webhook_events_filter` and `webhook_completed` of a create.
    pub(crate) fn read(body: &Value) -> Result<Self, Problem> {
        let events = match body["webhook_events_filter"].as_array() {
            None => DEFAULT_EVENTS.to_vec(),
            Some(chosen) => EVENTS
                .into_iter()
                .filter(|event| chosen.iter().any(|c| c == event))
                .collect(),
        };
        Ok(Self {
            webhook: Subscription::read(body, "webhook", events)?,
            completed: Subscription::read(body, "webhook_completed", vec!["completed"])?,
        })
    }
}

/// One attempt to deliver a webhook. Displays as a line: `webhook completed of ID to ADDRESS: 200`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// The prediction's or training's id.
    pub id: String,
    /// `start`, `output`, `logs` or `completed`.
    pub event: &'static str,
    /// Where it went.
    pub address: String,
    /// The status that came back, or why none did.
    pub result: Result<u16, String>,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id, event, address, ..
        } = self;
        write!(f, "webhook {event} of {id} to {address}: ")?;
        match &self.result {
            Ok(status) => write!(f, "{status}"),
            Err(why) => write!(f, "failed: {why}"),
        }
    }
}

/// The signing key, and what was delivered.
#[derive(Debug)]
pub(crate) struct Webhooks {
    key: [u8; 32],
    delivered: std::sync::Mutex<std::collections::VecDeque<Delivery>>,
}

impl Webhooks {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            delivered: std::sync::Mutex::default(),
        }
    }

    /// The secret as it is handed out.
    pub(crate) fn secret(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.key))
    }

    pub(crate) fn delivered(&self) -> Vec<Delivery> {
        self.delivered.locked().iter().cloned().collect()
    }

    fn remember(&self, delivery: Delivery) {
        let mut delivered = self.delivered.locked();
        delivered.push_back(delivery);
        if delivered.len() > REMEMBERED {
            delivered.pop_front();
        }
    }
}

/// The signature of one message, in the form of the Standard Webhooks specification.
fn signature(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8]) -> String {
    // A key of 32 bytes is shorter than a block, and so taken as it is.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into())
        .chain_update(format!("{id}.{timestamp}."))
        .chain_update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// Follows a job that has a webhook, and tells of it until its end.
pub(crate) fn follow(world: &Arc<World>, job: &Arc<Job>) {
    let Subscriptions { webhook, completed } = &job.webhooks;
    for subscription in [webhook, completed].into_iter().flatten() {
        let teller = Teller {
            world: Arc::clone(world),
            job: Arc::clone(job),
            subscription: Arc::clone(subscription),
            told: Told::default(),
        };
        tokio::spawn(teller.run());
    }
}

/// A job as it was when it began, whatever has become of it since.
fn as_begun(body: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(mut job)) = serde_json::from_slice(&body) else {
        return body;
    };
    for (name, value) in &mut job {
        *value = match name.as_str() {
            "status" => Value::from(Status::Processing.to_string()),
            "output" | "error" | "completed_at" => Value::Null,
            "logs" => Value::from(""),
            "metrics" => Value::Object(serde_json::Map::new()),
            _ => continue,
        };
    }
    serde_json::to_vec(&job).unwrap_or(body)
}

/// How far a job has been told.
#[derive(Debug, Default)]
struct Told {
    start: bool,
    completed: bool,
    output: Seen,
    logs: Seen,
}

impl Told {
    /// Counts the time to the next such event from here: a receiver then sees them that far apart,
    /// however long this one was on its way.
    fn now(&mut self, event: &str) {
        match event {
            "output" => self.output.at = Some(Instant::now()),
            "logs" => self.logs.at = Some(Instant::now()),
            _ => {}
        }
    }
}

/// How much of an output or of the logs was told, and when.
#[derive(Debug, Default)]
struct Seen {
    length: usize,
    at: Option<Instant>,
}

impl Seen {
    /// Whether there is more to tell, and since when it may be told.
    fn due(&self, length: usize) -> Option<Instant> {
        (length > self.length).then(|| self.at.map_or_else(Instant::now, |at| at + APART))
    }
}

struct Teller {
    world: Arc<World>,
    job: Arc<Job>,
    subscription: Arc<Subscription>,
    told: Told,
}

/// What to do next.
enum Step {
    Tell(&'static str),
    Wait(Option<Instant>),
    End,
}

impl Teller {
    async fn run(mut self) {
        let mut changed = self.job.subscribe();
        loop {
            changed.mark_unchanged();
            match self.step() {
                Step::Tell(event) => {
                    self.tell(event).await;
                    self.told.now(event);
                }
                Step::End => return,
                Step::Wait(until) => {
                    let alarm = async {
                        match until {
                            Some(moment) => tokio::time::sleep_until(moment).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        _ = changed.changed() => {}
                        () = alarm => {}
                        () = self.world.stop.requested() => return,
                    }
                }
            }
        }
    }

    fn step(&mut self) -> Step {
        let subscription = &self.subscription;
        let (begun, status, output, logs) = self.job.look(|state| {
            let output = match &state.output {
                Value::Null => 0,
                Value::Array(pieces) => pieces.len(),
                Value::String(text) => text.len().max(1),
                _ => 1,
            };
            let begun = state.started_at.is_some();
            (begun, state.status, output, state.logs.len())
        });
        if subscription.wants("start") && !self.told.start && begun {
            self.told.start = true;
            return Step::Tell("start");
        }
        let ended = status.is_terminal();
        // The last event carries everything, so that nothing else is due before it.
        if ended && subscription.wants("completed") {
            if self.told.completed {
                return Step::End;
            }
            self.told.completed = true;
            return Step::Tell("completed");
        }
        let mut next: Option<Instant> = None;
        for (event, seen, length) in [
            ("output", &mut self.told.output, output),
            ("logs", &mut self.told.logs, logs),
        ] {
            let Some(due) = seen.due(length).filter(|_| subscription.wants(event)) else {
                continue;
            };
            let now = Instant::now();
            if due <= now {
                seen.length = length;
                return Step::Tell(event);
            }
            next = Some(next.map_or(due, |next| next.min(due)));
        }
        if ended && next.is_none() {
            Step::End
        } else {
            Step::Wait(next)
        }
    }

    async fn tell(&self, event: &'static str) {
        let body = if self.job.is_training() {
            serde_json::to_vec(&trainings::shape(&self.world, &self.job)).unwrap_or_default()
        } else {
            predictions::body(&self.world, &self.job, predictions::View::AsItIs)
        };
        let body = match event {
            "start" => as_begun(body),
            _ => body,
        };
        let id = format!("msg_{}", self.world.ids.id());
        let mut waits = RETRIES.iter();
        while !self.attempt(event, &id, &body).await && event == "completed" {
            let Some(wait) = waits.next() else { break };
            tokio::select! {
                () = tokio::time::sleep(*wait) => {}
                () = self.world.stop.requested() => break,
            }
        }
    }

    /// Tries once. Whether that settles it: it arrived, or never can.
    async fn attempt(&self, event: &'static str, id: &str, body: &[u8]) -> bool {
        let address = &self.subscription.address;
        let (result, settled) = match self.way(address) {
            Err(why) => (Err(why), true),
            Ok(client) => {
                let result = self.post(client, address, id, body).await;
                let arrived = matches!(result, Ok(200..=299));
                (result, arrived)
            }
        };
        let delivery = Delivery {
            id: self.job.id.clone(),
            event,
            address: address.clone(),
            result,
        };
        self.world.deliveries.tell(&delivery);
        self.world.webhooks.remember(delivery);
        settled
    }

    /// What can reach this address, or why nothing can.
    fn way(&self, address: &str) -> Result<&reqwest::Client, String> {
        let secure = reqwest::Url::parse(address).is_ok_and(|url| url.scheme() == "https");
        if secure && !cfg!(feature = "https") {
            return Err(
                "this emulator is built without TLS: an https address needs the feature \
                        `https` of the crate replicate-emulator"
                    .to_owned(),
            );
        }
        self.world.outward.client()
    }

    async fn post(
        &self,
        client: &reqwest::Client,
        address: &str,
        id: &str,
        body: &[u8],
    ) -> Result<u16, String> {
        // The receiver compares it with its own clock: the real one, whatever was skipped here.
        let timestamp = Utc::now().timestamp();
        let request = client
            .post(address)
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                signature(&self.world.webhooks.key, id, timestamp, body),
            )
            .body(body.to_vec());
        tokio::select! {
            answer = request.send() => match answer {
                Ok(answer) => Ok(answer.status().as_u16()),
                Err(error) => Err(reason(&error.without_url())),
            },
            () = self.world.stop.requested() => Err("the emulator stopped".to_owned()),
        }
    }
}

/// An error with what lies under it.
pub(crate) fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_the_standard_computes() {
        let key: [u8; 32] = std::array::from_fn(|n| n as u8);
        // Computed with Python: hmac.new(bytes(range(32)), b"msg_1.1700000000.{}", sha256).
        assert_eq!(
            signature(&key, "msg_1", 1_700_000_000, b"{}"),
            "v1,fhksJF5ElKjlPoT/jtefCO5XjQPvhf7Dhf/8R1ad9yU="
        );
    }
}
