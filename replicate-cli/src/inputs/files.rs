//! Files of an input.

use bytes::Bytes;
use replicate::FileInput;
use std::io::Read;
use std::path::PathBuf;

use crate::error::{CliError, Result};
use crate::file_type::{self, SNIFFED_BYTES};

/// A place in an input for the URL of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileSlot {
    pub(crate) key: Vec<String>,
    /// The index in the list at that key, if there is a list.
    pub(crate) index: Option<usize>,
    pub(crate) source: Source,
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    Path(PathBuf),
    Bytes { content: Bytes, name: String },
}

impl Source {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } => name.clone(),
        }
    }

    pub(crate) fn size(&self) -> std::io::Result<u64> {
        match self {
            Self::Bytes { content, .. } => Ok(content.len() as u64),
            Self::Path(path) => {
                // Opened, since a file that exists may still be unreadable.
                let metadata = std::fs::File::open(path)?.metadata()?;
                match metadata.is_file() {
                    true => Ok(metadata.len()),
                    false => Err(std::io::Error::other("not a regular file")),
                }
            }
        }
    }

    /// The media type by the first bytes, where the name has none.
    fn sniffed(&self) -> Option<&'static str> {
        let first = match self {
            Self::Bytes { content, .. } => content.slice(..content.len().min(SNIFFED_BYTES)),
            Self::Path(path) if path.extension().is_some() => return None,
            Self::Path(path) => {
                let mut first = Vec::new();
                let file = std::fs::File::open(path).ok()?;
                file.take(SNIFFED_BYTES as u64)
                    .read_to_end(&mut first)
                    .ok()?;
                first.into()
            }
        };
        file_type::sniff(&first).and_then(file_type::media_type)
    }

    pub(crate) fn media_type(&self) -> Option<&'static str> {
        let by_name = match self {
            Self::Path(path) => path.extension().and_then(|extension| extension.to_str()),
            Self::Bytes { .. } => None,
        };
        by_name
            .and_then(file_type::media_type)
            .or_else(|| self.sniffed())
    }

    pub(super) fn to_input(&self) -> Result<FileInput> {
        let content = match self {
            Self::Bytes { content, .. } => content.clone(),
            // The library cannot name a file whose name is not UTF-8.
            Self::Path(path) if path.to_str().is_none() => {
                std::fs::read(path).map_err(CliError::usage)?.into()
            }
            Self::Path(path) => {
                let file = FileInput::path(path);
                return Ok(match self.sniffed() {
                    Some(media_type) => file.media_type(media_type),
                    None => file,
                });
            }
        };
        let sniffed = || file_type::sniff(&content).and_then(file_type::media_type);
        let media_type = self.media_type().or_else(sniffed).unwrap_or_else(|| {
            match std::str::from_utf8(&content) {
                Ok(_) => "text/plain",
                Err(_) => "application/octet-stream",
            }
        });
        Ok(FileInput::bytes(content, media_type))
    }
}

impl FileSlot {
    /// Checks that the file can be opened, and has content. The library checks its size.
    pub(crate) fn check(&self) -> Result<()> {
        let name = self.source.name();
        let key = self.key.join(".");
        let size = self.source.size().map_err(|error| {
            CliError::usage(format!("could not read file `{name}` for `{key}`: {error}"))
                .hint(format!("for text that begins with @, write {key}=@@{name}"))
        })?;
        if size == 0 {
            let message = format!("file `{name}` for `{key}` is empty");
            return Err(CliError::usage(message));
        }
        Ok(())
    }
}
