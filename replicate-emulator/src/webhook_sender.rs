//! Delivers the webhooks of predictions and trainings.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
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

/// Follows a job that has a webhook, and tells of it until its end.
pub(crate) fn follow(state: &Arc<State>, job: &Arc<Job>) {
    let Subscriptions { webhook, completed } = &job.webhooks;
    for subscription in [webhook, completed].into_iter().flatten() {
        let teller = Sender {
            state: Arc::clone(state),
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
        (length > self.length).then(|| self.at.map_or_else(Instant::now, |at| at + MIN_INTERVAL))
    }
}

struct Sender {
    state: Arc<State>,
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

impl Sender {
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
                        () = self.state.stop.cancelled() => return,
                    }
                }
            }
        }
    }

    fn step(&mut self) -> Step {
        let subscription = &self.subscription;
        let (begun, status, output, logs) = self.job.with_state(|current| {
            let output = match &current.output {
                Value::Null => 0,
                Value::Array(pieces) => pieces.len(),
                Value::String(text) => text.len().max(1),
                _ => 1,
            };
            let begun = current.started_at.is_some();
            (begun, current.status, output, current.logs.len())
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
            serde_json::to_vec(&trainings::shape(&self.state, &self.job)).unwrap_or_default()
        } else {
            predictions::body(&self.state, &self.job, predictions::View::AsItIs)
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

    /// Tries once. Whether that settles it: it arrived, or never can.
    async fn attempt(&self, event: &'static str, id: &str, body: &[u8]) -> bool {
        let url = &self.subscription.url;
        let (result, settled) = match self.way(url) {
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
        self.state.deliveries.tell(&delivery);
        self.state.webhooks.remember(delivery);
        settled
    }

    /// What can reach this url, or why nothing can.
    fn way(&self, url: &str) -> Result<&reqwest::Client, String> {
        let secure = reqwest::Url::parse(url).is_ok_and(|url| url.scheme() == "https");
        if secure && !cfg!(feature = "https") {
            return Err(
                "this emulator is built without TLS: an https URL needs the feature \
                        `https` of the crate replicate-emulator"
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
        // The receiver compares it with its own clock: the real one, whatever was skipped here.
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
            answer = request.send() => match answer {
                Ok(answer) => Ok(answer.status().as_u16()),
                Err(error) => Err(causes(&error.without_url())),
            },
            () = self.state.stop.cancelled() => Err("the emulator stopped".to_owned()),
        }
    }
}
