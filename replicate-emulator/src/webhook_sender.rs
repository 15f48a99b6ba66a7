//! Delivers the webhooks of predictions and trainings.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use futures::future::{self, Either};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    http_client::causes,
    job::Job,
    lifecycle::Status,
    resources::{predictions, trainings},
    state::State,
    webhook::{Delivery, Subscription, Subscriptions},
};

/// The shortest time between two `output` or two `logs` webhooks.
const MIN_INTERVAL: Duration = Duration::from_millis(500);
/// The delays between the attempts to deliver a terminal webhook.
const RETRIES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];
/// The timeout of one attempt.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends the webhooks of a job until it has ended.
pub(crate) fn follow(state: &Arc<State>, job: &Arc<Job>) {
    let Subscriptions { webhook, completed } = &job.webhooks;
    for subscription in [webhook, completed].into_iter().flatten() {
        let sender = Sender {
            state: Arc::clone(state),
            job: Arc::clone(job),
            subscription: Arc::clone(subscription),
            start_sent: false,
            repeated: [Repeated::new("output"), Repeated::new("logs")],
        };
        tokio::spawn(sender.run());
    }
}

/// The body of a job as it was when it began.
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

struct Sender {
    state: Arc<State>,
    job: Arc<Job>,
    subscription: Arc<Subscription>,
    start_sent: bool,
    repeated: [Repeated; 2],
}

/// An event that is sent again each time there is more of it.
struct Repeated {
    event: &'static str,
    /// The length that was sent.
    sent: usize,
    /// When more may be sent.
    due: Instant,
}

impl Repeated {
    fn new(event: &'static str) -> Self {
        Self {
            event,
            sent: 0,
            due: Instant::now(),
        }
    }
}

/// What a sender does next.
enum Step {
    Send(&'static str),
    /// Until there is a change, or until this moment.
    Wait(Option<Instant>),
    /// Sends the last event, if there is one.
    End(Option<&'static str>),
}

impl Sender {
    async fn run(mut self) {
        let mut changed = self.job.subscribe();
        loop {
            changed.mark_unchanged();
            let moment = match self.step() {
                Step::Send(event) => {
                    self.send(event).await;
                    // A receiver sees two of them that far apart, however long the delivery took.
                    let mut repeated = self.repeated.iter_mut();
                    if let Some(repeated) = repeated.find(|repeated| repeated.event == event) {
                        repeated.due = Instant::now() + MIN_INTERVAL;
                    }
                    continue;
                }
                Step::Wait(moment) => moment,
                Step::End(None) => return,
                Step::End(Some(event)) => return self.send(event).await,
            };
            let alarm = match moment {
                Some(moment) => Either::Left(tokio::time::sleep_until(moment)),
                None => Either::Right(future::pending()),
            };
            tokio::select! {
                biased;
                () = self.state.stop.cancelled() => return,
                () = alarm => {}
                _ = changed.changed() => {}
            }
        }
    }

    fn step(&mut self) -> Step {
        let (started, status, lengths) = self.job.with_state(|current| {
            let output = match &current.output {
                Value::Null => 0,
                Value::Array(pieces) => pieces.len(),
                Value::String(text) => text.len().max(1),
                _ => 1,
            };
            let lengths = [output, current.logs.len()];
            (current.started_at.is_some(), current.status, lengths)
        });
        if started && !self.start_sent && self.subscription.wants("start") {
            self.start_sent = true;
            return Step::Send("start");
        }
        // The terminal event has everything, so that no other is due before it.
        let ended = status.is_terminal();
        if ended && self.subscription.wants("completed") {
            return Step::End(Some("completed"));
        }
        let more = self
            .repeated
            .iter_mut()
            .zip(lengths)
            .filter(|(repeated, length)| {
                *length > repeated.sent && self.subscription.wants(repeated.event)
            });
        match more.min_by_key(|(repeated, _)| repeated.due) {
            Some((repeated, length)) if repeated.due <= Instant::now() => {
                repeated.sent = length;
                Step::Send(repeated.event)
            }
            Some((repeated, _)) => Step::Wait(Some(repeated.due)),
            None if ended => Step::End(None),
            None => Step::Wait(None),
        }
    }

    async fn send(&self, event: &'static str) {
        let body = if self.job.is_training() {
            serde_json::to_vec(&trainings::shape(&self.state, &self.job)).unwrap_or_default()
        } else {
            predictions::body(&self.state, &self.job, predictions::View::Current)
        };
        let body = match event {
            "start" => as_begun(body),
            _ => body,
        };
        let id = format!("msg_{}", self.state.ids.id());
        let mut waits = RETRIES.iter();
        while !self.attempt(event, &id, &body).await && event == "completed" {
            let Some(wait) = waits.next() else { break };
            tokio::select! {
                () = tokio::time::sleep(*wait) => {}
                () = self.state.stop.cancelled() => break,
            }
        }
    }

    /// Makes one attempt. Returns whether it was the last: it was delivered, or never can be.
    async fn attempt(&self, event: &'static str, id: &str, body: &[u8]) -> bool {
        let url = &self.subscription.url;
        let (result, settled) = match self.client_for(url) {
            Err(why) => (Err(why), true),
            Ok(client) => {
                let result = self.post(client, url, id, body).await;
                let arrived = matches!(result, Ok(200..=299));
                (result, arrived)
            }
        };
        let delivery = Delivery {
            id: self.job.id.clone(),
            event,
            url: url.clone(),
            result,
        };
        if let Some(log) = &self.state.deliveries {
            log(&delivery);
        }
        self.state.webhooks.remember(delivery);
        settled
    }

    /// The client for this URL, or why it cannot be reached.
    fn client_for(&self, url: &str) -> Result<&reqwest::Client, String> {
        let secure = reqwest::Url::parse(url).is_ok_and(|url| url.scheme() == "https");
        if secure && !cfg!(feature = "https") {
            return Err(
                "built without TLS: an https URL needs the feature `https` of the crate \
                 replicate-emulator"
                    .to_owned(),
            );
        }
        self.state.http_client.get()
    }

    async fn post(
        &self,
        client: &reqwest::Client,
        url: &str,
        id: &str,
        body: &[u8],
    ) -> Result<u16, String> {
        // The receiver compares it with its own clock, so that this is the real time.
        let timestamp = Utc::now().timestamp();
        let request = client
            .post(url)
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                self.state.webhooks.sign(id, timestamp, body),
            )
            .body(body.to_vec());
        tokio::select! {
            response = request.send() => match response {
                Ok(response) => Ok(response.status().as_u16()),
                Err(error) => Err(causes(&error.without_url())),
            },
            () = self.state.stop.cancelled() => Err("the emulator stopped".to_owned()),
        }
    }
}
