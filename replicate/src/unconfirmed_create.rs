//! A create whose outcome is unknown, and which predictions match it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model_ref::ModelRef;
use crate::types::Prediction;

/// Data for finding the prediction of a create whose outcome is unknown: the model, a hash
/// of each input, and when it was sent.
///
/// It is part of the error ([`Error::unconfirmed_create`]), or made before the create
/// ([`UnconfirmedCreate::new`]). It serializes, so that it can be stored and searched for by
/// another process. The inputs themselves are not in it.
///
/// ```
/// use replicate::UnconfirmedCreate;
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// # let folder = tempfile::tempdir().unwrap();
/// # std::env::set_current_dir(&folder).unwrap();
/// let input = json!({ "prompt": "a haiku" });
/// let create = UnconfirmedCreate::new("emulator/text".parse()?, &input)?;
/// std::fs::write("pending.json", serde_json::to_vec(&create).unwrap()).unwrap();
/// replicate.run("emulator/text").input(&input).start().await?;
///
/// // After a crash in between, in another process:
/// let stored = std::fs::read("pending.json").unwrap();
/// let create: UnconfirmedCreate = serde_json::from_slice(&stored).unwrap();
/// let found = replicate.predictions().reconcile(&create).await?;
/// # });
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnconfirmedCreate {
    #[serde(with = "model")]
    model: ModelRef,
    /// A hash of each input, `None` for one with a file: that may be kept under another URL.
    input: BTreeMap<String, Option<String>>,
    /// By the clock of the machine that sent it.
    pub(crate) sent_at: DateTime<Utc>,
    /// The id that the response showed, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Distinguishes creates that are otherwise the same.
    pub(crate) nonce: u64,
    /// Time at which it was sent, by the monotonic clock.
    #[serde(skip)]
    pub(crate) sent: Option<Instant>,
}

/// A reference as text.
mod model {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::model_ref::ModelRef;

    pub(super) fn serialize<S: Serializer>(model: &ModelRef, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(model)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<ModelRef, D::Error> {
        let text = String::deserialize(d)?;
        let parsed = text.parse().or_else(|_| ModelRef::version_id(&text));
        parsed.map_err(serde::de::Error::custom)
    }
}

/// Quality of a match between a prediction and a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MatchKind {
    None,
    Possible,
    Exact,
}

impl UnconfirmedCreate {
    /// A create that is about to be sent, of this input: what serializes to an object.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) when the input is not an object.
    pub fn new<T: Serialize + ?Sized>(model: ModelRef, input: &T) -> Result<Self> {
        match serde_json::to_value(input) {
            Ok(Value::Object(input)) => Ok(Self::sent_now(model, &input)),
            _ => Err(Error::invalid("invalid input: expected an object")),
        }
    }

    /// A create that is sent at this moment.
    pub(crate) fn sent_now(model: ModelRef, input: &Map<String, Value>) -> Self {
        Self {
            model,
            input: input
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), hash(value)))
                .collect(),
            sent_at: Utc::now(),
            id: None,
            nonce: RandomState::new().build_hasher().finish(),
            sent: Some(Instant::now()),
        }
    }

    /// The model, version or deployment that was to be run.
    pub fn model(&self) -> &ModelRef {
        &self.model
    }

    /// Time at which it was sent, by the clock of the sending machine.
    pub fn sent_at(&self) -> DateTime<Utc> {
        self.sent_at
    }

    /// Time at which it was sent, by the server's clock, which predictions use. Without the
    /// monotonic time since, as in another process, the clock of this machine has to do.
    pub(crate) fn sent_at_server(&self, server: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let server = server.unwrap_or_else(Utc::now);
        let since = match self.sent.map(|sent| TimeDelta::from_std(sent.elapsed())) {
            Some(Ok(since)) => since,
            _ => Utc::now() - self.sent_at,
        };
        server.checked_sub_signed(since).unwrap_or(server)
    }

    pub(crate) fn matches(&self, prediction: &Prediction) -> MatchKind {
        self.matches_model(prediction)
            .min(self.matches_input(prediction))
    }

    fn matches_model(&self, prediction: &Prediction) -> MatchKind {
        let (model, version) = (&prediction.model, &prediction.version);
        let exact = |same: bool| {
            if same {
                MatchKind::Exact
            } else {
                MatchKind::None
            }
        };
        match &self.model {
            ModelRef::Model { owner, name } => {
                let same = model.as_deref() == Some(&format!("{owner}/{name}"));
                // An official model may run under another name, as a version without a digest.
                let official = !version.is_empty() && !is_digest(version);
                match (same, official) {
                    (false, true) => MatchKind::Possible,
                    (same, _) => exact(same),
                }
            }
            ModelRef::ModelVersion { version: sent, .. } | ModelRef::Version(sent) => {
                exact(version == sent)
            }
            ModelRef::Deployment { owner, name } => match &prediction.deployment {
                Some(known) => exact(*known == format!("{owner}/{name}") || known == name),
                None => MatchKind::Possible,
            },
        }
    }

    fn matches_input(&self, prediction: &Prediction) -> MatchKind {
        if prediction.data_removed == Some(true) {
            return MatchKind::Possible;
        }
        let kept = &prediction.input;
        let same = |(name, sent): (&String, &Option<String>)| match (kept.get(name), sent) {
            (None | Some(Value::Null), _) => false,
            (Some(_), None) => true,
            (Some(kept), Some(sent)) => hash(kept).as_ref() == Some(sent),
        };
        if !self.input.iter().all(same) {
            return MatchKind::None;
        }
        let more =
            |(name, value): (&String, &Value)| !value.is_null() && !self.input.contains_key(name);
        if kept.iter().any(more) {
            return MatchKind::Possible;
        }
        MatchKind::Exact
    }
}

/// A hash of a value, the same for every way to write it; `None` where it has a `data:` URL,
/// which may be kept under another one.
fn hash(value: &Value) -> Option<String> {
    let mut hasher = Sha256::new();
    write(value, &mut hasher)?;
    let digest = hasher.finalize();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write(value: &Value, hasher: &mut Sha256) -> Option<()> {
    let mut text = |kind: &str, text: &str| {
        hasher.update(kind);
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    };
    match value {
        Value::Null => text("n", ""),
        Value::Bool(value) => text("b", if *value { "1" } else { "0" }),
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => {
                text("#", &format!("{}", float as i64));
            }
            _ => text("#", &number.to_string()),
        },
        Value::String(value) if value.starts_with("data:") => return None,
        Value::String(value) => text("s", value),
        Value::Array(items) => {
            text("a", &items.len().to_string());
            for item in items {
                write(item, hasher)?;
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .collect();
            members.sort_by_key(|(name, _)| *name);
            text("o", &members.len().to_string());
            for (name, value) in members {
                hasher.update((name.len() as u64).to_be_bytes());
                hasher.update(name);
                write(value, hasher)?;
            }
        }
    }
    Some(())
}

/// Whether a version's id is the digest of an image, as those of all but official models are.
fn is_digest(version: &str) -> bool {
    version.len() == 64 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
