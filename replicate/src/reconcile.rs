//! Looking for the prediction of a create whose outcome is unknown.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::job::Requests;
use crate::paginate::{List, MAX_EMPTY_PAGES, endless};
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

/// What was found of a create whose outcome is unknown: made by
/// [`Predictions::reconcile`](crate::resources::Predictions::reconcile).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reconciled {
    /// Predictions of the same model, version or deployment with the same input, created since
    /// the create was sent, the nearest in time first. More than one means that the same was
    /// sent more than once.
    pub matching: Vec<Prediction>,
    /// Predictions of that time that may be it too, in the same order: they have the input and
    /// more, their input is no longer known, they do not say which deployment they are of, or
    /// they are of an official model under another name.
    pub possible: Vec<Prediction>,
}

/// Whether a prediction is what a create has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    None,
    Possible,
    Whole,
}

/// What the create behind an error has made.
pub(crate) async fn find(api: replicate_api::Client, wanted: Wanted) -> Result<Reconciled> {
    let sent = match wanted {
        Wanted::Id(id) => {
            let found = Prediction::get(api, id).await?;
            return Ok(Reconciled {
                matching: vec![found],
                possible: Vec::new(),
            });
        }
        Wanted::Like(sent) => sent,
    };
    let operation = &replicate_api::operations::PREDICTIONS_LIST;
    let list: List<Prediction> = List::new(api.transport(), operation, Ok(Vec::new()));
    let (mut page, server_time) = list.dated_page(None).await?;
    // The clock of this machine may be wrong; that of the API is what predictions carry.
    let skew = server_time.map_or(TimeDelta::zero(), |time| time - Utc::now());
    let sent_at = sent.at + skew;
    let mut found = Vec::new();
    let (mut seen, mut empty) = (HashSet::new(), 0);
    loop {
        empty = if page.results.is_empty() {
            empty + 1
        } else {
            0
        };
        let mut reached_the_past = false;
        for prediction in page.results {
            let age = prediction.created_at.map(|created| created - sent_at);
            if age.is_some_and(|age| age < -MARGIN) {
                reached_the_past = true;
                continue;
            }
            let distance = age.map_or(TimeDelta::MAX, |age| age.abs());
            found.push((sent.likeness(&prediction), distance, prediction));
        }
        let next = page.next.filter(|next| seen.insert(next.clone()));
        let (false, Some(next)) = (reached_the_past, next) else {
            break;
        };
        if empty > MAX_EMPTY_PAGES {
            return Err(endless());
        }
        (page, _) = list.dated_page(Some(&next)).await?;
    }
    found.sort_by_key(|(_, distance, _)| *distance);
    let mut reconciled = Reconciled::default();
    for (likeness, _, prediction) in found {
        match likeness {
            Likeness::Whole => reconciled.matching.push(prediction),
            Likeness::Possible => reconciled.possible.push(prediction),
            Likeness::None => {}
        }
    }
    Ok(reconciled)
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
    fn likeness(&self, prediction: &Prediction) -> Likeness {
        self.likeness_of_model(prediction)
            .min(self.likeness_of_input(prediction))
    }

    fn likeness_of_model(&self, prediction: &Prediction) -> Likeness {
        let (model, version) = (&prediction.model, &prediction.version);
        let whole = |same: bool| {
            if same {
                Likeness::Whole
            } else {
                Likeness::None
            }
        };
        match &self.reference {
            Reference::Model { owner, name } => {
                let same = model.as_deref() == Some(&format!("{owner}/{name}"));
                // An official model may run under another name, as a version without a digest.
                let official = !version.is_empty() && !is_digest(version);
                match (same, official) {
                    (false, true) => Likeness::Possible,
                    (same, _) => whole(same),
                }
            }
            Reference::ModelVersion { version: sent, .. } | Reference::Version(sent) => {
                whole(version == sent)
            }
            Reference::Deployment { owner, name } => match &prediction.deployment {
                Some(known) => whole(*known == format!("{owner}/{name}") || known == name),
                None => Likeness::Possible,
            },
        }
    }

    fn likeness_of_input(&self, prediction: &Prediction) -> Likeness {
        if prediction.data_removed == Some(true) {
            return Likeness::Possible;
        }
        let kept = &prediction.input;
        let mut sent = self.input.iter();
        if !sent.all(|(name, value)| is_alike(value, kept.get(name))) {
            return Likeness::None;
        }
        let more = |(name, value): (&String, &Value)| {
            !value.is_null() && self.input.get(name).is_none_or(Value::is_null)
        };
        if kept.iter().any(more) {
            return Likeness::Possible;
        }
        Likeness::Whole
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

    use Likeness::{None as Not, Possible, Whole};

    fn likeness(reference: &str, input: Value, prediction: Value) -> Likeness {
        sent(reference, input).likeness(&made(prediction))
    }

    #[test]
    fn another_input_is_another_prediction() {
        let of = |input: Value| {
            let sent = json!({ "prompt": "a", "n": 1, "file": "data:;base64,eA==" });
            let made = json!({ "model": "acme/app", "version": DIGEST, "input": input });
            likeness("acme/app", sent, made)
        };
        assert_eq!(
            of(json!({ "prompt": "a", "n": 1.0, "file": "https://x/y" })),
            Whole
        );
        let more = json!({ "prompt": "a", "n": 1, "file": "https://x/y", "seed": 3 });
        assert_eq!(of(more), Possible);
        assert_eq!(
            of(json!({ "prompt": "b", "n": 1, "file": "https://x/y" })),
            Not
        );
        assert_eq!(
            of(json!({ "prompt": "a", "n": 2, "file": "https://x/y" })),
            Not
        );
        assert_eq!(of(json!({ "prompt": "a", "n": 1 })), Not);
        assert_eq!(of(json!({})), Not);
    }

    #[test]
    fn nested_values_are_compared_and_null_is_absent() {
        let of = |input: Value| {
            let sent = json!({ "list": [1, { "a": null }], "none": null });
            likeness(
                "acme/app",
                sent,
                json!({ "model": "acme/app", "input": input }),
            )
        };
        assert_eq!(of(json!({ "list": [1, {}], "other": null })), Whole);
        assert_eq!(of(json!({ "list": [1] })), Not);
        assert_eq!(of(json!({ "list": [1, { "a": 2 }] })), Not);
    }

    #[test]
    fn no_input_is_not_any_input() {
        let of = |input: Value| {
            likeness(
                "acme/app",
                json!({}),
                json!({ "model": "acme/app", "input": input }),
            )
        };
        assert_eq!(of(json!({})), Whole);
        assert_eq!(of(json!({ "prompt": "a" })), Possible);
    }

    #[test]
    fn a_prediction_whose_data_was_removed_may_be_the_one() {
        let prediction = json!({ "model": "acme/app", "input": {}, "data_removed": true });
        assert_eq!(
            likeness("acme/app", json!({ "prompt": "a" }), prediction),
            Possible
        );
    }

    #[test]
    fn another_model_version_or_deployment_is_another_prediction() {
        let of = |reference: &str, made: Value| likeness(reference, json!({}), made);
        let other = DIGEST.replace('5', "6");
        assert_eq!(
            of(
                "acme/app",
                json!({ "model": "acme/app", "version": DIGEST })
            ),
            Whole
        );
        assert_eq!(
            of(
                "acme/app",
                json!({ "model": "acme/app", "version": "hidden" })
            ),
            Whole
        );
        assert_eq!(
            of(
                "acme/app",
                json!({ "model": "acme/other", "version": DIGEST })
            ),
            Not
        );
        let official = json!({ "model": "replicate/internal", "version": "d-c6559c57" });
        assert_eq!(of("acme/app", official), Possible);
        let version = json!({ "model": "acme/app", "version": DIGEST });
        assert_eq!(of(DIGEST, version.clone()), Whole);
        assert_eq!(of(&format!("acme/app:{DIGEST}"), version), Whole);
        assert_eq!(of(DIGEST, json!({ "version": other })), Not);
        let deployment = |named: Value| of("deployments/acme/app", json!({ "deployment": named }));
        assert_eq!(deployment(json!("acme/app")), Whole);
        assert_eq!(deployment(json!("acme/other")), Not);
        assert_eq!(deployment(json!(null)), Possible);
    }
}
