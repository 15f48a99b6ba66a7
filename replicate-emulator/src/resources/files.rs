//! Uploaded files.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{body::Body, response::Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::outputs;
use crate::{
    call::{Call, Reply, empty, json as answer},
    clock::stamp,
    cursor::Pages,
    problem::Problem,
    received::ArrivingBody,
    room::Place,
    sync::Locked,
    world::World,
};

mod upload;

/// The largest file that can be uploaded, as the API has it.
const LARGEST: usize = 100 * 1024 * 1024;
/// What all files together may take of this machine's memory.
const ALL_TOGETHER: usize = 1024 * 1024 * 1024;
/// How many files there may be.
const MOST: usize = 10_000;
const KEPT: TimeDelta = TimeDelta::hours(24);
const PAGE_SIZE: usize = 100;

/// An uploaded file.
#[derive(Debug)]
pub(crate) struct File {
    id: String,
    name: String,
    content_type: String,
    metadata: Map<String, Value>,
    sha256: String,
    md5: String,
    created_at: DateTime<Utc>,
    pub(crate) content: Bytes,
}

impl File {
    pub(crate) fn content_type(&self) -> &str {
        &self.content_type
    }
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
    expiring: VecDeque<(DateTime<Utc>, u64)>,
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
        while let Some((at, number)) = inner.expiring.front().copied() {
            if at > now {
                return;
            }
            inner.expiring.pop_front();
            inner.remove(number);
        }
    }

    /// The signature that a download of this file by this owner until then needs.
    pub(crate) fn signature(&self, owner: &str, id: &str, expiry: i64) -> String {
        BASE64_STANDARD.encode(self.mac(owner, id, expiry).finalize().into_bytes())
    }

    fn signed(&self, owner: &str, id: &str, expiry: i64, signature: &str) -> bool {
        BASE64_STANDARD
            .decode(signature)
            .is_ok_and(|given| self.mac(owner, id, expiry).verify_slice(&given).is_ok())
    }

    fn mac(&self, owner: &str, id: &str, expiry: i64) -> Hmac<Sha256> {
        // A key of 32 bytes is shorter than a block, and so taken as it is.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into())
            .chain_update(format!("{owner} {id} {expiry}"))
    }
}

impl Inner {
    fn remove(&mut self, number: u64) {
        if let Some(file) = self.by_age.remove(&number) {
            self.bytes = self.bytes.saturating_sub(file.content.len());
        }
    }
}

fn shape(world: &World, file: &File) -> Value {
    json!({
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.content.len(),
        "etag": file.md5,
        "checksums": {"sha256": file.sha256, "md5": file.md5},
        "metadata": file.metadata,
        "created_at": stamp(file.created_at),
        "expires_at": stamp(file.created_at + KEPT),
        "urls": {"get": world.api(&format!("/files/{}", file.id))},
    })
}

/// An upload's body as it comes.
#[derive(Debug)]
pub(crate) struct Arriving<'a, 'room> {
    pub(crate) body: Body,
    /// What of it is to be shown later.
    pub(crate) seen: ArrivingBody,
    pub(crate) place: &'a mut Place<'room>,
}

pub(crate) async fn create(call: &Call, arriving: Arriving<'_, '_>) -> Reply {
    let uploaded = upload::read(call, arriving).await?;
    let world = &call.world;
    let now = world.expire();
    let file = Arc::new(File {
        id: world.ids.id(),
        name: uploaded.name,
        content_type: uploaded.content_type,
        metadata: uploaded.metadata,
        sha256: hex(&uploaded.sha256.finalize()),
        md5: hex(&uploaded.md5.finalize()),
        created_at: now,
        content: uploaded.content,
    });
    let mut inner = world.files.inner.locked();
    if inner.bytes + file.content.len() > ALL_TOGETHER || inner.by_age.len() >= MOST {
        return Err(Problem::too_large(format!(
            "There may be {MOST} files here, of {ALL_TOGETHER} bytes together. Delete some, or \
             wait until they expire."
        )));
    }
    inner.bytes += file.content.len();
    let number = world.next_number();
    inner.expiring.push_back((now + KEPT, number));
    inner.by_age.insert(number, Arc::clone(&file));
    drop(inner);
    Ok(answer(StatusCode::CREATED, &shape(world, &file)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn list(call: &Call) -> Reply {
    call.world.expire();
    let inner = call.world.files.inner.locked();
    let pages = Pages {
        address: call.address(),
        query: &call.query,
        size: PAGE_SIZE,
        ascending: false,
    };
    let page = pages.cut(&inner.by_age, |_| true)?;
    Ok(answer(
        StatusCode::OK,
        &page.map(|file| shape(&call.world, file)),
    ))
}

fn find(call: &Call) -> Result<Arc<File>, Problem> {
    call.world.expire();
    let id = call.parameter(0);
    call.world.files.get(id).ok_or_else(|| {
        Problem::not_found(format!("There is no file with the id `{id}` (any more)."))
    })
}

pub(crate) fn get(call: &Call) -> Reply {
    let file = find(call)?;
    Ok(answer(StatusCode::OK, &shape(&call.world, &file)))
}

pub(crate) fn delete(call: &Call) -> Reply {
    let file = find(call)?;
    let mut inner = call.world.files.inner.locked();
    let number = inner
        .by_age
        .iter()
        .find(|(_, kept)| kept.id == file.id)
        .map(|(number, _)| *number);
    if let Some(number) = number {
        inner.remove(number);
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) fn download(call: &Call) -> Reply {
    let missing =
        |name: &str| Problem::bad_request(format!("`{name}` is missing: a download is signed."));
    let text = |name: &str| call.query.get(name).ok_or_else(|| missing(name));
    let (owner, signature) = (text("owner")?, text("signature")?);
    let expiry: i64 = text("expiry")?
        .parse()
        .map_err(|_| Problem::bad_request("`expiry` is a time in seconds since 1970."))?;
    let world = &call.world;
    let id = call.parameter(0);
    let allowed = owner == world.account
        && expiry > world.clock.now().timestamp()
        && world.files.signed(owner, id, expiry, signature);
    if !allowed {
        // As for a file that does not exist: who has no signature learns nothing.
        return Err(Problem::not_found(
            "There is no such file, or the signature is not right for it, or has expired.",
        ));
    }
    let file = find(call)?;
    let mut response: Response = outputs::serve(
        &call.parts.headers,
        "application/octet-stream",
        &file.sha256,
        &file.content,
    )?;
    let name: String = file
        .name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
