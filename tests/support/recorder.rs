//! A server that gives every request the same response and records what it receives.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request, as it was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// As sent: `QUERY`.
    pub method: String,
    /// Path and query, still encoded.
    pub target: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The response to every request.
#[derive(Clone, Debug)]
pub struct FixedResponse {
    /// The status line's number.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl FixedResponse {
    /// A response with JSON.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let content_type = "application/json".to_owned();
        Self {
            status,
            content_type,
            body: body.into(),
        }
    }
}

/// The running server; it ends with the process.
#[derive(Clone, Debug)]
pub struct Recorder {
    addr: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    response: Arc<Mutex<FixedResponse>>,
}

impl Recorder {
    /// Starts on a free port of loopback.
    ///
    /// # Panics
    ///
    /// If no port is free.
    pub fn start(response: FixedResponse) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let addr = listener.local_addr().expect("a bound listener");
        let requests = Arc::default();
        let recorder = Self {
            addr,
            requests,
            response: Arc::new(Mutex::new(response)),
        };
        let own = recorder.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        recorder
    }

    /// The base URL, without `/v1`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Changes the response from now on.
    pub fn set_response(&self, response: FixedResponse) {
        *self.response.lock().expect("no panic inside") = response;
    }

    /// Removes and returns the requests so far.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.requests.lock().expect("no panic inside"))
    }

    fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut writer = stream.try_clone().ok()?;
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            self.requests.lock().ok()?.push(request);
            let FixedResponse {
                status,
                content_type,
                body,
            } = self.response.lock().ok()?.clone();
            let head = format!(
                "HTTP/1.1 {status} Recorded\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            writer.write_all(head.as_bytes()).ok()?;
            writer.write_all(&body).ok()?;
        }
        Some(())
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Recorded> {
    let first = line(reader)?;
    let mut parts = first.split(' ');
    let mut request = Recorded {
        method: parts.next()?.to_owned(),
        target: parts.next()?.to_owned(),
        ..Recorded::default()
    };
    loop {
        let header = line(reader)?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("transfer-encoding").is_some() {
        loop {
            let size = line(reader)?;
            let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            line(reader)?;
            if size == 0 {
                break;
            }
            request.body.extend(chunk);
        }
    } else if let Some(length) = request.header("content-length") {
        request.body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}
