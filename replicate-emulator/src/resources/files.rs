//! Uploaded files: create, list, get, delete, download.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use sha2::Digest;

use super::outputs;
use crate::{
    call::Call,
    clock::stamp,
    files::{File, LIFETIME},
    problem::Problem,
    request_log::ArrivingBody,
    response::{Reply, empty_response, json_response},
    state::State,
};

mod upload;

const PAGE_SIZE: usize = 100;

fn shape(state: &State, file: &File) -> Value {
    json!({
        "id": file.id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.content.len(),
        "etag": file.md5,
        "checksums": {"sha256": file.sha256, "md5": file.md5},
        "metadata": file.metadata,
        "created_at": stamp(file.created_at),
        "expires_at": stamp(file.created_at + LIFETIME),
        "urls": {"get": state.api(&format!("/files/{}", file.id))},
    })
}

/// The body of an upload while it arrives.
#[derive(Debug)]
pub(crate) struct Arriving {
    pub(crate) body: Body,
    /// Its copy in the request log.
    pub(crate) seen: ArrivingBody,
}

pub(crate) async fn create(call: &Call, arriving: Arriving) -> Reply {
    let uploaded = upload::read(call, arriving).await?;
    let state = &call.state;
    let now = state.expire();
    let file = Arc::new(File {
        id: state.ids.id(),
        name: uploaded.name,
        content_type: uploaded.content_type,
        metadata: uploaded.metadata,
        sha256: hex(&uploaded.sha256.finalize()),
        md5: hex(&uploaded.md5.finalize()),
        created_at: now,
        content: uploaded.content,
    });
    state.files.insert(state.next_number(), Arc::clone(&file))?;
    Ok(json_response(StatusCode::CREATED, &shape(state, &file)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn list(call: &Call) -> Reply {
    call.state.expire();
    let pages = call.pages(PAGE_SIZE, false);
    let page = call.state.files.page(&pages)?;
    Ok(json_response(
        StatusCode::OK,
        &page.map(|file| shape(&call.state, &file)),
    ))
}

fn find(call: &Call) -> Result<Arc<File>, Problem> {
    call.state.expire();
    let id = call.parameter(0);
    call.state
        .files
        .get(id)
        .ok_or_else(|| Problem::not_found(format!("File `{id}` does not exist or has expired.")))
}

pub(crate) fn get(call: &Call) -> Reply {
    let file = find(call)?;
    Ok(json_response(StatusCode::OK, &shape(&call.state, &file)))
}

pub(crate) fn delete(call: &Call) -> Reply {
    let file = find(call)?;
    call.state.files.remove(&file.id);
    Ok(empty_response(StatusCode::NO_CONTENT))
}

pub(crate) fn download(call: &Call) -> Reply {
    let missing =
        |name: &str| Problem::bad_request(format!("`{name}` is missing: downloads are signed."));
    let text = |name: &str| call.query.get(name).ok_or_else(|| missing(name));
    let (owner, signature) = (text("owner")?, text("signature")?);
    let expiry: i64 = text("expiry")?
        .parse()
        .map_err(|_| Problem::bad_request("`expiry` is a time in seconds since 1970."))?;
    let state = &call.state;
    let id = call.parameter(0);
    let allowed = owner == state.account
        && expiry > state.clock.now().timestamp()
        && state.files.is_signed(owner, id, expiry, signature);
    if !allowed {
        // The same response as for a file that does not exist.
        return Err(Problem::not_found(
            "The file does not exist, or its signature is invalid or has expired.",
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
