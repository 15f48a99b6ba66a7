//! Saves the files of an output as `{id}-{n}.{ext}`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use replicate::{Error, FileOutput, Output};

use crate::error::CliError;

/// Why an output was not saved.
#[derive(Debug)]
pub(super) enum SaveError {
    /// It could not be downloaded.
    Download(Error),
    /// It could not be written.
    Write(PathBuf, io::Error),
}

impl From<SaveError> for CliError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Download(error) => error.into(),
            SaveError::Write(path, error) => {
                Self::error(format!("could not write `{}`: {error}", path.display()))
            }
        }
    }
}

/// Saves the files of an output, and returns their names. Since the names have the prediction's
/// id, a file of that name is of the same prediction, and is replaced.
pub(super) async fn save(directory: &Path, output: &Output) -> Result<Vec<String>, SaveError> {
    let files = output.files().map_err(SaveError::Download)?;
    let mut names = Vec::with_capacity(files.len());
    for (number, file) in (1..).zip(&files) {
        names.push(save_one(directory, &format!("{}-{number}", output.id()), file).await?);
    }
    Ok(names)
}

async fn save_one(directory: &Path, stem: &str, file: &FileOutput) -> Result<String, SaveError> {
    let failed = |error| SaveError::Write(directory.join(stem), error);
    let mut temporary = temporary_in(directory).map_err(failed)?;
    let mut stream = file.stream();
    while let Some(chunk) = stream.try_next().await.map_err(SaveError::Download)? {
        temporary.write_all(&chunk).map_err(failed)?;
    }
    temporary.as_file().sync_data().map_err(failed)?;
    // The response knows the type where the URL has no extension.
    let name = match stream.name().rsplit_once('.') {
        Some((_, extension)) if is_extension(extension) => format!("{stem}.{extension}"),
        _ => stem.to_owned(),
    };
    let persisted = temporary.persist(directory.join(&name));
    persisted.map_err(|error| failed(error.error))?;
    Ok(name)
}

/// Whether this can be an extension, and cannot lead anywhere else.
fn is_extension(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn temporary_in(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".replicate-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask applies, as to any file that a program creates.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}
