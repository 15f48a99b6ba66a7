//! A lock, so that only one run at a time uses the programs below `target/`.

use std::{fs::File, path::Path, time::Duration};

use anyhow::{Context, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// A lock that is held until it is dropped. The system releases it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "held, never read")] File);

impl Lock {
    /// Locks this folder, which is created if needed. If another run holds the lock, calls
    /// `on_wait` with a message and waits for it.
    pub(crate) async fn take(folder: &Path, on_wait: impl FnOnce(String)) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("could not create {}", folder.display()))?;
        let path = folder.join("lock");
        let path_name = path.display();
        let file = File::create(&path).with_context(|| format!("could not write {path_name}"))?;
        let mut on_wait = Some(on_wait);
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::WOULDBLOCK) => {
                    if let Some(on_wait) = on_wait.take() {
                        on_wait(format!("another run holds {path_name}; waiting for it"));
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(Errno::INTR) => {}
                locked => {
                    locked.with_context(|| format!("could not lock {path_name}"))?;
                    return Ok(Self(file));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn second_run_reports_the_lock_and_waits_for_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("conformance");
        let unexpected = |message: String| panic!("{message}");
        let first = Lock::take(&folder, unexpected).await.expect("the lock");
        let first = RefCell::new(Some(first));
        let message = RefCell::new(String::new());
        let second = Lock::take(&folder, |what| {
            *message.borrow_mut() = what;
            first.take();
        });
        second.await.expect("the lock");
        let message = message.into_inner();
        assert!(message.starts_with("another run holds"), "{message}");
        Lock::take(&folder, unexpected).await.expect("the lock");
    }
}
