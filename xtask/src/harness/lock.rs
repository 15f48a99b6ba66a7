//! A lock, so that only one conformance run at a time uses the programs below `target/`.

use std::{fs::File, path::Path};

use anyhow::{Context, Result};

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
        let file =
            File::create(&path).with_context(|| format!("could not write {}", path.display()))?;
        wait(&file, &path, on_wait)
            .await
            .with_context(|| format!("could not lock {}", path.display()))?;
        Ok(Self(file))
    }
}

#[cfg(unix)]
async fn wait(file: &File, path: &Path, on_wait: impl FnOnce(String)) -> Result<()> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };
    let mut on_wait = Some(on_wait);
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) => {
                if let Some(on_wait) = on_wait.take() {
                    on_wait(format!(
                        "another run holds {}; waiting for it",
                        path.display()
                    ));
                }
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// On other systems concurrent runs are not prevented.
#[cfg(not(unix))]
async fn wait(_: &File, _: &Path, _: impl FnOnce(String)) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
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
