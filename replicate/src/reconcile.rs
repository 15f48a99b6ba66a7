//! Looking for the prediction of a create whose outcome is unknown.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::paginate::List;
use crate::reference::Reference;
use crate::types::Prediction;

/// How far the clocks of the servers that are involved may be apart.
const MARGIN: TimeDelta = TimeDelta::seconds(10);

/// A create that was sent, of which nobody knows what became.
#[derive(Clone, Debug)]
pub(crate) struct SentCreate {
    pub(crate) reference: Reference,
    pub(crate) input: Map<String, Value>,
    /// When, by this machine's clock.
    pub(crate) at: DateTime<Utc>,
}

/// The predictions that the create behind `error` may have made, the likeliest first.
pub(crate) async fn find(api: replicate_api::Client, wanted: Wanted) -> Result<Vec<Prediction>> {
    let sent = match wanted {
        Wanted::Id(id) => {
            let found = api.predictions_get().prediction_id(id).send().await?;
            return Ok(vec![found.into_inner()]);
        }
        Wanted::Like(sent) => sent,
    };
    let list: List<Prediction> = List::new(api.transport().clone(), Ok("/predictions".into()));
    let (mut page, server_time) = list.dated_page(None).await?;
    // The clock of this machine may be wrong; that of the API is what predictions carry.
    let skew = server_time.map_or(TimeDelta::zero(), |time| time - Utc::now());
    let sent_at = sent.at + skew;
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    loop {
        let mut reached_the_past = page.results.is_empty();
        for prediction in page.results {
            let age = prediction.created_at.map(|created| created - sent_at);
            if age.is_some_and(|age| age < -MARGIN) {
                reached_the_past = true;
            } else if sent.may_have_made(&prediction) {
                let distance = age.map_or(TimeDelta::MAX, |age| age.abs());
                let renamed = sent.is_renamed(&prediction);
                found.push((renamed, distance, prediction));
            }
        }
        let next = page.next.filter(|next| seen.insert(next.clone()));
        let (false, Some(next)) = (reached_the_past, next) else {
            break;
        };
        (page, _) = list.dated_page(Some(&next)).await?;
    }
    found.sort_by_key(|(renamed, distance, _)| (*renamed, *distance));
    Ok(found
        .into_iter()
        .map(|(.., prediction)| prediction)
        .collect())
}

/// What an error leads to.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// A prediction whose id the broken answer showed.
    Id(String),
    /// A prediction that looks like what was sent.
    Like(SentCreate),
}

impl Wanted {
    pub(crate) fn of(error: &Error) -> Result<Self> {
        match (error.sent_create(), error.created_id()) {
            (Some(_), Some(id)) => Ok(Self::Id(id.to_owned())),
            (Some(sent), None) => Ok(Self::Like(sent.clone())),
            _ => Err(Error::invalid(
                "there is nothing to look for: the error is not that of a prediction's create whose outcome is unknown",
            )),
        }
    }
}

impl SentCreate {
    fn may_have_made(&self, prediction: &Prediction) -> bool {
        self.names_model_of(prediction) && self.has_input_of(prediction)
    }

    fn names_model_of(&self, prediction: &Prediction) -> bool {
        let (model, version) = (&prediction.model, &prediction.version);
        match &self.reference {
            Reference::Model { owner, name } => {
                // An official model may run under another name, as a version without a number.
                let is_official = version.as_ref().is_some_and(|version| !is_digest(version));
                is_official || model.as_deref() == Some(&format!("{owner}/{name}"))
            }
            Reference::ModelVersion { version: sent, .. } | Reference::Version(sent) => {
                version.as_ref() == Some(sent)
            }
            Reference::Deployment { owner, name } => {
                prediction.deployment.as_ref().is_none_or(|deployment| {
                    *deployment == format!("{owner}/{name}") || deployment == name
                })
            }
        }
    }

    /// Whether the prediction's model goes by another name than the one that was sent.
    fn is_renamed(&self, prediction: &Prediction) -> bool {
        match (&self.reference, &prediction.model) {
            (Reference::Model { owner, name }, Some(model)) => *model != format!("{owner}/{name}"),
            _ => false,
        }
    }

    fn has_input_of(&self, prediction: &Prediction) -> bool {
        if prediction.data_removed == Some(true) {
            return true;
        }
        let nothing = Map::new();
        let kept = prediction.input.as_ref().unwrap_or(&nothing);
        self.input
            .iter()
            .all(|(name, value)| is_alike(value, kept.get(name)))
    }
}

/// Whether a value that was sent is kept as this one. Files may be kept at another address than
/// the one that was sent.
fn is_alike(sent: &Value, kept: Option<&Value>) -> bool {
    match (sent, kept) {
        (Value::Null, None) => true,
        (_, None) => false,
        (Value::String(sent), Some(Value::String(kept))) => {
            sent == kept || sent.starts_with("data:")
        }
        (Value::Number(sent), Some(Value::Number(kept))) => {
            sent == kept || sent.as_f64() == kept.as_f64()
        }
        (Value::Array(sent), Some(Value::Array(kept))) => {
            sent.len() == kept.len()
                && sent
                    .iter()
                    .zip(kept)
                    .all(|(sent, kept)| is_alike(sent, Some(kept)))
        }
        (Value::Object(sent), Some(Value::Object(kept))) => sent
            .iter()
            .all(|(name, value)| is_alike(value, kept.get(name))),
        (sent, Some(kept)) => sent == kept,
    }
}

/// Whether a version's id is the digest of an image, as those of all but official models are.
fn is_digest(version: &str) -> bool {
    version.len() == 64 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DIGEST: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

    fn sent(reference: &str, input: Value) -> SentCreate {
        SentCreate {
            reference: reference.parse().unwrap(),
            input: input.as_object().unwrap().clone(),
            at: Utc::now(),
        }
    }

    fn made(json: Value) -> Prediction {
        let mut prediction = json!({ "id": "p", "status": "starting" });
        prediction
            .as_object_mut()
            .unwrap()
            .extend(json.as_object().unwrap().clone());
        serde_json::from_value(prediction).unwrap()
    }

    #[test]
    fn another_input_is_another_prediction() {
        let sent = sent(
            "acme/app",
            json!({ "prompt": "a", "n": 1, "file": "data:;base64,eA==" }),
        );
        let of = |input: Value| {
            let prediction = json!({ "model": "acme/app", "version": DIGEST, "input": input });
            sent.may_have_made(&made(prediction))
        };
        assert!(of(
            json!({ "prompt": "a", "n": 1.0, "file": "https://x/y", "seed": 3 })
        ));
        assert!(!of(json!({ "prompt": "b", "n": 1, "file": "https://x/y" })));
        assert!(!of(json!({ "prompt": "a", "n": 2, "file": "https://x/y" })));
        assert!(!of(json!({ "prompt": "a", "n": 1 })));
        assert!(!of(json!({})));
    }

    #[test]
    fn nested_values_are_compared_and_null_is_absent() {
        let sent = sent(
            "acme/app",
            json!({ "list": [1, { "a": null }], "none": null }),
        );
        let of = |input: Value| {
            sent.may_have_made(&made(json!({ "model": "acme/app", "input": input })))
        };
        assert!(of(json!({ "list": [1, {}] })));
        assert!(!of(json!({ "list": [1] })));
        assert!(!of(json!({ "list": [1, { "a": 2 }] })));
    }

    #[test]
    fn a_prediction_whose_data_was_removed_may_be_the_one() {
        let sent = sent("acme/app", json!({ "prompt": "a" }));
        let prediction = json!({ "model": "acme/app", "input": {}, "data_removed": true });
        assert!(sent.may_have_made(&made(prediction)));
    }

    #[test]
    fn another_model_version_or_deployment_is_another_prediction() {
        let of =
            |reference: &str, json: Value| sent(reference, json!({})).may_have_made(&made(json));
        let other = DIGEST.replace('5', "6");
        assert!(of(
            "acme/app",
            json!({ "model": "acme/app", "version": DIGEST })
        ));
        assert!(!of(
            "acme/app",
            json!({ "model": "acme/other", "version": DIGEST })
        ));
        let official = json!({ "model": "replicate/internal", "version": "d-c6559c57" });
        assert!(of("acme/app", official), "it runs under another name");
        let version = json!({ "model": "acme/app", "version": DIGEST });
        assert!(of(DIGEST, version.clone()));
        assert!(of(&format!("acme/app:{DIGEST}"), version));
        assert!(!of(DIGEST, json!({ "version": other })));
        assert!(of(
            "deployments/acme/app",
            json!({ "deployment": "acme/app" })
        ));
        assert!(!of(
            "deployments/acme/app",
            json!({ "deployment": "acme/other" })
        ));
    }
}
