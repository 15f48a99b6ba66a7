//! Servers in this process.

use anyhow::Result;
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A running server, stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Server(JoinHandle<()>);

impl Server {
    pub(crate) fn start(listener: TcpListener, app: Router) -> Self {
        Self(tokio::spawn(async move {
            // It serves until it is aborted.
            let _ = axum::serve(listener, app).await;
        }))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on a free port of loopback; returns the URL too.
pub(crate) async fn listen() -> Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}
