//! What crosses crates: the requests of each operation, recorded responses, and the shape of the
//! repository.

use std::path::{Path, PathBuf};

mod coverage;
mod layout;
mod operations;
mod properties;
mod recorded;
mod requests;

/// The repository's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The Rust files below a folder of the repository, without those of builds.
fn rust_files(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let skipped = name == "target" || name == "node_modules" || name.starts_with('.');
        if path.is_dir() && !skipped {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
