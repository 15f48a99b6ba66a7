//! Uploaded files.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::{problem::Problem, sync::Locked, webhook::hmac};

/// The lifetime of an uploaded file.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// The most bytes of all files together, in this machine's memory.
const MAX_ALL_BYTES: usize = 1024 * 1024 * 1024;
/// The most files.
const MAX_FILES: usize = 10_000;

/// An uploaded file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) sha256: String,
    pub(crate) md5: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) content: Bytes,
}

/// All files, by age.
#[derive(Debug)]
pub(crate) struct Files {
    secret: [u8; 32],
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_age: BTreeMap<u64, Arc<File>>,
    bytes: usize,
}

impl Files {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self {
            secret,
            inner: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<File>> {
        let inner = self.inner.locked();
        inner.by_age.values().find(|file| file.id == id).cloned()
    }

    pub(crate) fn expire(&self, now: DateTime<Utc>) {
        let mut inner = self.inner.locked();
        while let Some((number, oldest)) = inner.by_age.first_key_value() {
            if oldest.created_at + LIFETIME > now {
                return;
            }
            let number = *number;
            inner.remove(number);
        }
    }

    /// Adds a file, unless there are too many.
    pub(crate) fn insert(&self, number: u64, file: Arc<File>) -> Result<(), Problem> {
        let mut inner = self.inner.locked();
        let bytes = inner.bytes + file.content.len();
        if bytes > MAX_ALL_BYTES || inner.by_age.len() >= MAX_FILES {
            return Err(Problem::too_large(format!(
                "The emulator stores at most {MAX_FILES} files of {MAX_ALL_BYTES} bytes together. \
                 Delete some, or wait until they expire."
            )));
        }
        inner.bytes = bytes;
        inner.by_age.insert(number, file);
        Ok(())
    }

    pub(crate) fn remove(&self, id: &str) {
        let mut inner = self.inner.locked();
        let number = inner.by_age.iter().find(|(_, file)| file.id == id);
        if let Some(number) = number.map(|(number, _)| *number) {
            inner.remove(number);
        }
    }

    /// All files by their number.
    pub(crate) fn all(&self) -> BTreeMap<u64, Arc<File>> {
        self.inner.locked().by_age.clone()
    }

    /// The signature of a download of this file by this owner until `expiry`.
    pub(crate) fn signature(&self, owner: &str, id: &str, expiry: i64) -> String {
        let mac = self.mac(owner, id, expiry).finalize();
        BASE64_STANDARD.encode(mac.into_bytes())
    }

    pub(crate) fn is_signed(&self, owner: &str, id: &str, expiry: i64, signature: &str) -> bool {
        BASE64_STANDARD
            .decode(signature)
            .is_ok_and(|given| self.mac(owner, id, expiry).verify_slice(&given).is_ok())
    }

    fn mac(&self, owner: &str, id: &str, expiry: i64) -> Hmac<Sha256> {
        hmac(&self.secret).chain_update(format!("{owner} {id} {expiry}"))
    }
}

impl Inner {
    fn remove(&mut self, number: u64) {
        if let Some(file) = self.by_age.remove(&number) {
            self.bytes = self.bytes.saturating_sub(file.content.len());
        }
    }
}
