//! Uploaded files: create, list, get, delete, download.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use futures::stream;
use http::{StatusCode, header};
use md5::Md5;
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::outputs;
use crate::{
    call::Call,
    clock::stamp,
    cursor::Order,
    files::{File, LIFETIME},
    problem::Problem,
    response::{Reply, json_response, no_content, ok, set_header},
    state::State,
};

const PAGE_SIZE: usize = 100;
/// The largest file that can be uploaded, as in the API.
const LARGEST: u64 = 100 * 1024 * 1024;
/// The largest part of an upload other than the file.
const LARGEST_TEXT: u64 = 64 * 1024;
/// The largest body of an upload.
pub(crate) const LARGEST_BODY: usize = LARGEST as usize + 1024 * 1024;
const LONGEST_NAME: usize = 255;

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

pub(crate) async fn create(call: &Call) -> Reply {
    let Uploaded {
        content,
        name,
        content_type,
        metadata,
    } = read(call).await?;
    let hashed = content.clone();
    let hash = move || (hex(&Sha256::digest(&hashed)), hex(&Md5::digest(&hashed)));
    // The hashes of a large file take long enough to delay other calls.
    let hashes = tokio::task::spawn_blocking(hash).await;
    let (sha256, md5) = hashes.map_err(|error| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, "Internal error", error.to_string())
    })?;
    let state = &call.state;
    let file = Arc::new(File {
        id: state.ids.id(),
        name,
        content_type,
        metadata,
        sha256,
        md5,
        created_at: state.expire(),
        content,
    });
    state.files.insert(state.next_number(), Arc::clone(&file))?;
    Ok(json_response(StatusCode::CREATED, &shape(state, &file)))
}

struct Uploaded {
    content: Bytes,
    name: String,
    content_type: String,
    metadata: Map<String, Value>,
}

/// Reads a multipart body.
async fn read(call: &Call) -> Result<Uploaded, Problem> {
    let content_type = call.parts.headers.get(header::CONTENT_TYPE);
    let boundary = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or_else(|| {
            Problem::unsupported_type(
                "An upload is multipart/form-data with a boundary, and the file in the part \
                 `content`.",
            )
        })?;
    let limits = SizeLimit::new()
        .per_field(LARGEST_TEXT)
        .for_field("content", LARGEST);
    let body = stream::iter([Ok::<_, Infallible>(call.body.clone())]);
    let constraints = Constraints::new().size_limit(limits);
    let mut parts = Multipart::with_constraints(body, boundary, constraints);
    let (mut content, mut name, mut kind) = (None, None, None);
    let mut metadata = Map::new();
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "content" if content.is_some() => {
                return Err(Problem::bad_request(
                    "There is more than one part `content`.",
                ));
            }
            "content" => {
                // The parts `filename` and `type` take precedence.
                let own_name = part.file_name().map(str::to_owned);
                let own_kind = part.content_type().map(ToString::to_string);
                name = name.or(own_name);
                kind = kind.or(own_kind);
                // The body is in memory as one chunk, and so is each part: it need not be copied.
                content = Some(part.chunk().await.map_err(broken)?.unwrap_or_default());
            }
            "metadata" => {
                let text = part.bytes().await.map_err(broken)?;
                metadata = serde_json::from_slice(&text).map_err(|error| {
                    let why = format!("Not a JSON object: {error}");
                    Problem::invalid_field("metadata", "invalid_type", why)
                })?;
            }
            "filename" => name = Some(text(part).await?),
            "type" => kind = Some(text(part).await?),
            // Unknown parts are skipped.
            _ => {}
        }
    }
    let content = content.ok_or_else(|| {
        Problem::invalid_field(
            "content",
            "required",
            "content is required: the part with the file",
        )
    })?;
    let name = name.filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "file".to_owned());
    if name.len() > LONGEST_NAME {
        return Err(Problem::invalid_field(
            "filename",
            "string_lte",
            format!("The file name is longer than {LONGEST_NAME} bytes"),
        ));
    }
    // It becomes a header value.
    let is_media_type =
        |text: &String| text.contains('/') && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    let content_type = kind.filter(is_media_type);
    Ok(Uploaded {
        content,
        name,
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        metadata,
    })
}

async fn text(part: Field<'_>) -> Result<String, Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    let bytes = part.bytes().await.map_err(broken)?;
    String::from_utf8(bytes.into())
        .map_err(|_| Problem::invalid_field(&name, "format", "The part is not UTF-8 text"))
}

fn broken(error: multer::Error) -> Problem {
    match error {
        multer::Error::FieldSizeExceeded { limit, field_name } => Problem::too_large(format!(
            "The part `{}` is larger than {limit} bytes.",
            field_name.unwrap_or_default()
        )),
        error => Problem::bad_request(format!("Invalid multipart body: {error}.")),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn list(call: &Call) -> Reply {
    call.state.expire();
    let files = call.state.files.all();
    call.page(PAGE_SIZE, Order::Descending, files, |file| {
        shape(&call.state, &file)
    })
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
    ok(&shape(&call.state, &*find(call)?))
}

pub(crate) fn delete(call: &Call) -> Reply {
    let file = find(call)?;
    call.state.files.remove(&file.id);
    no_content()
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
    let octets = "application/octet-stream";
    let mut response = outputs::serve(&call.parts.headers, octets, &file.sha256, &file.content)?;
    let plain = |c: char| c.is_ascii_graphic() && !"\"\\".contains(c);
    let name = file.name.replace(|c| !plain(c), "_");
    set_header(
        response.headers_mut(),
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{name}\""),
    );
    Ok(response)
}
