//! Driving a future on the caller's thread, with connections on a background runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorKind, Result};

/// Maximum time for which pending cancels delay the end of a client.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// One for the process: it outlives every client, so that what was dropped is still canceled.
static BACKGROUND: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("replicate")
        .enable_all()
        .build()
});

fn background() -> Result<&'static Handle> {
    match &*BACKGROUND {
        Ok(runtime) => Ok(runtime.handle()),
        Err(error) => Err(Error::new(
            ErrorKind::Configuration,
            format!("could not start a thread for connections: {error}"),
        )),
    }
}

pub(super) fn start() -> Result<()> {
    background().map(drop)
}

/// Runs something that may spawn a task.
pub(super) fn within(run: impl FnOnce()) {
    let _context = background().map(Handle::enter);
    run();
}

/// Polls the future on this thread until it is ready; its connections and timers belong to the
/// background runtime. Inside another runtime this blocks the thread, as file access does.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T> {
    let _context = background()?.enter();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    // The budget of a task that this may be called in is not for this future.
    let mut future = pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return Ok(value),
            // A wake-up before this returns at once.
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Shared by the clones of a client: the last of them waits for the pending cancels.
#[derive(Debug)]
pub(super) struct Shutdown(pub(super) crate::Client);

impl Drop for Shutdown {
    fn drop(&mut self) {
        let _ = block_on(async { tokio::time::timeout(SHUTDOWN_GRACE, self.0.shutdown()).await });
    }
}
