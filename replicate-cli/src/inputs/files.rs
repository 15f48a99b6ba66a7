//! Files of an input: checked before anything is sent, then written into it or uploaded.

use bytes::Bytes;
use replicate::{FileInput, MAX_FILE_BYTES};
use serde_json::Value;
use std::path::PathBuf;

use super::assemble::Assembled;
use crate::failure::Failure;
use crate::session::Session;

/// Files up to this size travel inside the input, as Replicate advises; larger ones are
/// uploaded.
const INLINE: u64 = 256 * 1024;

/// A place in an input that a file's address goes to.
#[derive(Debug)]
pub(crate) struct FileSlot {
    pub(crate) key: Vec<String>,
    /// Its place in the list at that key, if there is a list.
    pub(crate) index: Option<usize>,
    pub(crate) source: Source,
}

/// Where a file's content is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Path(PathBuf),
    Bytes(Bytes),
}

impl Source {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes(_) => "-".to_owned(),
        }
    }

    fn size(&self) -> std::io::Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::Path(path) => {
                // Opened, since a file that is there may still not be readable.
                let metadata = std::fs::File::open(path)?.metadata()?;
                if metadata.is_file() {
                    Ok(metadata.len())
                } else {
                    Err(std::io::Error::other("it is no regular file"))
                }
            }
        }
    }

    fn to_input(&self) -> FileInput {
        match self {
            Self::Path(path) => FileInput::path(path.clone()),
            Self::Bytes(bytes) => FileInput::bytes(bytes.clone(), "application/octet-stream"),
        }
    }
}

impl FileSlot {
    /// Whether the file can be read, and is not too large.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let key = self.key.join(".");
        let name = self.source.name();
        match self.source.size() {
            Ok(size) if size > MAX_FILE_BYTES => Err(Failure::usage(format!(
                "`{key}`: the file `{name}` has {size} bytes, and Replicate takes {MAX_FILE_BYTES}"
            ))
            .hint("put it at an address of your own, and give that")),
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::usage(format!(
                "`{key}`: the file `{name}` cannot be read: {error}"
            ))
            .hint(format!(
                "for a text that begins with @ write {key}=@@{name}"
            ))),
        }
    }
}

/// The input with an address for each file. Small files stay in this program until the
/// prediction is created; larger ones are uploaded now.
pub(crate) async fn resolve(session: &Session, assembled: Assembled) -> Result<Value, Failure> {
    let Assembled { mut input, files } = assembled;
    for slot in files {
        let unreadable =
            |error| Failure::usage(format!("`{}` cannot be read: {error}", slot.source.name()));
        let size = slot.source.size().map_err(unreadable)?;
        let file = slot.source.to_input();
        let address = if size <= INLINE {
            serde_json::to_value(file).map_err(Failure::error)?
        } else {
            upload(session, &slot.source.name(), size, file).await?
        };
        let place = slot
            .key
            .iter()
            .try_fold(&mut input, |value, key| value.get_mut(key));
        let place = place.and_then(|value| match slot.index {
            Some(index) => value.get_mut(index),
            None => Some(value),
        });
        if let Some(place) = place {
            *place = address;
        }
    }
    Ok(input)
}

async fn upload(
    session: &Session,
    name: &str,
    size: u64,
    file: FileInput,
) -> Result<Value, Failure> {
    let progress = session.progress();
    progress.tell(format!("uploading {name}, {:.1} MB", size as f64 / 1e6));
    let uploading = async { session.client.files().create(file).await };
    let uploaded = session
        .unless_interrupted(progress.showing(uploading))
        .await??;
    let url = uploaded.urls.map(|urls| urls.get);
    let url = url.filter(|url| !url.is_empty()).ok_or_else(|| {
        let id = &uploaded.id;
        Failure::error(format!(
            "the response to the upload of file {id} has no URL"
        ))
    })?;
    Ok(Value::String(url))
}
