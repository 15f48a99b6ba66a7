//! Schemas on disk, so that completion and the help of a model do not wait for the network.
//!
//! A model's schema may change with its next version: what runs a model reads it from the API.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use replicate::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{config, credentials};

const MAX_AGE: Duration = Duration::from_secs(3600);

/// The limit of all schemas together; the oldest are removed first.
const MAX_BYTES: u64 = 50 * 1024 * 1024;

pub(crate) struct Cache {
    directory: PathBuf,
    key: u64,
}

/// What is kept of a model.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Kept {
    pub(crate) schema: Value,
    /// `None` if it was not read.
    pub(crate) description: Option<String>,
}

impl Cache {
    /// `None` for a server on this machine, whose models change while they are developed, without
    /// a token, and without a cache directory.
    pub(crate) fn new(client: &Client, profile: Option<&str>) -> Option<Self> {
        let url = client.api().transport().base_url();
        let host = url.host_str()?.trim_matches(['[', ']']);
        let ip = host.parse::<std::net::IpAddr>();
        if ip.is_ok_and(|ip| ip.is_loopback())
            || host == "localhost"
            || host.ends_with(".localhost")
        {
            return None;
        }
        let token = credentials::text(client, profile)?;
        let directory = config::cache_directory()?;
        Some(Self::within(directory, url.as_str(), &token))
    }

    pub(crate) fn within(directory: PathBuf, base: &str, token: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        // A private model is seen with its owner's token only.
        (base, token).hash(&mut hasher);
        Self {
            directory,
            key: hasher.finish(),
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        (self.key, key).hash(&mut hasher);
        self.directory
            .join(format!("{:016x}.json", hasher.finish()))
    }

    /// What is kept of a model, if it is not too old.
    pub(crate) fn get(&self, reference: &str) -> Option<Kept> {
        let path = self.path(reference);
        let age = fs::metadata(&path).ok()?.modified().ok()?.elapsed().ok()?;
        let content = (age < MAX_AGE).then(|| fs::read(path).ok()).flatten()?;
        serde_json::from_slice(&content).ok()
    }

    /// A failure is ignored: the model is read again the next time.
    pub(crate) fn put(&self, reference: &str, kept: &Kept) {
        let content = serde_json::to_string(kept).unwrap_or_default();
        if config::write_private(&self.path(reference), &content).is_ok() {
            prune(&self.directory, MAX_BYTES);
        }
    }
}

/// Removes the oldest files until the others are at most `limit` bytes.
fn prune(directory: &Path, limit: u64) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((metadata.modified().ok()?, metadata.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if total <= limit {
            return;
        }
        if fs::remove_file(path).is_ok() {
            total -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(directory: &Path, token: &str) -> Cache {
        let base = "https://api.example.com/v1";
        Cache::within(directory.join("schemas"), base, token)
    }

    fn make_older(path: &Path, age: Duration) {
        let file = fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("a time");
    }

    #[test]
    fn schema_is_kept_for_one_account_and_readable_by_its_owner_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let own = cache(directory.path(), "r8_one");
        assert_eq!(own.get("a/b"), None);
        own.put("a/b", &Kept::default());
        assert_eq!(own.get("a/b"), Some(Kept::default()));
        assert_eq!(own.get("a/c"), None);
        assert_eq!(cache(directory.path(), "r8_two").get("a/b"), None);
        assert!(!config::is_shared(&own.path("a/b")));
        let name = own.path("a/b").display().to_string();
        assert!(!name.contains("r8_"), "{name}");
    }

    #[test]
    fn schema_that_is_too_old_is_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let own = cache(directory.path(), "t");
        own.put("a/b", &Kept::default());
        make_older(&own.path("a/b"), MAX_AGE + Duration::from_secs(1));
        assert_eq!(own.get("a/b"), None);
    }

    #[test]
    fn oldest_schemas_are_removed_beyond_the_limit() {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, age) in [("a", 30), ("b", 20), ("c", 10)] {
            let path = directory.path().join(name);
            fs::write(&path, [0; 100]).expect("a file");
            make_older(&path, Duration::from_secs(age));
        }
        prune(directory.path(), 250);
        let left = |name: &str| directory.path().join(name).exists();
        assert_eq!([left("a"), left("b"), left("c")], [false, true, true]);
    }

    #[test]
    fn nothing_is_kept_for_a_server_on_this_machine() {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let url = format!("http://{host}:5000");
            let client = Client::builder().base_url(url).token("t").build();
            assert!(
                Cache::new(&client.expect("a client"), None).is_none(),
                "{host}"
            );
        }
    }
}
