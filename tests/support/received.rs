use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A request as a listener received it.
#[derive(Clone, Debug)]
pub struct Received {
    /// Which connection it came on, counted from 0.
    pub connection: usize,
    /// Its method.
    pub method: String,
    /// Its target, as the request line has it.
    pub target: String,
    /// Its headers, in order, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl Received {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The body as text; invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Reads requests from one side of a connection, and keeps every byte.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) stream: TcpStream,
    pub(crate) connection: usize,
    /// What was read and is not yet taken.
    waiting: Vec<u8>,
    pub(crate) all: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(stream: TcpStream, connection: usize) -> Self {
        Self {
            stream,
            connection,
            waiting: Vec::new(),
            all: Vec::new(),
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.waiting.extend_from_slice(&buffer[..count]);
        self.all.extend_from_slice(&buffer[..count]);
        Ok(())
    }

    async fn take(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.waiting.len() < count {
            self.more().await?;
        }
        Ok(self.waiting.drain(..count).collect())
    }

    async fn take_through(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            let mut windows = self.waiting.windows(end.len());
            if let Some(at) = windows.position(|window| window == end) {
                return self.take(at + end.len()).await;
            }
            self.more().await?;
        }
    }

    /// Reads and drops this many bytes.
    pub(crate) async fn skip(&mut self, count: usize) -> io::Result<()> {
        self.take(count).await.map(drop)
    }

    /// Reads until the other side closes.
    pub(crate) async fn skip_all(&mut self) {
        while self.more().await.is_ok() {
            self.waiting.clear();
        }
    }

    /// Reads a request's head; its body stays where it is.
    pub(crate) async fn head(&mut self) -> io::Result<Received> {
        let head = self.take_through(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        Ok(Received {
            connection: self.connection,
            method: words.next().unwrap_or_default().to_owned(),
            target: words.next().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    /// Reads a whole request: its body by `Content-Length`, or in chunks.
    pub(crate) async fn request(&mut self) -> io::Result<Received> {
        let mut received = self.head().await?;
        let length = received.header("content-length");
        received.body = match length.and_then(|length| length.parse().ok()) {
            _ if received.header("transfer-encoding") == Some("chunked") => self.chunks().await?,
            Some(length) => self.take(length).await?,
            None => Vec::new(),
        };
        Ok(received)
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.take_through(b"\r\n").await?;
            let line = String::from_utf8_lossy(&line);
            let size = line.trim().split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(size, 16)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            body.extend(self.take(size).await?);
            self.take_through(b"\r\n").await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
}
