//! Reads an upload as it arrives, within its limits.

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::header;
use md5::Md5;
use multer::{Field, Multipart};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Arriving;
use crate::{call::Call, problem::Problem};

/// The largest file that can be uploaded, as in the API.
const LARGEST: usize = 100 * 1024 * 1024;

/// The largest part other than the file.
const LARGEST_TEXT: usize = 64 * 1024;
const LONGEST_NAME: usize = 255;

#[derive(Debug, Default)]
pub(super) struct Uploaded {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) metadata: Map<String, Value>,
    pub(super) content: Bytes,
    pub(super) sha256: Sha256,
    pub(super) md5: Md5,
}

pub(super) async fn read(call: &Call, arriving: Arriving) -> Result<Uploaded, Problem> {
    let Arriving { body, seen } = arriving;
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
    let chunks = body.into_data_stream().inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            seen.push(chunk);
        }
    });
    let mut parts = Multipart::new(chunks, boundary);
    let mut uploaded = Uploaded::default();
    let (mut has_content, mut name, mut kind) = (false, None, None);
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "content" if has_content => {
                return Err(Problem::bad_request(
                    "There is more than one part `content`.",
                ));
            }
            "content" => {
                has_content = true;
                uploaded.name = part.file_name().unwrap_or_default().to_owned();
                uploaded.content_type = part
                    .content_type()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                content(part, &mut uploaded).await?;
            }
            "metadata" => uploaded.metadata = metadata(&text(part).await?)?,
            "filename" => name = Some(text(part).await?),
            "type" => kind = Some(text(part).await?),
            // Unknown parts are skipped.
            _ => skip(part).await?,
        }
    }
    if !has_content {
        return Err(Problem::invalid_field(
            "content",
            "required",
            "content is required: the part with the file",
        ));
    }
    uploaded.name = file_name(name.unwrap_or(uploaded.name))?;
    uploaded.content_type = media_type(kind.unwrap_or(uploaded.content_type));
    Ok(uploaded)
}

async fn content(mut part: Field<'_>, uploaded: &mut Uploaded) -> Result<(), Problem> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if whole.len() + chunk.len() > LARGEST {
            return Err(Problem::too_large(format!(
                "The file is larger than {LARGEST} bytes (100 MiB)."
            )));
        }
        uploaded.sha256.update(&chunk);
        uploaded.md5.update(&chunk);
        whole.extend_from_slice(&chunk);
    }
    uploaded.content = whole.freeze();
    Ok(())
}

async fn text(mut part: Field<'_>) -> Result<String, Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    let mut whole = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if whole.len() + chunk.len() > LARGEST_TEXT {
            return Err(Problem::too_large(format!(
                "The part `{name}` is larger than {LARGEST_TEXT} bytes."
            )));
        }
        whole.extend_from_slice(&chunk);
    }
    String::from_utf8(whole)
        .map_err(|_| Problem::invalid_field(&name, "format", "The part is not UTF-8 text"))
}

async fn skip(mut part: Field<'_>) -> Result<(), Problem> {
    while part.chunk().await.map_err(broken)?.is_some() {}
    Ok(())
}

fn metadata(text: &str) -> Result<Map<String, Value>, Problem> {
    serde_json::from_str(text).map_err(|error| {
        Problem::invalid_field(
            "metadata",
            "invalid_type",
            format!("Not a JSON object: {error}"),
        )
    })
}

fn file_name(name: String) -> Result<String, Problem> {
    let name = if name.is_empty() {
        "file".to_owned()
    } else {
        name
    };
    if name.len() <= LONGEST_NAME {
        return Ok(name);
    }
    Err(Problem::invalid_field(
        "filename",
        "string_lte",
        format!("The file name is longer than {LONGEST_NAME} bytes"),
    ))
}

/// A media type that is a valid header value.
fn media_type(text: String) -> String {
    let plain = text.contains('/') && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if plain {
        text
    } else {
        "application/octet-stream".to_owned()
    }
}

fn broken(error: multer::Error) -> Problem {
    Problem::bad_request(format!("Invalid multipart body: {error}."))
}
