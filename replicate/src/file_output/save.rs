//! Saving a file to disk.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::TryStreamExt;
use tempfile::NamedTempFile;
use tokio::task::JoinHandle;

use super::FileOutput;
use crate::download::FileStream;
use crate::error::{Error, ErrorKind, Result};

/// Maximum number of names that [`FileOutput::save_in`] tries.
const MAX_NAMES: u32 = 10_000;

impl FileOutput {
    /// Saves the file, and returns its size in bytes. It is streamed to disk.
    ///
    /// It is written to a temporary file beside `path` and renamed once it is complete, so that
    /// `path` is either untouched or the complete file. An existing file is replaced, and keeps
    /// its permissions. A broken download is resumed.
    ///
    /// # Errors
    /// [`Expired`](ErrorKind::Expired) if the file was deleted, [`File`](ErrorKind::File) if it
    /// cannot be written or `path` is not a regular file, and those of a download. Where a server
    /// leaves open whether the file is complete, an existing file is not replaced.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let saved = self.write_beside(path).await?;
        // It may have become something else while the content arrived.
        let existing = self.replaceable(path).await?;
        if existing.is_some() && !saved.stream.is_complete() {
            let message = format!(
                "could not verify that the download is complete; the existing file {} was not replaced",
                path.display()
            );
            return Err(Error::new(ErrorKind::Connect, message));
        }
        let persisted = saved.file.persist(path);
        persisted.map_err(|error| Error::file("writing", path, error.error))?;
        Ok(saved.size)
    }

    /// The same as [`save`](FileOutput::save), but an existing file is not replaced: it is an
    /// error.
    ///
    /// # Errors
    /// The errors of [`save`](FileOutput::save).
    pub async fn save_new(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let exists = tokio::fs::try_exists(path).await;
        if exists.map_err(|error| Error::file("writing", path, error))? {
            let error = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(Error::file("writing", path, error));
        }
        let saved = self.write_beside(path).await?;
        let persisted = saved.file.persist_noclobber(path);
        persisted.map_err(|error| Error::file("writing", path, error.error))?;
        Ok(saved.size)
    }

    /// Saves the file in a directory under its own name, and returns the path. The name has an
    /// extension even where the URL has none, if the response or the first bytes indicate one.
    /// No existing file is replaced: the next free name of `a.png`, `a-1.png`, `a-2.png`, … is
    /// taken.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let input = serde_json::json!({ "prompt": "a red bicycle" });
    /// for file in replicate.run("emulator/image").input(input).await?.files()? {
    ///     println!("saved {}", file.save_in(std::env::temp_dir()).await?.display());
    /// }
    /// # });
    /// ```
    ///
    /// # Errors
    /// The errors of [`save`](FileOutput::save).
    pub async fn save_in(&self, directory: impl AsRef<Path>) -> Result<PathBuf> {
        let directory = directory.as_ref();
        let saved = self.write_beside(&directory.join("file")).await?;
        let name = saved.stream.name();
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (name.as_str(), String::new()),
        };
        let mut file = saved.file;
        for number in 0..MAX_NAMES {
            let path = match number {
                0 => directory.join(&name),
                number => directory.join(format!("{stem}-{number}{extension}")),
            };
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = error.file;
                }
                Err(error) => return Err(Error::file("writing", &path, error.error)),
            }
        }
        let error = io::Error::from(io::ErrorKind::AlreadyExists);
        Err(Error::file("writing", &directory.join(&name), error))
    }

    /// Writes the content to a temporary file in the directory of `path`, which is removed when
    /// it is dropped.
    async fn write_beside(&self, path: &Path) -> Result<Saved> {
        let replaced = self.replaceable(path).await?;
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |error| Error::file("writing", path, error);
        let temporary = temporary_in(directory).map_err(failed)?;
        let file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
        if let Some(replaced) = replaced {
            // Before the content arrives, so that a private file is never readable by others.
            let permissions = plain(replaced.permissions());
            file.set_permissions(permissions).await.map_err(failed)?;
        }
        let mut writer = BlockWriter::new(file.into_std().await);
        let mut stream = self.stream();
        let mut size = 0;
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            writer.write(&chunk).await.map_err(failed)?;
        }
        writer.finish().await.map_err(failed)?;
        Ok(Saved {
            file: temporary,
            size,
            stream,
        })
    }

    /// Returns the metadata of the file at `path`, if it exists and may be replaced: a device or a
    /// pipe may not.
    async fn replaceable(&self, path: &Path) -> Result<Option<Metadata>> {
        let Ok(metadata) = tokio::fs::metadata(path).await else {
            return Ok(None);
        };
        let error = if metadata.is_file() {
            return Ok(Some(metadata));
        } else if metadata.is_dir() {
            let name = self.name();
            let text = format!("it is a directory; give a name in it, such as `{name}`");
            io::Error::new(io::ErrorKind::IsADirectory, text)
        } else {
            io::Error::other("not a regular file; read the output with `stream()` instead")
        };
        Err(Error::file("writing", path, error))
    }
}

/// Writes a file in blocks of 256 KiB, each from a blocking task while the next one arrives. A task
/// for each chunk costs more than the write.
struct BlockWriter {
    file: Arc<File>,
    block: Vec<u8>,
    /// The block before, returned to be filled again.
    writing: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl BlockWriter {
    const BLOCK_BYTES: usize = 256 * 1024;

    fn new(file: File) -> Self {
        Self {
            file: Arc::new(file),
            block: Vec::new(),
            writing: None,
        }
    }

    async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = Self::BLOCK_BYTES - self.block.len();
            let (head, rest) = bytes.split_at(bytes.len().min(room));
            self.block.extend_from_slice(head);
            bytes = rest;
            if self.block.len() == Self::BLOCK_BYTES {
                self.start_write().await?;
            }
        }
        Ok(())
    }

    async fn start_write(&mut self) -> io::Result<()> {
        let mut empty = self.written().await?;
        empty.clear();
        let block = std::mem::replace(&mut self.block, empty);
        let file = Arc::clone(&self.file);
        self.writing = Some(tokio::task::spawn_blocking(move || {
            (&*file).write_all(&block)?;
            Ok(block)
        }));
        Ok(())
    }

    async fn written(&mut self) -> io::Result<Vec<u8>> {
        match self.writing.take() {
            Some(writing) => writing.await.map_err(io::Error::other)?,
            None => Ok(Vec::new()),
        }
    }

    async fn finish(mut self) -> io::Result<()> {
        self.start_write().await?;
        self.written().await?;
        Ok(())
    }
}

/// A download in a temporary file.
struct Saved {
    file: NamedTempFile,
    size: u64,
    stream: FileStream,
}

/// The permissions without the bits that make a program run as its owner.
#[cfg(unix)]
fn plain(permissions: Permissions) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(permissions.mode() & 0o777)
}

#[cfg(not(unix))]
fn plain(permissions: Permissions) -> Permissions {
    permissions
}

fn temporary_in(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".replicate-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Reduced by the umask, as for any file that a program writes.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn blocks_are_written_in_order_whatever_the_size_of_the_chunks() {
        let blocks = 2 * BlockWriter::BLOCK_BYTES + 1;
        let bytes: Vec<u8> = (0..blocks).map(|at| (at % 251) as u8).collect();
        for size in [1000, BlockWriter::BLOCK_BYTES, bytes.len()] {
            let file = NamedTempFile::new().unwrap();
            let mut writer = BlockWriter::new(file.reopen().unwrap());
            for chunk in bytes.chunks(size) {
                writer.write(chunk).await.unwrap();
            }
            writer.finish().await.unwrap();
            assert!(
                std::fs::read(file.path()).unwrap() == bytes,
                "chunks of {size}"
            );
        }
    }

    #[tokio::test]
    async fn a_block_that_cannot_be_written_is_an_error_at_the_latest_at_the_end() {
        let file = NamedTempFile::new().unwrap();
        let mut writer = BlockWriter::new(File::open(file.path()).unwrap());
        writer.write(b"text").await.unwrap();
        assert!(writer.finish().await.is_err());
    }
}
