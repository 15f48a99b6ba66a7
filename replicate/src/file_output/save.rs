use std::fs::{Metadata, Permissions};
use std::path::Path;

use futures::TryStreamExt;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::FileOutput;
use crate::error::{Error, Result};

impl FileOutput {
    /// Saves the file, streamed, and gives its size in bytes.
    ///
    /// It is written to a temporary name beside `path` and renamed when it is whole, so that
    /// `path` is either untouched or the whole file. A file that is there is replaced, and its
    /// permissions stay. A broken download goes on where it stopped.
    ///
    /// # Errors
    /// [`Expired`](crate::ErrorKind::Expired) when it was deleted, [`File`](crate::ErrorKind::File)
    /// when it cannot be written or `path` is there and no regular file, and those of a download.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let (file, size) = self.write_beside(path).await?;
        // It may have become another thing while the content came.
        self.replaceable(path).await?;
        file.persist(path)
            .map_err(|error| Error::file("writing", path, error.error))?;
        Ok(size)
    }

    /// The same as [`save`](FileOutput::save), but a file that is there stays, and is an error.
    ///
    /// # Errors
    /// Those of [`save`](FileOutput::save).
    pub async fn save_new(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let exists = tokio::fs::try_exists(path).await;
        if exists.map_err(|error| Error::file("writing", path, error))? {
            let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(Error::file("writing", path, error));
        }
        let (file, size) = self.write_beside(path).await?;
        file.persist_noclobber(path)
            .map_err(|error| Error::file("writing", path, error.error))?;
        Ok(size)
    }

    /// Writes the content to a temporary file in the directory of `path`, which is removed
    /// when it is dropped.
    async fn write_beside(&self, path: &Path) -> Result<(NamedTempFile, u64)> {
        let replaced = self.replaceable(path).await?;
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |error| Error::file("writing", path, error);
        let temporary = temporary_in(directory).map_err(failed)?;
        let mut file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
        if let Some(replaced) = replaced {
            // Before the content comes: what nobody else may read must not lie open meanwhile.
            let permissions = plain(replaced.permissions());
            file.set_permissions(permissions).await.map_err(failed)?;
        }
        let mut stream = self.stream();
        let mut size = 0;
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok((temporary, size))
    }

    /// What is at `path`, if anything is and may give way: a device or a pipe is not there to
    /// be replaced by a file.
    async fn replaceable(&self, path: &Path) -> Result<Option<Metadata>> {
        let Ok(metadata) = tokio::fs::metadata(path).await else {
            return Ok(None);
        };
        let error = if metadata.is_file() {
            return Ok(Some(metadata));
        } else if metadata.is_dir() {
            let name = self.name();
            let text = format!("it is a directory; give a name in it, such as `{name}`");
            std::io::Error::new(std::io::ErrorKind::IsADirectory, text)
        } else {
            std::io::Error::other("it is no regular file; read the output with `stream()` instead")
        };
        Err(Error::file("writing", path, error))
    }
}

/// Who may do what, without the bits that make a program run as its owner.
#[cfg(unix)]
fn plain(permissions: Permissions) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(permissions.mode() & 0o777)
}

#[cfg(not(unix))]
fn plain(permissions: Permissions) -> Permissions {
    permissions
}

fn temporary_in(directory: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".replicate-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What the umask leaves of this, as for any file that a program writes.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}
