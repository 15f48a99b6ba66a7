//! Putting files into an input: as `data:` addresses, or uploaded.

use std::error::Error as _;
use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{ACCEPT, HeaderValue};
use replicate_api::Transport;
use replicate_api::multipart::{Form, Part};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};
use tokio_util::io::ReaderStream;

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::file_input::{FileInput, FileStrategy, MAX_FILE_BYTES};
use crate::input::Input;
use crate::types::File;

/// How many bytes of an upload are read at a time.
const PART: usize = 64 * 1024;

/// The input as JSON, every file in it sent or written as an address.
///
/// All files are checked before the first is sent.
pub(crate) async fn resolve(
    client: &Client,
    input: Input,
    strategy: FileStrategy,
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
        let address = match known {
            Some((_, address)) => address.clone(),
            None => {
                let address = address(client, &slot.file, strategy)
                    .await
                    .map_err(|error| error.during(slot.place()))?;
                sent.push((slot.file.clone(), address.clone()));
                address
            }
        };
        slot.fill(&mut value, address);
    }
    Ok(value)
}

/// The file's size, if it can be sent at all; none for an address.
pub(crate) async fn check(file: &FileInput) -> Result<Option<u64>> {
    let size = if file.given_url().is_some() {
        return Ok(None);
    } else if let Some(path) = file.source_path() {
        let failed = |error| Error::file("reading", path, error);
        // Opened, since a file that is there may still not be readable.
        let mut open = open_regular(path).await.map_err(failed)?;
        let size = open.metadata().await.map_err(failed)?.len();
        if size == 0 && open.read(&mut [0]).await.map_err(failed)? > 0 {
            // As files of the system are, which are made while they are read.
            return Err(failed(std::io::Error::other(
                "it has content, but says that it has none; read it and give it as `FileInput::bytes`",
            )));
        }
        size
    } else if let Some(bytes) = file.given_bytes() {
        bytes.len() as u64
    } else if let Some(length) = file.reader_length() {
        length
    } else {
        return Err(Error::invalid(
            "a reader cannot pass through `json!` or a `serde_json::Value`: give it in a value of a type that derives `Serialize`, or use `FileInput::path` or `FileInput::bytes`",
        ));
    };
    if size > MAX_FILE_BYTES {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!(
                "{file:?} has {size} bytes, and Replicate takes {MAX_FILE_BYTES}: put it at an address of your own and give that"
            ),
        ));
    }
    Ok(Some(size))
}

async fn address(client: &Client, file: &FileInput, strategy: FileStrategy) -> Result<String> {
    let Some(size) = check(file).await? else {
        return Ok(file.given_url().unwrap_or_default().to_owned());
    };
    if strategy.inlines(size) {
        let transport = client.transport();
        return inline(file, size, transport).await;
    }
    let uploaded = client.files().create(file.clone()).await?;
    let url = uploaded.urls.map(|urls| urls.get);
    let url = url.filter(|url| !url.is_empty()).ok_or_else(|| {
        Error::new(
            ErrorKind::Decode,
            format!(
                "the response to the upload of file {} has no URL",
                uploaded.id
            ),
        )
    })?;
    Ok(url)
}

async fn inline(file: &FileInput, size: u64, transport: &Transport) -> Result<String> {
    let mut address = format!("data:{};base64,", file.media_type_or_guess());
    match file.given_bytes() {
        Some(bytes) => STANDARD.encode_string(bytes, &mut address),
        None => {
            let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
            let mut reader = open(file).await?.take(size + 1);
            let reading = reader.read_to_end(&mut content);
            let read = timeout_at(end_of_call(transport), reading).await;
            let read = read.map_err(|_| late(file))?;
            let read = read.map_err(|error| unreadable(file, error))?;
            if read as u64 != size {
                return Err(Error::new(
                    ErrorKind::File,
                    format!("{file:?} has another length than the {size} bytes that it said"),
                ));
            }
            STANDARD.encode_string(&content, &mut address);
        }
    }
    Ok(address)
}

/// Uploads one file, streamed. It is sent again where no connection could be made and where the
/// server has refused it by a 429, as any other create; but not from a reader, which is read
/// once.
pub(crate) async fn upload(
    api: replicate_api::Client,
    file: FileInput,
    metadata: Option<serde_json::Map<String, Value>>,
) -> Result<File> {
    if check(&file).await?.is_none() {
        return Err(Error::invalid(format!(
            "{file:?} is an address already: give it to the model as it is"
        )));
    }
    let metadata = metadata.map(|metadata| Value::Object(metadata).to_string());
    let request = api
        .transport()
        .request(Method::POST, "/files")
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    let request = if file.reader_length().is_some() {
        request.multipart(form(file, metadata).await?)
    } else {
        request.multipart_with(move || form(file.clone(), metadata.clone()))
    };
    Ok(request.send().await.map_err(of_form)?.json()?)
}

/// The file as the API takes it.
async fn form(file: FileInput, metadata: Option<String>) -> Result<Form> {
    let size = check(&file).await?.unwrap_or_default();
    let body = match file.given_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None => {
            // A file that grows meanwhile must not be longer than what was announced.
            let reader = open(&file).await?.take(size);
            reqwest::Body::wrap_stream(ReaderStream::with_capacity(reader, PART))
        }
    };
    let invalid = |error: reqwest::Error| {
        Error::invalid(format!(
            "`{}` is no media type: {error}",
            file.media_type_or_guess()
        ))
    };
    let content = Part::stream_with_length(body, size)
        .file_name(file.upload_name())
        .mime_str(&file.media_type_or_guess())
        .map_err(invalid)?;
    let form = Form::new().part("content", content);
    let Some(metadata) = metadata else {
        return Ok(form);
    };
    let metadata = Part::text(metadata)
        .mime_str("application/json")
        .map_err(invalid)?;
    Ok(form.part("metadata", metadata))
}

/// The error of a request, or of the file that was to go with it.
fn of_form(error: replicate_api::Error) -> Error {
    let own = error
        .source()
        .and_then(|source| source.downcast_ref::<Error>())
        .map(|own| (own.kind(), own.to_string()));
    match own {
        Some((kind, message)) => Error::new(kind, message).with_api(error),
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
                "{file:?} was sent before: a reader can be read once"
            ))
        }),
    }
}

/// Opens a file, but nothing else: opening a pipe lasts until somebody writes to it, and a device
/// may have no end.
async fn open_regular(path: &Path) -> std::io::Result<tokio::fs::File> {
    let check = |metadata: Metadata| match metadata.is_file() {
        true => Ok(()),
        false => Err(std::io::Error::other("it is no regular file")),
    };
    check(tokio::fs::metadata(path).await?)?;
    let open = tokio::fs::File::open(path).await?;
    check(open.metadata().await?)?;
    Ok(open)
}

/// Until when the call that a file goes with may last; its transport knows only once something
/// is sent.
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

fn late(file: &FileInput) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("reading {file:?} lasted longer than the call may; nothing was created"),
    )
}

fn unreadable(file: &FileInput, error: std::io::Error) -> Error {
    Error::new(ErrorKind::File, format!("reading {file:?}: {error}")).with_source(error)
}
