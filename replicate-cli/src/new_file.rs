//! Files that are complete at any moment: written under a temporary name, then renamed.

use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// The directory that a path is in; `.` for a name alone.
pub(crate) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A temporary file with the permissions of any file that a program creates: the umask applies.
pub(crate) fn temporary_in(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = builder();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    create(&builder, directory)
}

/// Creates the file. An error names no temporary path, which the user does not know.
fn create(builder: &Builder<'_, '_>, directory: &Path) -> io::Result<NamedTempFile> {
    builder.tempfile_in(directory).map_err(|error| {
        let cause = error.get_ref().and_then(|error| error.source());
        let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
        match (error.kind(), cause.and_then(io::Error::raw_os_error)) {
            (kind @ io::ErrorKind::NotFound, _) => {
                let directory = directory.display();
                io::Error::new(kind, format!("directory `{directory}` does not exist"))
            }
            (_, Some(code)) => io::Error::from_raw_os_error(code),
            (_, None) => error,
        }
    })
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".replicate-").suffix(".part");
    builder
}

/// Writes a file with the permissions of any file that a program creates.
#[cfg(feature = "types")]
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    persist(temporary_in(directory_of(path))?, path, content.as_ref())
}

/// Writes a file that only its owner may read, also while it is being written.
pub(crate) fn write_private(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    // A temporary file has the mode 0600.
    let temporary = create(&builder(), directory_of(path))?;
    persist(temporary, path, content.as_ref())
}

fn persist(mut temporary: NamedTempFile, path: &Path, content: &[u8]) -> io::Result<()> {
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}
