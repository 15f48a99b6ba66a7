use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, ErrorKind, Result};

/// How long the cancels of what was dropped may hold up the end of a client.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// A runtime with one thread, shared by the clones of a client.
#[derive(Clone, Debug)]
pub(super) struct Runtime(Arc<Owned>);

#[derive(Debug)]
struct Owned(Option<tokio::runtime::Runtime>, crate::Client);

impl Runtime {
    pub(super) fn new(client: crate::Client) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("replicate")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("no thread for requests: {error}"),
                )
            })?;
        Ok(Self(Arc::new(Owned(Some(runtime), client))))
    }

    /// Runs something that may spawn a task.
    pub(super) fn within(&self, run: impl FnOnce()) {
        let _entered = self.0.0.as_ref().map(tokio::runtime::Runtime::enter);
        run();
    }

    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let runtime = self.0.0.as_ref().filter(|_| Handle::try_current().is_err());
        match runtime {
            Some(runtime) => Ok(runtime.block_on(future)),
            None => Err(Error::new(
                ErrorKind::Configuration,
                "a blocking call inside an async runtime would stop it: use `replicate::Client` and await",
            )),
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting would panic where the last clone is dropped by async code.
            if Handle::try_current().is_err() {
                let _ = runtime.block_on(async {
                    tokio::time::timeout(LONGEST_GOODBYE, self.1.shutdown()).await
                });
            }
            runtime.shutdown_background();
        }
    }
}
