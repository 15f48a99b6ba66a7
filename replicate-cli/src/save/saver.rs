use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use replicate::{ErrorKind, FileOutput};
use tempfile::NamedTempFile;

use super::name::{Fields, Template, extension};
use crate::error::{CliError, Result};
use crate::file_type::{self, SNIFFED_BYTES};
use crate::new_file::{directory_of, temporary_in};
use crate::output::Printed;
use crate::prediction::write_line;
use crate::session::Session;

/// Writes outputs to disk and reports their paths.
pub(crate) struct Saver<'a> {
    session: &'a Session,
    force: bool,
    /// Whether the paths are printed on standard output, since the names were chosen here.
    pub(super) paths_are_data: bool,
    taken: HashSet<PathBuf>,
    pub(crate) saved: Vec<PathBuf>,
}

/// A file that was downloaded to its end, under a temporary name.
pub(crate) struct Downloaded {
    pub(crate) file: NamedTempFile,
    /// The file's own name, as its response or its URL has it.
    pub(crate) name: String,
    /// The start of the content, which shows its type.
    first_bytes: Vec<u8>,
    /// Whether the content is certain to be complete.
    is_complete: bool,
}

impl<'a> Saver<'a> {
    pub(crate) fn new(session: &'a Session, force: bool) -> Self {
        Self {
            session,
            force,
            paths_are_data: false,
            taken: HashSet::new(),
            saved: Vec::new(),
        }
    }

    /// Saves an output under names made from a template. A failure does not keep the other files
    /// from being saved.
    pub(crate) async fn by_template(
        &mut self,
        template: &Template,
        id: &str,
        output: &Printed,
    ) -> Result<()> {
        let text = |ext, name| {
            template.path(Fields {
                id,
                n: 1,
                ext,
                name,
            })
        };
        let mut result = Ok(());
        match output {
            Printed::Text(content) => return self.text(&text("txt", "output.txt"), content).await,
            Printed::Json(json, _) => {
                result = self.text(&text("json", "output.json"), json).await;
            }
            Printed::Files(_) => {}
        }
        for (index, file) in output.files().iter().enumerate() {
            result = result.and(self.one_by_template(template, id, index + 1, file).await);
        }
        result
    }

    async fn one_by_template(
        &mut self,
        template: &Template,
        id: &str,
        n: usize,
        file: &FileOutput,
    ) -> Result<()> {
        let own_name = file.name();
        let fields = |name: &'_ str, ext: &'_ str| template.path(Fields { id, n, ext, name });
        let guess = fields(&own_name, extension(&own_name).unwrap_or("bin"));
        let directory = directory_of(&guess);
        std::fs::create_dir_all(directory)
            .map_err(|error| CliError::not_written(directory, &error))?;
        let downloaded = self.download(&guess, file).await?;
        let sniffed = file_type::sniff(&downloaded.first_bytes);
        let ext = extension(&downloaded.name).or(sniffed).unwrap_or("bin");
        let path = fields(&downloaded.name, ext);
        self.keep(downloaded, &path).await
    }

    pub(super) async fn numbered(&mut self, path: &Path, files: &[FileOutput]) -> Result<()> {
        let count = files.len();
        let note = format!("the output is {count} files; their names are numbered");
        self.session.note(note);
        let mut result = Ok(());
        for (index, file) in files.iter().enumerate() {
            result = result.and(self.file(&numbered(path, index + 1), file).await);
        }
        result
    }

    pub(super) async fn file(&mut self, path: &Path, file: &FileOutput) -> Result<()> {
        let downloaded = self.download(path, file).await?;
        let kind = file_type::sniff(&downloaded.first_bytes).and_then(file_type::media_type);
        let extension = path.extension().and_then(|extension| extension.to_str());
        let named = extension.and_then(file_type::media_type);
        if let (Some(kind), Some(named)) = (kind, named)
            && kind != named
        {
            self.session.note(format!(
                "{} is named as {named}, and its content is {kind}",
                path.display()
            ));
        }
        self.keep(downloaded, path).await
    }

    /// Downloads a file to a temporary name in the directory of its path.
    async fn download(&self, path: &Path, file: &FileOutput) -> Result<Downloaded> {
        let progress = self.session.progress();
        let name = path.display().to_string();
        progress.set_text(format!("saving {name}"));
        let downloading = async {
            let temporary = self.temporary(path);
            let temporary = temporary.map_err(|error| SaveError::write(path, &error))?;
            let on_bytes = |done, size| progress.set_bytes("saving", &name, done, size);
            download(temporary, path, file, on_bytes).await
        };
        let downloaded = progress.showing(downloading).await;
        downloaded.map_err(|error| match error {
            SaveError::Download(error)
                if error.kind() != ErrorKind::Expired && !file.url().starts_with("data:") =>
            {
                CliError::from(error).hint(format!("the output is still at {}", file.url()))
            }
            error => error.into(),
        })
    }

    /// Renames a complete file to its name: that of the path, or a numbered one if it is taken.
    async fn keep(&mut self, downloaded: Downloaded, path: &Path) -> Result<()> {
        let kept = self.rename(downloaded.file, path, downloaded.is_complete)?;
        self.report(kept).await
    }

    /// A temporary file in the directory of `path`, with the permissions of the file that it
    /// replaces.
    fn temporary(&self, path: &Path) -> io::Result<NamedTempFile> {
        let temporary = temporary_in(directory_of(path))?;
        #[cfg(unix)]
        if self.force
            && let Ok(replaced) = std::fs::metadata(path)
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = replaced.permissions().mode() & 0o777;
            let permissions = std::fs::Permissions::from_mode(mode);
            temporary.as_file().set_permissions(permissions)?;
        }
        Ok(temporary)
    }

    /// An existing file is only replaced by what is certain to be complete.
    fn rename(
        &mut self,
        mut file: NamedTempFile,
        path: &Path,
        is_complete: bool,
    ) -> Result<PathBuf> {
        let mut number = 1;
        let mut free = path.to_owned();
        loop {
            let is_ours = self.taken.contains(&free);
            let renamed = match self.force && is_complete && !is_ours {
                true => file.persist(&free),
                false => file.persist_noclobber(&free),
            };
            match renamed {
                Ok(_) => break,
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    // It was paid for: it must not be lost to a name that is taken meanwhile.
                    number += 1;
                    free = numbered(path, number);
                    file = error.file;
                }
                Err(error) => return Err(CliError::not_written(&free, &error.error)),
            }
        }
        if number > 1 {
            let why = match self.force && !is_complete {
                true => "is not replaced, since the download may be incomplete",
                false => "exists",
            };
            self.session.note(format!(
                "{} {why}; saved as {}",
                path.display(),
                free.display()
            ));
        }
        self.taken.insert(free.clone());
        Ok(free)
    }

    pub(super) async fn text(&mut self, path: &Path, content: &str) -> Result<()> {
        let directory = directory_of(path);
        std::fs::create_dir_all(directory)
            .map_err(|error| CliError::not_written(directory, &error))?;
        let failed = |error| CliError::not_written(path, &error);
        let mut file = self.temporary(path).map_err(failed)?;
        file.write_all(content.as_bytes()).map_err(failed)?;
        let kept = self.rename(file, path, true)?;
        self.report(kept).await
    }

    async fn report(&mut self, path: PathBuf) -> Result<()> {
        let shown = path.display().to_string();
        self.saved.push(path);
        if self.paths_are_data {
            return write_line(shown).await;
        }
        self.session.note(format!("saved {shown}"));
        Ok(())
    }
}

pub(crate) enum SaveError {
    Download(replicate::Error),
    Write(CliError),
}

impl SaveError {
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write(CliError::not_written(path, error))
    }
}

impl From<SaveError> for CliError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Download(error) => error.into(),
            SaveError::Write(error) => error,
        }
    }
}

/// Downloads a file of the output to a temporary one, which becomes the file at `path`.
/// `on_bytes` is called with the number of bytes so far, and with that of all.
pub(crate) async fn download(
    mut temporary: NamedTempFile,
    path: &Path,
    file: &FileOutput,
    on_bytes: impl Fn(u64, Option<u64>),
) -> Result<Downloaded, SaveError> {
    let mut chunks = file.stream();
    let mut first_bytes = Vec::new();
    let mut done = 0;
    while let Some(chunk) = chunks.try_next().await.map_err(SaveError::Download)? {
        let missing = SNIFFED_BYTES.saturating_sub(first_bytes.len());
        first_bytes.extend(chunk.iter().take(missing));
        let written = temporary.write_all(&chunk);
        written.map_err(|error| SaveError::write(path, &error))?;
        done += chunk.len() as u64;
        on_bytes(done, chunks.size());
    }
    Ok(Downloaded {
        file: temporary,
        name: chunks.name(),
        first_bytes,
        is_complete: chunks.is_complete(),
    })
}

/// `bike.png` as `bike-2.png`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    path.with_file_name(name)
}
