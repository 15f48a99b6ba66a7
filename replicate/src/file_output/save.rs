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
    /// `path` is either untouched or the whole file. A file that is there is replaced. A broken
    /// download goes on where it stopped.
    ///
    /// # Errors
    /// [`Expired`](crate::ErrorKind::Expired) when it was deleted, [`File`](crate::ErrorKind::File)
    /// when it cannot be written, and those of a download.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let (file, size) = self.write_beside(path).await?;
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
        if tokio::fs::metadata(path)
            .await
            .is_ok_and(|metadata| metadata.is_dir())
        {
            let error = std::io::Error::new(
                std::io::ErrorKind::IsADirectory,
                format!(
                    "it is a directory; give a name in it, such as `{}`",
                    self.name()
                ),
            );
            return Err(Error::file("writing", path, error));
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |error| Error::file("writing", path, error);
        let temporary = temporary_in(directory).map_err(failed)?;
        let mut file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
        let mut stream = self.stream();
        let mut size = 0;
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok((temporary, size))
    }
}

fn temporary_in(directory: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".replicate-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What the umask leaves of this, as for any file that a program writes.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}
