use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use replicate::{ErrorKind, FileOutput};

use crate::error::CliError;
use crate::session::Session;
use crate::terminal;

/// Writes outputs to disk, and says where they are.
pub(super) struct Saver<'a> {
    session: &'a Session,
    /// Whether what is there may be replaced.
    pub(super) force: bool,
    /// Whether the names were chosen here, so that they are what the command answers.
    pub(super) paths_are_data: bool,
    /// The names that this output has taken.
    taken: HashSet<PathBuf>,
}

impl<'a> Saver<'a> {
    pub(super) fn new(session: &'a Session, force: bool) -> Self {
        Self {
            session,
            force,
            paths_are_data: false,
            taken: HashSet::new(),
        }
    }

    /// Saves files under their own names. One that cannot be saved keeps no other back.
    pub(super) async fn files(
        &mut self,
        directory: &Path,
        files: &[FileOutput],
    ) -> Result<(), CliError> {
        let mut result = Ok(());
        for file in files {
            let path = self.free_name(&inside(directory, &file.name()));
            result = result.and(self.file(&path, file).await);
        }
        result
    }

    /// Saves files under one name, with a number each.
    pub(super) async fn numbered(
        &mut self,
        path: &Path,
        files: &[FileOutput],
    ) -> Result<(), CliError> {
        self.session
            .note(format!("{} files came: they are numbered", files.len()));
        let mut result = Ok(());
        for (number, file) in files.iter().enumerate() {
            let path = self.free_name(&numbered(path, number + 1));
            result = result.and(self.file(&path, file).await);
        }
        result
    }

    /// The path, or a numbered one where a file of this output, or any that may not be
    /// replaced, has that name.
    fn free_name(&mut self, path: &Path) -> PathBuf {
        let mut number = 0;
        let mut free = path.to_owned();
        while self.taken.contains(&free) || (!self.force && free.symlink_metadata().is_ok()) {
            number += 1;
            free = numbered(path, number);
        }
        self.taken.insert(free.clone());
        free
    }

    /// Saves a file under this name.
    pub(super) async fn file(&mut self, path: &Path, file: &FileOutput) -> Result<(), CliError> {
        let progress = self.session.progress();
        progress.set_text(format!("saving {}", path.display()));
        let saving = async {
            match self.force {
                true => file.save(path).await,
                false => file.save_new(path).await,
            }
        };
        let saved = self
            .session
            .unless_interrupted(progress.showing(saving))
            .await?;
        if let Err(error) = saved {
            let is_gone = error.kind() == ErrorKind::Expired || file.url().starts_with("data:");
            let failure = CliError::from(error);
            return Err(match is_gone {
                true => failure,
                false => failure.hint(format!("the output is still at {}", file.url())),
            });
        }
        self.tell(path)
    }

    /// Saves a text under this name, or a numbered one, in a directory.
    pub(super) fn text_in(
        &mut self,
        directory: &Path,
        name: &str,
        content: &str,
    ) -> Result<(), CliError> {
        let path = self.free_name(&inside(directory, name));
        self.text(&path, content)
    }

    /// Saves a text under this name.
    pub(super) fn text(&self, path: &Path, content: &str) -> Result<(), CliError> {
        let failed = |error: std::io::Error| {
            CliError::error(format!("`{}` cannot be written: {error}", path.display()))
        };
        let mut temporary = tempfile::Builder::new();
        temporary.prefix(".replicate-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What the umask leaves of this, as for any file that a program writes.
            temporary.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut temporary = temporary.tempfile_in(directory_of(path)).map_err(failed)?;
        temporary.write_all(content.as_bytes()).map_err(failed)?;
        let kept = match self.force {
            true => temporary.persist(path),
            false => temporary.persist_noclobber(path),
        };
        kept.map_err(|error| failed(error.error))?;
        self.tell(path)
    }

    fn tell(&self, path: &Path) -> Result<(), CliError> {
        if self.paths_are_data {
            return Ok(terminal::write_line(path.display().to_string())?);
        }
        self.session.note(format!("saved {}", path.display()));
        Ok(())
    }
}

pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The path of a name in a directory, without a `./` that nobody wrote.
fn inside(directory: &Path, name: &str) -> PathBuf {
    match directory == Path::new(".") {
        true => PathBuf::from(name),
        false => directory.join(name),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_before_the_extension() {
        assert_eq!(
            numbered(Path::new("a/bike.png"), 2),
            Path::new("a/bike-2.png")
        );
        assert_eq!(numbered(Path::new("bike"), 1), Path::new("bike-1"));
    }
}
