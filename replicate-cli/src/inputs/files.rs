//! Files of an input.

use bytes::Bytes;
use replicate::FileInput;
use std::path::PathBuf;

use crate::error::CliError;

/// A place in an input for the URL of a file.
#[derive(Debug)]
pub(crate) struct FileSlot {
    pub(crate) key: Vec<String>,
    /// The index in the list at that key, if there is a list.
    pub(crate) index: Option<usize>,
    pub(crate) source: Source,
}

/// Where the content of a file is read from.
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

    /// Opens the file, since one that exists may still be unreadable.
    fn open(&self) -> std::io::Result<()> {
        match self {
            Self::Bytes(_) => Ok(()),
            Self::Path(path) if std::fs::File::open(path)?.metadata()?.is_file() => Ok(()),
            Self::Path(_) => Err(std::io::Error::other("not a regular file")),
        }
    }

    pub(super) fn to_input(&self) -> FileInput {
        match self {
            Self::Path(path) => FileInput::path(path.clone()),
            Self::Bytes(bytes) => FileInput::bytes(bytes.clone(), "application/octet-stream"),
        }
    }
}

impl FileSlot {
    /// Checks that the file can be opened. The library checks its size.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        let name = self.source.name();
        let key = self.key.join(".");
        self.source.open().map_err(|error| {
            CliError::usage(format!("could not read file `{name}` for `{key}`: {error}"))
                .hint(format!("for text that begins with @, write {key}=@@{name}"))
        })
    }
}
