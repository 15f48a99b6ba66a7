//! Connections that a fault can reset, and that time out where a request head does not arrive.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::Sleep,
};

/// How long a request head may take from its first byte to its last.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Accepts connections.
#[derive(Debug)]
pub(crate) struct FaultListener(pub(crate) TcpListener);

impl Listener for FaultListener {
    type Io = FaultStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (FaultStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Small responses must not wait for the next one. Where that cannot be set,
                    // they are a little late.
                    let _ = stream.set_nodelay(true);
                    return (FaultStream::new(stream), address);
                }
                // For example no free file descriptor: there may be one soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// What the request handler and its connection tell each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionHandle(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    reset: AtomicBool,
    handling: AtomicBool,
}

impl ConnectionHandle {
    /// Resets the connection at its next write.
    pub(crate) fn reset(&self) {
        self.0.reset.store(true, Ordering::Release);
    }

    /// Marks a request as being handled until the returned guard is dropped: its head is complete.
    pub(crate) fn handling(&self) -> Handling {
        self.0.handling.store(true, Ordering::Release);
        Handling(self.clone())
    }

    fn is_handling(&self) -> bool {
        self.0.handling.load(Ordering::Acquire)
    }
}

/// A request is being handled.
#[derive(Debug)]
pub(crate) struct Handling(ConnectionHandle);

impl Drop for Handling {
    fn drop(&mut self) {
        self.0.0.handling.store(false, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, FaultListener>> for ConnectionHandle {
    fn connect_info(stream: IncomingStream<'_, FaultListener>) -> Self {
        stream.io().handle.clone()
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct FaultStream {
    stream: TcpStream,
    handle: ConnectionHandle,
    /// Runs while a request head is incomplete.
    head_timeout: Option<Pin<Box<Sleep>>>,
}

impl FaultStream {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            handle: ConnectionHandle::default(),
            head_timeout: None,
        }
    }

    fn check(&self) -> io::Result<()> {
        if !self.handle.0.reset.load(Ordering::Acquire) {
            return Ok(());
        }
        // Without lingering, closing sends a reset.
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    fn check_head_timeout(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.handle.is_handling() {
            self.head_timeout = None;
        }
        let timeout = self.head_timeout.as_mut();
        if timeout.is_some_and(|timeout| timeout.as_mut().poll(cx).is_ready()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl AsyncRead for FaultStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_head_timeout(cx)?;
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        let has_data = buf.filled().len() > before;
        if has_data && self.head_timeout.is_none() && !self.handle.is_handling() {
            self.head_timeout = Some(Box::pin(tokio::time::sleep(HEAD_TIMEOUT)));
        }
        read
    }
}

impl AsyncWrite for FaultStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
