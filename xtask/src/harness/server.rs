//! Servers in this process.

use anyhow::Result;
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A server on a free port of loopback, stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Server {
    /// Starts what `app` returns for the server's own URL.
    pub(crate) async fn start(app: impl FnOnce(&str) -> Router) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = app(&url);
        let serving = tokio::spawn(async move {
            // It serves until it is aborted.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { url, serving })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
