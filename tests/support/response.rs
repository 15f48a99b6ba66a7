/// A response, byte for byte.
///
/// ```
/// use replicate_test_support::Reply;
///
/// let bytes = Reply::new(200).header("x", "y").body("hi").bytes();
/// assert_eq!(bytes, b"HTTP/1.1 200 Status\r\nx: y\r\ncontent-length: 2\r\n\r\nhi");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Reply {
    head: String,
    body: Vec<u8>,
    /// Whether the head has no header for the length of the body.
    raw: bool,
}

impl Reply {
    /// A response with this status, and nothing else yet.
    pub fn new(status: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {status} Status\r\n"),
            body: Vec::new(),
            raw: false,
        }
    }

    /// A response with JSON.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::new(status)
            .header("content-type", "application/json")
            .body(body)
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Sets the body, with its length as a header.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self.raw = false;
        self
    }

    /// Sets what follows the head, without a header for its length.
    pub fn raw_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self.raw = true;
        self
    }

    /// Adds to the end of the body.
    pub fn append(mut self, more: impl AsRef<[u8]>) -> Self {
        self.body.extend_from_slice(more.as_ref());
        self
    }

    /// The length of the body.
    pub fn body_len(&self) -> usize {
        self.body.len()
    }

    /// The status, the headers with names in lower case, and the body.
    pub(crate) fn parts(&self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let mut lines = self.head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        if !self.raw {
            headers.push(("content-length".to_owned(), self.body.len().to_string()));
        }
        let status = status.and_then(|status| status.parse().ok());
        (status.unwrap_or_default(), headers, self.body.clone())
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.clone().into_bytes();
        if !self.raw {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

impl From<Reply> for Vec<u8> {
    fn from(reply: Reply) -> Self {
        reply.bytes()
    }
}
