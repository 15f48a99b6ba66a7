//! A file that a model made.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use replicate_api::Transport;
use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::download::FileStream;
use crate::error::{Error, ErrorKind, Result};
use crate::{data_uri, media_type};

#[cfg(feature = "files")]
mod save;

/// The most that [`FileOutput::bytes`] holds in memory: 1 GiB.
pub const MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// A file that a model made: its address, and its content when it is asked for.
///
/// It serialises as its address, so that one model's output is the next one's input. Outputs
/// are deleted an hour after their prediction; after that every read is
/// [`Expired`](ErrorKind::Expired).
///
/// ```
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// let picture = replicate.run("emulator/image").input([("prompt", "a red bicycle")]).await?.file()?;
/// println!("{} is at {}", picture.name(), picture.url());
/// # #[cfg(feature = "files")]
/// picture.save("bicycle.png").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FileOutput {
    address: Arc<str>,
    transport: Transport,
}

impl FileOutput {
    pub(crate) fn new(address: &str, transport: Transport) -> Self {
        Self {
            address: address.into(),
            transport,
        }
    }

    /// The file's address; a `data:` address holds the file itself.
    pub fn url(&self) -> &str {
        &self.address
    }

    /// A name for the file: the last part of its address, without anything that could lead
    /// out of a directory, or `output` and the extension of its media type.
    pub fn name(&self) -> String {
        let from_address = Url::parse(&self.address)
            .ok()
            .filter(|url| url.scheme() != "data")
            .and_then(|url| {
                let last = url.path_segments()?.next_back()?;
                let name = percent_encoding::percent_decode_str(last)
                    .decode_utf8()
                    .ok()?;
                safe_name(&name)
            });
        from_address.unwrap_or_else(|| {
            match self.media_type().as_deref().and_then(media_type::extension) {
                Some(extension) => format!("output.{extension}"),
                None => "output".to_owned(),
            }
        })
    }

    /// The media type, such as `image/png`, as the address tells it: a `data:` address says it,
    /// and else the extension does. None where neither does.
    pub fn media_type(&self) -> Option<String> {
        if let Some(header) = data_uri::parse(&self.address) {
            return Some(header.media_type.to_owned());
        }
        let url = Url::parse(&self.address).ok()?;
        media_type::of_name(url.path()).map(str::to_owned)
    }

    /// The file's content as it comes. A broken download goes on where it stopped.
    ///
    /// Nothing is requested until the stream is read. An address that is one of the API's own
    /// routes, other than its `/files`, is never requested:
    /// [`InvalidRequest`](ErrorKind::InvalidRequest).
    pub fn stream(&self) -> FileStream {
        match data_uri::parse(&self.address) {
            Some(header) => FileStream::of_bytes(header.decode().map_err(|why| {
                Error::new(
                    ErrorKind::Decode,
                    format!("the file's `data:` address cannot be read: {why}"),
                )
            })),
            None => match Url::parse(&self.address) {
                Ok(url) if is_other_route(&url, self.transport.base_url()) => {
                    FileStream::of_bytes(Err(Error::invalid(format!(
                        "`{}` is a route of the API, and no file: only its `/files` are fetched, since the token would go along; use `Client::request` for the rest",
                        self.address
                    ))))
                }
                Ok(url) if matches!(url.scheme(), "https" | "http") => {
                    FileStream::new(url, self.transport.clone())
                }
                _ => FileStream::of_bytes(Err(Error::invalid(format!(
                    "`{}` is no address of a file: it has to begin with `https:` or `data:`",
                    self.address
                )))),
            },
        }
    }

    /// The file's whole content, in memory: at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// [`Expired`](ErrorKind::Expired) when it was deleted, [`TooLarge`](ErrorKind::TooLarge),
    /// and what [`stream`](FileOutput::stream) gives.
    pub async fn bytes(&self) -> Result<Bytes> {
        let mut stream = self.stream();
        let mut chunks: Vec<Bytes> = Vec::new();
        let mut size = 0;
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            if size > MAX_BYTES {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    format!(
                        "the file is larger than {MAX_BYTES} bytes: read it with `stream()` or `save()`"
                    ),
                ));
            }
            chunks.push(chunk);
        }
        if chunks.len() == 1 {
            return Ok(chunks.swap_remove(0));
        }
        Ok(chunks.concat().into())
    }
}

/// Hosts that outputs are delivered from.
const DELIVERY: &str = "replicate.delivery";

/// Whether a text of an output is a file's address, going by the text alone.
pub(crate) fn is_file(text: &str, base: &Url) -> bool {
    if data_uri::parse(text).is_some() {
        return true;
    }
    let Some(url) = address(text) else {
        return false;
    };
    let delivered = url.host_str().is_some_and(|host| {
        host == DELIVERY
            || host
                .strip_suffix(DELIVERY)
                .is_some_and(|rest| rest.ends_with('.'))
    });
    if delivered && url.scheme() == "https" {
        return true;
    }
    // The API's own origin serves files beside its routes (a local one does), or as files.
    url.origin() == base.origin() && url.path().len() > 1 && !is_other_route(&url, base)
}

/// Whether an address is one of the API's routes but no file. A model must not be able to have
/// such a one read with the token, by giving it as its output.
fn is_other_route(url: &Url, base: &Url) -> bool {
    if url.origin() != base.origin() {
        return false;
    }
    let Some(route) = url.path().strip_prefix(base.path()) else {
        return false;
    };
    let mut parts = route.split('/');
    if parts.next() != Some("") {
        // Not below the routes, as `/v10`.
        return false;
    }
    let is_plain = |part: &str| {
        let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        !matches!(&*part, "" | "." | "..") && !part.contains(['/', '\\'])
    };
    let mut rest = parts.clone().skip(1).peekable();
    let is_file = parts.next() == Some("files") && rest.peek().is_some() && rest.all(is_plain);
    !is_file
}

/// Whether a text can be a file's address at all.
pub(crate) fn is_address(text: &str) -> bool {
    data_uri::parse(text).is_some() || address(text).is_some()
}

fn address(text: &str) -> Option<Url> {
    // A parser of addresses forgives white space; a sentence is none all the same.
    if !text.starts_with("http") || text.bytes().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"))
}

/// A name that stays where it is put, whatever the server called it.
fn safe_name(name: &str) -> Option<String> {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '/' | '\\' | ':' | '\0') {
                '_'
            } else {
                c
            }
        })
        .collect();
    let name = name.trim_matches([' ', '.']);
    (!name.is_empty() && name.len() <= 200).then(|| name.to_owned())
}

thread_local! {
    static ATTACHED: RefCell<Option<Transport>> = const { RefCell::new(None) };
}

/// Runs `decode`, in which a `FileOutput` is decoded as one of this transport's.
pub(crate) fn attached_to<T>(transport: &Transport, decode: impl FnOnce() -> T) -> T {
    struct Restore(Option<Transport>);
    impl Drop for Restore {
        fn drop(&mut self) {
            ATTACHED.set(self.0.take());
        }
    }
    let _restore = Restore(ATTACHED.replace(Some(transport.clone())));
    decode()
}

impl<'de> Deserialize<'de> for FileOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let address = String::deserialize(deserializer)?;
        if !is_address(&address) {
            return Err(D::Error::custom("a file's address was expected"));
        }
        match ATTACHED.with_borrow(Clone::clone) {
            Some(transport) => Ok(Self::new(&address, transport)),
            None => Err(D::Error::custom(
                "a file needs a client to be read: decode it with `Output::json`, or use `Client::download`",
            )),
        }
    }
}

impl Serialize for FileOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.address)
    }
}

impl fmt::Display for FileOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl fmt::Debug for FileOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.address.chars().take(200).collect();
        f.debug_tuple("FileOutput").field(&shown).finish()
    }
}

#[cfg(feature = "files")]
impl From<FileOutput> for crate::FileInput {
    fn from(file: FileOutput) -> Self {
        Self::address(&*file.address)
    }
}

#[cfg(feature = "files")]
impl From<&FileOutput> for crate::FileInput {
    fn from(file: &FileOutput) -> Self {
        Self::address(&*file.address)
    }
}
