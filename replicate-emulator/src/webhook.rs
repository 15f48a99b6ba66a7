//! Webhooks: subscriptions, signatures, and the log of deliveries.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{names::is_web_url, problem::Problem, sync::Locked};

const EVENTS: [&str; 4] = ["start", "output", "logs", "completed"];
/// The events without a filter.
const DEFAULT_EVENTS: [&str; 2] = ["output", "completed"];
/// The most deliveries that are kept.
const REMEMBERED: usize = 1000;

/// The schema of a create's body: an input, and the webhooks.
pub(crate) fn create_schema(required: &[&str]) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": {
            "input": {"type": "object"},
            "webhook": {"type": "string"},
            "webhook_completed": {"type": ["string", "null"]},
            "webhook_events_filter": {
                "type": "array",
                "items": {"type": "string", "enum": EVENTS},
            },
        },
    })
}

/// A URL and the events that it receives.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) url: String,
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
        if !is_web_url(url) {
            return Err(Problem::invalid_field(
                field,
                "format",
                "Not an http or https URL of at most 8192 characters",
            ));
        }
        let url = url.to_owned();
        Ok(Some(Arc::new(Self { url, events })))
    }

    pub(crate) fn wants(&self, event: &str) -> bool {
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

/// An attempt to deliver a webhook. Displays as `webhook completed of ID to URL: 200`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// The prediction's or training's id.
    pub id: String,
    /// `start`, `output`, `logs` or `completed`.
    pub event: &'static str,
    /// The URL.
    pub url: String,
    /// The status of the response, or why no response arrived.
    pub result: Result<u16, String>,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, event, url, .. } = self;
        write!(f, "webhook {event} of {id} to {url}: ")?;
        match &self.result {
            Ok(status) => write!(f, "{status}"),
            Err(why) => write!(f, "failed: {why}"),
        }
    }
}

/// The signing key, and the log of deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks {
    key: [u8; 32],
    delivered: Mutex<VecDeque<Delivery>>,
}

impl Webhooks {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            delivered: Mutex::default(),
        }
    }

    /// The signing secret as the API returns it.
    pub(crate) fn secret(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.key))
    }

    /// The signature of a message, as the Standard Webhooks specification defines it.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = hmac(&self.key)
            .chain_update(format!("{id}.{timestamp}."))
            .chain_update(body);
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }

    pub(crate) fn delivered(&self) -> Vec<Delivery> {
        self.delivered.locked().iter().cloned().collect()
    }

    pub(crate) fn remember(&self, delivery: Delivery) {
        let mut delivered = self.delivered.locked();
        delivered.push_back(delivery);
        if delivered.len() > REMEMBERED {
            delivered.pop_front();
        }
    }
}

pub(crate) fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    // A key of 32 bytes is shorter than a block, and is padded with zeros.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_matches_the_standard() {
        let webhooks = Webhooks::new(std::array::from_fn(|n| n as u8));
        // Computed with Python: hmac.new(bytes(range(32)), b"msg_1.1700000000.{}", sha256).
        assert_eq!(
            webhooks.sign("msg_1", 1_700_000_000, b"{}"),
            "v1,fhksJF5ElKjlPoT/jtefCO5XjQPvhf7Dhf/8R1ad9yU="
        );
    }
}
