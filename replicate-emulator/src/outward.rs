//! The way out: the HTTP client for webhooks and Cog servers.

use std::sync::OnceLock;

use reqwest::Client;

use crate::webhook::reason;

/// A client that is made when it is first needed: with TLS it reads every certificate that this
/// machine trusts, which would be most of an emulator's start.
#[derive(Debug, Default)]
pub(crate) struct Outward(OnceLock<Result<Client, String>>);

impl Outward {
    /// The client, or why there is none.
    pub(crate) fn client(&self) -> Result<&Client, String> {
        let made = self.0.get_or_init(|| {
            Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| format!("no HTTP client can be made: {}", reason(&error)))
        });
        made.as_ref().map_err(Clone::clone)
    }

    #[cfg(test)]
    pub(crate) fn fails(&self, why: &str) {
        assert!(self.0.set(Err(why.to_owned())).is_ok(), "not used so far");
    }

    #[cfg(test)]
    pub(crate) fn is_made(&self) -> bool {
        self.0.get().is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::{Delivery, Emulator, Prediction, Status};

    async fn create(emulator: &Emulator, path: &str, body: &Value) {
        let address = format!("{}/v1{path}", emulator.url());
        let create = Client::new().post(address).bearer_auth("any").json(body);
        let made = create.send().await.expect("an answer");
        assert_eq!(made.status(), 201);
    }

    /// Asks until there is something to see.
    async fn seen<T>(look: impl Fn() -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = look() {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let within = Duration::from_secs(20);
        let found = tokio::time::timeout(within, looking).await;
        found.expect("it comes within 20 s")
    }

    async fn delivered(emulator: &Emulator) -> Delivery {
        seen(|| emulator.deliveries().pop()).await
    }

    fn with_webhook() -> Value {
        json!({
            "input": {"prompt": "a"},
            // Nobody is there.
            "webhook": "http://127.0.0.1:9/hook",
            "webhook_events_filter": ["completed"],
        })
    }

    #[tokio::test]
    async fn the_client_is_made_for_the_first_delivery_and_not_before() {
        let emulator = Emulator::start().await.expect("an emulator");
        let path = "/models/emulator/text/predictions";
        create(&emulator, path, &json!({"input": {"prompt": "a"}})).await;
        assert!(!emulator.world.outward.is_made());
        create(&emulator, path, &with_webhook()).await;
        delivered(&emulator).await;
        assert!(emulator.world.outward.is_made());
    }

    #[tokio::test]
    async fn without_a_client_deliveries_and_cog_predictions_fail_and_say_so() {
        let builder = Emulator::builder().cog("me/model", "http://127.0.0.1:9");
        let emulator = builder.start().await.expect("an emulator");
        emulator
            .world
            .outward
            .fails("no HTTP client can be made: no roots");
        let path = "/models/emulator/text/predictions";
        create(&emulator, path, &with_webhook()).await;
        let delivery = delivered(&emulator).await;
        let why = "no HTTP client can be made: no roots";
        assert_eq!(delivery.result, Err(why.to_owned()));

        let entry = emulator.world.catalog.get("me", "model").expect("a model");
        let version = &entry.latest().expect("a version").id;
        let body = json!({"version": version, "input": {}});
        create(&emulator, "/predictions", &body).await;
        let failed = |p: &Prediction| p.model == "me/model" && p.status == Status::Failed;
        let prediction = seen(|| emulator.predictions().into_iter().find(failed)).await;
        let error = prediction.json["error"].as_str().expect("an error");
        assert_eq!(
            error,
            format!("The Cog server at http://127.0.0.1:9 cannot be reached: {why}")
        );
    }
}
