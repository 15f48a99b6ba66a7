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
    net::{TcpListener, TcpSocket, TcpStream},
    time::Sleep,
};

use crate::outage::Outages;

/// Timeout of a request head, from its first byte to its last.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest queue of connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// Accepts connections, except while an outage refuses them.
#[derive(Debug)]
pub(crate) struct FaultListener {
    /// None while connections are refused.
    listener: Option<TcpListener>,
    addr: SocketAddr,
    outages: Arc<Outages>,
}

impl FaultListener {
    pub(crate) fn new(listener: TcpListener, outages: Arc<Outages>) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        Ok(Self {
            listener: Some(listener),
            addr,
            outages,
        })
    }

    /// Refuses connections until the outage ends, and listens at the same port again.
    async fn refuse(&mut self) {
        self.listener = None;
        // A socket that is bound and does not listen keeps the port, so that no other process gets it.
        let reserved = reserve(self.addr);
        self.outages.accepts().await;
        let mut listener = reserved.and_then(|socket| socket.listen(BACKLOG));
        while listener.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            listener = reserve(self.addr).and_then(|socket| socket.listen(BACKLOG));
        }
        self.listener = listener.ok();
    }
}

fn reserve(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

impl Listener for FaultListener {
    type Io = FaultStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (FaultStream, SocketAddr) {
        loop {
            let Some(listener) = &self.listener else {
                self.refuse().await;
                continue;
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.outages.refuses() => {
                    self.refuse().await;
                    continue;
                }
            };
            match accepted {
                Ok((stream, addr)) => {
                    // Small responses must not wait for the next one. Where that cannot be set,
                    // they are a little late.
                    let _ = stream.set_nodelay(true);
                    return (FaultStream::new(stream, Arc::clone(&self.outages)), addr);
                }
                // For example no free file descriptor: there may be one soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

/// The shared state of a connection and its request handler.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionHandle(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    reset: AtomicBool,
    handling: AtomicBool,
}

impl ConnectionHandle {
    /// Resets the connection at its next read or write.
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
pub(crate) struct FaultStream {
    stream: TcpStream,
    handle: ConnectionHandle,
    /// Runs while a request head is incomplete.
    head_timeout: Option<Pin<Box<Sleep>>>,
    /// Ends when an outage refuses connections: this one is reset then.
    refused: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl FaultStream {
    fn new(stream: TcpStream, outages: Arc<Outages>) -> Self {
        Self {
            stream,
            handle: ConnectionHandle::default(),
            head_timeout: None,
            refused: Box::pin(async move { outages.refuses().await }),
        }
    }

    fn check(&self) -> io::Result<()> {
        if self.handle.0.reset.load(Ordering::Acquire) {
            self.reset()
        } else {
            Ok(())
        }
    }

    fn reset(&self) -> io::Result<()> {
        // Without lingering, closing sends a reset.
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    /// A response has begun: the head of its request is complete.
    fn end_of_head(&mut self) {
        self.head_timeout = None;
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
        if self.refused.as_mut().poll(cx).is_ready() {
            self.handle.reset();
        }
        self.check()?;
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
        self.end_of_head();
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.end_of_head();
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
