//! Putting files into an input: as `data:` URLs, or uploaded.

mod source;

use std::error::Error as _;
use std::fs::Metadata;
use std::future::IntoFuture;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_url::mime::Mime;
use futures::{StreamExt, TryStreamExt};
use http::Method;
use http::header::{ACCEPT, HeaderValue};
use replicate_api::multipart::{Form, Part};
use replicate_api::{RequestOptions, Response, SendGate, Transport};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::file_input::{FileInput, FileStrategy, MAX_FILE_BYTES};
use crate::input::{FileSlot, Input};
use crate::job::Job;
use crate::progress::{Reporter, UploadProgress};
use crate::types::File;

use source::SourceFailure;

/// The input as JSON, with every file in it uploaded or written as a URL.
///
/// All files are checked before the first is sent.
pub(crate) async fn resolve<J: Job>(
    client: &Client,
    input: Input,
    strategy: FileStrategy,
    reporter: &mut Reporter<J>,
) -> Result<Value> {
    let Input { mut value, files } = input;
    for slot in &files {
        check(&slot.file)
            .await
            .map_err(|error| error.during(slot.place()))?;
    }
    let mut sent: Vec<(FileInput, String)> = Vec::new();
    for slot in &files {
        let known = sent.iter().find(|(file, _)| file.is_same(&slot.file));
        let url = match known {
            Some((_, url)) => url.clone(),
            None => {
                let url = provide(client, slot, strategy, reporter).await?;
                sent.push((slot.file.clone(), url.clone()));
                url
            }
        };
        slot.fill(&mut value, url);
    }
    Ok(value)
}

/// The error of an upload, of the kind of its cause: that the upload itself may have been
/// processed costs nothing, and no prediction was created.
fn not_uploaded(error: Error, slot: &FileSlot) -> Error {
    let kind = match (error.kind(), error.cause()) {
        (ErrorKind::OutcomeUnknown, cause) => cause.unwrap_or(ErrorKind::Connect),
        (kind, _) => kind,
    };
    let attempt = format!(
        "could not upload {} for {}",
        slot.file.label(),
        slot.place()
    );
    // The id of a file must not pass for that of a prediction.
    let error = error.with_kind(kind).without_created_id();
    error.during(attempt).advising(NOTHING_CREATED)
}

const NOTHING_CREATED: &str = "no prediction was created";

/// The file's size, if it can be sent at all; `None` for a URL.
pub(crate) async fn check(file: &FileInput) -> Result<Option<u64>> {
    let size = if file.given_url().is_some() {
        return Ok(None);
    } else if let Some(path) = file.source_path() {
        let failed = |error| Error::file("reading", path, error);
        // Opened, since a file that exists may still not be readable.
        let mut open = open_regular(path).await.map_err(failed)?;
        let size = open.metadata().await.map_err(failed)?.len();
        if size == 0 && open.read(&mut [0]).await.map_err(failed)? > 0 {
            // Files of the system (`/proc`) are produced while they are read.
            return Err(failed(std::io::Error::other(
                "it has content, but reports a size of 0; read it and use `FileInput::bytes`",
            )));
        }
        size
    } else if let Some(bytes) = file.given_bytes() {
        bytes.len() as u64
    } else if let Some(length) = file.reader_length() {
        length
    } else {
        return Err(Error::invalid(
            "a reader cannot pass through `json!` or a `serde_json::Value`; use it in a type that derives `Serialize`, or use `FileInput::path` or `FileInput::bytes`",
        ));
    };
    if size > MAX_FILE_BYTES {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!(
                "{} has {size} bytes and exceeds the limit of {MAX_FILE_BYTES}: host it yourself and give its URL",
                file.label()
            ),
        ));
    }
    // Inlined files need a valid one as well.
    let media_type = file.media_type_or_guess();
    Part::text("")
        .mime_str(&media_type)
        .map_err(|_| invalid_media_type(file))?;
    if media_type.parse::<Mime>().is_err() {
        return Err(invalid_media_type(file));
    }
    Ok(Some(size))
}

/// The file as a URL that the model can read.
async fn provide<J: Job>(
    client: &Client,
    slot: &FileSlot,
    strategy: FileStrategy,
    reporter: &mut Reporter<J>,
) -> Result<String> {
    let file = &slot.file;
    let refused = |error: Error| error.during(slot.place()).advising(NOTHING_CREATED);
    let Some(total) = check(file).await.map_err(refused)? else {
        return Ok(file.given_url().unwrap_or_default().to_owned());
    };
    if strategy.inlines(total) {
        let transport = client.transport();
        return inline(file, total, transport).await.map_err(refused);
    }
    let gate = SendGate::new();
    let client = client.with_options(RequestOptions::new().with_send_gate(gate.clone()));
    let uploading = client.files().create(file.clone()).into_future();
    let upload = UploadProgress {
        input: &slot.place(),
        file: &file.label(),
        sent: 0,
        total,
    };
    let uploaded = reporter.watch(&gate, Some(upload), uploading).await;
    let uploaded = uploaded.map_err(|error| not_uploaded(error, slot))?;
    let url = uploaded.urls.map(|urls| urls.get);
    url.filter(|url| !url.is_empty()).ok_or_else(|| {
        let message = format!(
            "the response to the upload of file {} has no URL",
            uploaded.id
        );
        not_uploaded(Error::new(ErrorKind::Decode, message), slot)
    })
}

async fn inline(file: &FileInput, size: u64, transport: &Transport) -> Result<String> {
    let mut url = format!("data:{};base64,", file.media_type_or_guess());
    match file.given_bytes() {
        Some(bytes) => STANDARD.encode_string(bytes, &mut url),
        None => {
            let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
            let failure = SourceFailure::default();
            let mut source =
                source::exactly(open(file).await?, size, file.label(), &failure).boxed();
            let reading = async {
                while let Some(chunk) = source.try_next().await? {
                    content.extend_from_slice(&chunk);
                }
                Ok::<_, source::SourceFailed>(())
            };
            let read = timeout_at(end_of_call(transport), reading).await;
            let read = read.map_err(|_| timed_out(file))?;
            read.map_err(|failed| {
                let failure = failure.take();
                failure.unwrap_or_else(|| Error::new(ErrorKind::File, failed.to_string()))
            })?;
            STANDARD.encode_string(&content, &mut url);
        }
    }
    Ok(url)
}

/// Uploads one file, streamed. As any other create it is retried only where no connection could
/// be made and after a 429; never from a reader, which can be read once.
pub(crate) async fn upload(
    api: replicate_api::Client,
    file: FileInput,
    metadata: Option<serde_json::Map<String, Value>>,
) -> Result<Response<File>> {
    if check(&file).await?.is_none() {
        return Err(Error::invalid(format!(
            "{} is a URL already: give it to the model as it is",
            file.label()
        )));
    }
    let metadata = metadata.map(|metadata| Value::Object(metadata).to_string());
    let request = api
        .transport()
        .request(Method::POST, "/files")
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    let failure = SourceFailure::default();
    let request = if file.reader_length().is_some() {
        request.multipart(form(file, metadata, &failure).await?)
    } else {
        let failure = failure.clone();
        request.multipart_with(move || {
            let (file, metadata, failure) = (file.clone(), metadata.clone(), failure.clone());
            async move { form(file, metadata, &failure).await }
        })
    };
    let sent = request.send().await;
    let response = sent.map_err(|error| from_form(error, &failure))?;
    let uploaded = response.json()?;
    Ok(response.map(|_| uploaded))
}

/// The file as the API accepts it.
async fn form(file: FileInput, metadata: Option<String>, failure: &SourceFailure) -> Result<Form> {
    let size = check(&file).await?.unwrap_or_default();
    let body = match file.given_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None => {
            let reader = open(&file).await?;
            let source = source::exactly(reader, size, file.label(), failure);
            reqwest::Body::wrap_stream(source)
        }
    };
    let content = Part::stream_with_length(body, size)
        .file_name(escape_file_name(&file.upload_name()))
        .mime_str(&file.media_type_or_guess())
        .map_err(|_| invalid_media_type(&file))?;
    let form = Form::new().part("content", content);
    let Some(metadata) = metadata else {
        return Ok(form);
    };
    let metadata = Part::text(metadata)
        .mime_str("application/json")
        .map_err(|_| invalid_media_type(&file))?;
    Ok(form.part("metadata", metadata))
}

fn invalid_media_type(file: &FileInput) -> Error {
    let media_type = crate::escape::escape(&file.media_type_or_guess());
    Error::invalid(format!(
        "invalid media type `{media_type}` of {}; expected one such as `image/png`",
        file.label()
    ))
}

/// A file name for a multipart header. The WHATWG's HTML standard escapes line ends and quotes
/// in percent form; other control characters cannot be in a header either.
fn escape_file_name(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '"' || c.is_ascii_control() {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The error of the request, or of the file that was its body.
fn from_form(error: replicate_api::Error, failure: &SourceFailure) -> Error {
    if let Some(failure) = failure.take() {
        return failure;
    }
    let own = error
        .source()
        .and_then(|source| source.downcast_ref::<Error>());
    match own {
        Some(own) => Error::new(own.kind(), own.to_string()),
        None => error.into(),
    }
}

async fn open(file: &FileInput) -> Result<Box<dyn AsyncRead + Send + Unpin>> {
    match file.source_path() {
        Some(path) => match open_regular(path).await {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(Error::file("reading", path, error)),
        },
        None => file.take_reader().ok_or_else(|| {
            Error::invalid(format!(
                "{} was sent before; a reader can be read once",
                file.label()
            ))
        }),
    }
}

/// Opens a regular file, and nothing else: opening a pipe waits for a writer, and a device may
/// have no end.
async fn open_regular(path: &Path) -> std::io::Result<tokio::fs::File> {
    let check = |metadata: Metadata| match metadata.is_file() {
        true => Ok(()),
        false => Err(std::io::Error::other("not a regular file")),
    };
    check(tokio::fs::metadata(path).await?)?;
    let open = tokio::fs::File::open(path).await?;
    check(open.metadata().await?)?;
    Ok(open)
}

/// The deadline of the call that a file belongs to; its transport starts to count only once
/// something is sent.
fn end_of_call(transport: &Transport) -> Instant {
    let options = transport.options();
    if let Some(deadline) = options.deadline {
        return Instant::from_std(deadline);
    }
    let now = Instant::now();
    let usual = options.timeout.unwrap_or(transport.timeouts().call);
    now.checked_add(usual)
        .unwrap_or_else(|| now + Duration::from_secs(86_400 * 365))
}

fn timed_out(file: &FileInput) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("timed out reading {}", file.label()),
    )
}
