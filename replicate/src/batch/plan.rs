//! Plan of a batch: its inputs, compared with its journal.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::BatchOutcome;
use super::journal::{Record, VERSION};
use crate::error::{Error, Result};
use crate::input::Input;
use crate::model_ref::ModelRef;
use crate::unconfirmed_create::UnconfirmedCreate;

/// An input that is not done.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its place among all inputs, from 0.
    pub(super) index: usize,
    pub(super) hash: String,
    pub(super) input: Input,
}

/// The first step of a line.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// Its prediction is to be created.
    Create,
    /// Its prediction exists.
    Attach(String),
    /// Its create was sent by a process that was stopped.
    Reconcile(UnconfirmedCreate),
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order in which they begin: those whose prediction may exist come first.
    pub(super) lines: VecDeque<(Line, Start)>,
    /// The outcomes of those that are done.
    pub(super) done: Vec<BatchOutcome>,
    /// The outcomes among `done` that the journal does not record.
    pub(super) acknowledged: Vec<(usize, BatchOutcome)>,
    /// The predictions that the journal knows: none of them is the result of another input.
    pub(super) claimed: HashSet<String>,
}

struct Journaled {
    hash: String,
    state: State,
}

enum State {
    NotCreated,
    Sent(UnconfirmedCreate),
    Created(String),
    Done(BatchOutcome),
}

/// First line of a journal, which identifies the batch.
pub(super) fn begin(model: &ModelRef, shard: Option<(usize, usize)>) -> Record {
    Record::Begin {
        version: VERSION,
        model: model.to_string(),
        shard,
    }
}

impl Plan {
    /// Compares the inputs with the journal. `first` is the record that this batch begins with,
    /// `stored` are results that the caller has, also where the journal lacks them.
    pub(super) fn new(
        inputs: Vec<(usize, Input)>,
        total: usize,
        records: Vec<Record>,
        first: &Record,
        stored: &HashMap<usize, BatchOutcome>,
        retry_expired: bool,
    ) -> Result<Self> {
        let mut plan = Self::default();
        let mut journaled = plan.replay(records, first)?;
        if let Some(beyond) = journaled
            .iter()
            .find(|(index, known)| **index >= total && !matches!(known.state, State::NotCreated))
        {
            return Err(changed(format!(
                "the journal has input {}, but there are {total}",
                beyond.0 + 1
            )));
        }
        let mut creates = Vec::new();
        let mut attaches = Vec::new();
        for (index, input) in inputs {
            let hash = hash(&input);
            let known = journaled.remove(&index);
            if let Some(known) = &known
                && known.hash != hash
                && !matches!(known.state, State::NotCreated)
            {
                return Err(changed(format!(
                    "input {} is not the one that was sent",
                    index + 1
                )));
            }
            let line = Line { index, hash, input };
            let state = known.map(|known| known.state);
            match (state, stored.get(&index)) {
                (Some(State::Done(BatchOutcome::Expired)), _) if retry_expired => {
                    creates.push((line, Start::Create));
                }
                (Some(State::Done(outcome)), _) => plan.done.push(outcome),
                (Some(State::Created(_) | State::Sent(_)), Some(outcome)) => {
                    plan.acknowledged.push((index, *outcome));
                    plan.done.push(*outcome);
                }
                (None | Some(State::NotCreated), Some(outcome)) => plan.done.push(*outcome),
                (None | Some(State::NotCreated), None) => creates.push((line, Start::Create)),
                (Some(State::Created(id)), None) => attaches.push((line, Start::Attach(id))),
                (Some(State::Sent(request)), None) => {
                    plan.lines.push_back((line, Start::Reconcile(request)));
                }
            }
        }
        plan.lines.extend(attaches);
        plan.lines.extend(creates);
        Ok(plan)
    }

    fn replay(
        &mut self,
        records: Vec<Record>,
        first: &Record,
    ) -> Result<HashMap<usize, Journaled>> {
        let mut journaled: HashMap<usize, Journaled> = HashMap::new();
        let mut records = records.into_iter();
        match records.next() {
            Some(begin) => check_begin(&begin, first)?,
            None => return Ok(journaled),
        }
        let unknown = |index: usize| {
            Error::invalid(format!(
                "the journal has a result of input {}, but no create",
                index + 1
            ))
        };
        for record in records {
            let (index, state) = match record {
                Record::Begin { .. } => {
                    return Err(Error::invalid("the journal begins twice"));
                }
                Record::Create {
                    index,
                    hash,
                    request,
                } => {
                    let state = State::Sent(request);
                    journaled.insert(index, Journaled { hash, state });
                    continue;
                }
                Record::Created { index, id } => {
                    self.claimed.insert(id.clone());
                    (index, State::Created(id))
                }
                Record::NotCreated { index } => (index, State::NotCreated),
                Record::Done { index, outcome } => (index, State::Done(outcome)),
            };
            journaled
                .get_mut(&index)
                .ok_or_else(|| unknown(index))?
                .state = state;
        }
        Ok(journaled)
    }
}

fn changed(what: String) -> Error {
    Error::invalid(format!(
        "the inputs have changed since the journal was written: {what}; resume with the same inputs, or use another journal"
    ))
}

fn check_begin(begin: &Record, expected: &Record) -> Result<()> {
    let (
        Record::Begin {
            version,
            model,
            shard,
        },
        Record::Begin {
            model: expected_model,
            shard: expected_shard,
            ..
        },
    ) = (begin, expected)
    else {
        return Err(Error::invalid(
            "the file is not the journal of a batch: it does not begin as one",
        ));
    };
    if *version != VERSION {
        return Err(Error::invalid(format!(
            "the journal has format {version}; this version reads format {VERSION}"
        )));
    }
    let name = |shard: &Option<(usize, usize)>| match shard {
        Some((number, count)) => format!("shard {number}/{count}"),
        None => "all inputs".to_owned(),
    };
    let shards = (name(shard), name(expected_shard));
    for (found, expected) in [(model, expected_model), (&shards.0, &shards.1)] {
        if found != expected {
            return Err(Error::invalid(format!(
                "the journal is of {found}, not of {expected}; use another journal"
            )));
        }
    }
    Ok(())
}

/// A hash of an input, the same in every process, however its keys are ordered. A file counts
/// by its path, URL or bytes.
fn hash(input: &Input) -> String {
    let mut hasher = Sha256::new();
    #[cfg(feature = "files")]
    {
        let mut value = input.value.clone();
        for slot in &input.files {
            slot.fill(&mut value, slot.file.fingerprint());
        }
        write(&value, &mut hasher);
    }
    #[cfg(not(feature = "files"))]
    write(&input.value, &mut hasher);
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            hasher.update(format!("o{}:", members.len()));
            for (name, value) in members {
                hasher.update(format!("{}:{name}", name.len()));
                write(value, hasher);
            }
        }
        Value::Array(items) => {
            hasher.update(format!("a{}:", items.len()));
            items.iter().for_each(|item| write(item, hasher));
        }
        Value::String(text) => hasher.update(format!("s{}:{text}", text.len())),
        other => hasher.update(format!("v{other};")),
    }
}

#[cfg(all(test, feature = "files"))]
mod tests {
    use super::*;
    use crate::FileInput;

    /// Journals of earlier versions have these hashes: a batch with others cannot be resumed.
    #[test]
    fn hash_of_each_kind_of_file_is_as_journals_have_it() {
        #[derive(serde::Serialize)]
        struct Image {
            file: FileInput,
        }
        for (file, expected) in [
            (
                FileInput::path("in/photo.jpg").name("p.jpg"),
                "5a9d9c891907adc6c3db4129286993963acdd2511b4586e2f765fc98608c7669",
            ),
            (
                FileInput::bytes(vec![0, 1, 2], "image/png"),
                "bed1c84290f324cd81e0543d4e0c96f113549c61fd109c4a34771db9487f5a96",
            ),
            (
                FileInput::url("https://example.com/a.png"),
                "79ff6a64c6bbc4028aa58eb272fb9276a7c68f9db27cfa2cbc87df9dade44ab2",
            ),
            (
                FileInput::reader(3, "text/plain", &b"abc"[..]),
                "13773ebd4cbb48cf332285092eb9722647eb676746db074eecc8f7ed54ffecdd",
            ),
        ] {
            let shown = format!("{file:?}");
            let input = Input::new(&Image { file }).unwrap();
            assert_eq!(hash(&input), expected, "{shown}");
        }
    }
}
