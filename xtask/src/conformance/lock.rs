//! One conformance run at a time: what is installed below `target/` is used by one only.

use std::{fs::File, path::Path};

use anyhow::{Context, Result};

/// Held while it lives. The system lets go of it when its process ends, however that ends.
#[derive(Debug)]
pub(super) struct Lock(#[allow(dead_code, reason = "it is held, and not read")] File);

impl Lock {
    /// Takes the lock of this folder, which is made if need be. Where another run has it, `tell`
    /// hears of that, and this waits for the other's end.
    pub(super) async fn take(folder: &Path, tell: impl FnOnce(String)) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join("lock");
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        wait(&file, &path, tell)
            .await
            .with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(Self(file))
    }
}

#[cfg(unix)]
async fn wait(file: &File, path: &Path, tell: impl FnOnce(String)) -> Result<()> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };
    let mut tell = Some(tell);
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) => {
                if let Some(tell) = tell.take() {
                    tell(format!(
                        "another conformance run holds {}: waiting for its end",
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

/// Elsewhere two runs at a time are left to whoever starts them.
#[cfg(not(unix))]
async fn wait(_: &File, _: &Path, _: impl FnOnce(String)) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn a_second_run_says_that_it_waits_and_goes_on_when_the_first_has_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("conformance");
        let unheard = |said: String| panic!("{said}");
        let first = Lock::take(&folder, unheard).await.expect("the lock");
        let first = RefCell::new(Some(first));
        let said = RefCell::new(String::new());
        let second = Lock::take(&folder, |what| {
            *said.borrow_mut() = what;
            first.take();
        });
        second.await.expect("the lock");
        let said = said.into_inner();
        assert!(said.starts_with("another conformance run holds"), "{said}");
        Lock::take(&folder, unheard).await.expect("the lock");
    }
}
