//! A file that a model produced.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use replicate_api::Transport;
use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::download::FileStream;
use crate::error::{Error, ErrorKind, Result};
use crate::types::Prediction;
use crate::{data_uri, media_type};

#[cfg(feature = "files")]
mod save;

/// The most that [`FileOutput::bytes`] holds in memory: 1 GiB.
pub const MAX_IN_MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// The host that Replicate delivers files from, and the suffix of others.
const DELIVERY: &str = "replicate.delivery";

/// A file that a model produced: its URL, and its content once that is read.
///
/// It serializes as its URL, so that one model's output is the next one's input. Two are equal
/// if their URLs are. Outputs are deleted an hour after their prediction; after that every read
/// is [`Expired`](ErrorKind::Expired).
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let input = serde_json::json!({ "prompt": "a red bicycle" });
/// let picture = replicate.run("emulator/image").input(input).await?.file()?;
/// println!("{} is at {}", picture.name(), picture.url());
/// # let folder = tempfile::tempdir().unwrap();
/// # std::env::set_current_dir(&folder).unwrap();
/// picture.save("bicycle.png").await?;
/// # });
/// ```
#[derive(Clone)]
pub struct FileOutput {
    url: Arc<str>,
    transport: Transport,
    expiry: Expiry,
}

/// Time at which the files of a prediction are deleted, if known.
pub(crate) type Expiry = Option<DateTime<Utc>>;

pub(crate) fn expiry(prediction: &Prediction) -> Expiry {
    // The files of predictions that were made on the website are kept.
    let source = prediction.source.as_ref();
    let is_web = source.is_some_and(|source| source.as_str() == "web");
    let completed_at = prediction.completed_at.filter(|_| !is_web)?;
    completed_at.checked_add_signed(TimeDelta::hours(1))
}

impl FileOutput {
    pub(crate) fn new(url: &str, transport: Transport, expiry: Expiry) -> Self {
        Self {
            url: url.into(),
            transport,
            expiry,
        }
    }

    /// The file's URL; a `data:` URL holds the file itself.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Time at which Replicate deletes the file: an hour after its prediction completed. `None` if
    /// unknown (as for [`Client::download`](crate::Client::download)), and where nothing is
    /// deleted: the file is in a `data:` URL, or its prediction was made on the website.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match data_uri::parse(&self.url) {
            Some(_) => None,
            None => self.expiry,
        }
    }

    /// A name for the file: the last segment of its URL, without anything that could lead out of
    /// a directory, or `output`. A file in a `data:` URL gets the extension of its media type; if
    /// that is `application/octet-stream`, the extension that its first bytes indicate.
    ///
    /// For a URL without an extension it returns a name without one, since only the response has the
    /// media type: see [`FileStream::name`].
    pub fn name(&self) -> String {
        if let Some(data) = data_uri::parse(&self.url) {
            let content = data.decode().unwrap_or_default();
            return named("output", Some(&data.media_type), &content);
        }
        let from_url = http_url(&self.url).and_then(|url| {
            let last = url.path_segments()?.next_back()?;
            let name = percent_encoding::percent_decode_str(last)
                .decode_utf8()
                .ok()?;
            safe_name(&name)
        });
        from_url.unwrap_or_else(|| "output".to_owned())
    }

    /// The media type, such as `image/png`, as the URL indicates it: a `data:` URL names it, and
    /// in others the extension does. `None` if neither does.
    pub fn media_type(&self) -> Option<String> {
        if let Some(data) = data_uri::parse(&self.url) {
            return Some(data.media_type);
        }
        let url = http_url(&self.url)?;
        media_type::of_name(url.path()).map(str::to_owned)
    }

    /// The file's content as a stream of bytes. A broken download is resumed.
    ///
    /// Nothing is requested until the stream is read. A URL that is one of the API's own routes,
    /// other than its `/files`, is never requested:
    /// [`InvalidRequest`](ErrorKind::InvalidRequest).
    pub fn stream(&self) -> FileStream {
        if let Some(data) = data_uri::parse(&self.url) {
            let content = data.decode().map_err(|why| {
                let message = format!("could not decode the file's `data:` URL: {why}");
                Error::new(ErrorKind::Decode, message)
            });
            return FileStream::from_bytes(content, self.name(), data.media_type);
        }
        let problem = match http_url(&self.url) {
            Some(url) if is_other_route(&url, self.transport.base_url()) => format!(
                "`{}` is a route of the API and not a file; only its `/files` are downloaded, since the token is sent along",
                self.url
            ),
            Some(url) => return FileStream::new(url, self.transport.clone(), self.name()),
            None => format!(
                "`{}` is not the URL of a file; expected `https:` or `data:`",
                self.url.chars().take(200).collect::<String>()
            ),
        };
        FileStream::from_bytes(Err(Error::invalid(problem)), self.name(), String::new())
    }

    /// The file's content, in memory: at most [`MAX_IN_MEMORY_BYTES`].
    ///
    /// # Errors
    /// [`Expired`](ErrorKind::Expired) if it was deleted, [`TooLarge`](ErrorKind::TooLarge),
    /// and those of [`stream`](FileOutput::stream).
    pub async fn bytes(&self) -> Result<Bytes> {
        let mut stream = self.stream();
        let mut chunks: Vec<Bytes> = Vec::new();
        let mut size = 0;
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            if size > MAX_IN_MEMORY_BYTES {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    format!(
                        "the file exceeds the limit of {MAX_IN_MEMORY_BYTES} bytes; use `stream()` or `save()`"
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

/// `name` with an extension, if it has none and one can be found: that of the media type, or,
/// for an unknown type, the one that the content indicates.
pub(crate) fn named(name: &str, media_type: Option<&str>, content: &[u8]) -> String {
    let has_extension = name
        .rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && !extension.is_empty());
    if has_extension {
        return name.to_owned();
    }
    let declared = media_type.filter(|known| {
        let essence = known.split(';').next().unwrap_or_default().trim();
        !essence.eq_ignore_ascii_case(media_type::UNKNOWN)
    });
    let extension = match declared {
        Some(media_type) => media_type::extension(media_type),
        None => media_type::from_content(content).and_then(media_type::extension),
    };
    match extension {
        Some(extension) => format!("{name}.{extension}"),
        None => name.to_owned(),
    }
}

/// Whether a text of an output is the URL of a file, judged by the text alone.
pub(crate) fn is_file(text: &str, base: &Url) -> bool {
    if data_uri::parse(text).is_some() {
        return true;
    }
    let Some(url) = http_url(text) else {
        return false;
    };
    let is_delivered = url.host_str().is_some_and(|host| {
        host == DELIVERY
            || host
                .strip_suffix(DELIVERY)
                .is_some_and(|rest| rest.ends_with('.'))
    });
    if is_delivered && url.scheme() == "https" {
        return true;
    }
    // The API's own origin serves files beside its routes (a local one does), or as files.
    url.origin() == base.origin() && url.path().len() > 1 && !is_other_route(&url, base)
}

/// Whether a URL is one of the API's routes but not a file. A model must not be able to have such
/// a route read with the token, by returning it as its output.
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

/// Whether a text can be the URL of a file at all.
pub(crate) fn is_url(text: &str) -> bool {
    data_uri::parse(text).is_some() || http_url(text).is_some()
}

fn http_url(text: &str) -> Option<Url> {
    let text = text.trim_ascii();
    // A URL parser accepts white space, but a sentence is not a URL.
    let scheme = text.get(..4)?;
    if !scheme.eq_ignore_ascii_case("http") || text.bytes().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"))
}

/// Returns a name that cannot leave its directory, for any name from the server.
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

type Attached = Option<(Transport, Expiry)>;

thread_local! {
    static ATTACHED: RefCell<Attached> = const { RefCell::new(None) };
}

/// Runs `decode`, in which each `FileOutput` gets this transport and expiry.
pub(crate) fn attached_to<T>(
    transport: &Transport,
    expiry: Expiry,
    decode: impl FnOnce() -> T,
) -> T {
    struct Restore(Attached);
    impl Drop for Restore {
        fn drop(&mut self) {
            ATTACHED.set(self.0.take());
        }
    }
    let _restore = Restore(ATTACHED.replace(Some((transport.clone(), expiry))));
    decode()
}

impl<'de> Deserialize<'de> for FileOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let url = String::deserialize(deserializer)?;
        if !is_url(&url) {
            return Err(D::Error::custom("expected the URL of a file"));
        }
        match ATTACHED.with_borrow(Clone::clone) {
            Some((transport, expiry)) => Ok(Self::new(&url, transport, expiry)),
            None => Err(D::Error::custom(
                "a file needs a client to be read: decode it with `Output::json`, or use `Client::download`",
            )),
        }
    }
}

impl Serialize for FileOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.url)
    }
}

impl PartialEq for FileOutput {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Eq for FileOutput {}

impl fmt::Display for FileOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl fmt::Debug for FileOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.url.chars().take(200).collect();
        f.debug_tuple("FileOutput").field(&shown).finish()
    }
}

/// Gives a type the schema of a string in the form of a URI, as in the schemas of models.
#[cfg(feature = "schemars")]
macro_rules! uri_schema {
    ($type:ident) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uri" })
            }
        }
    };
}
#[cfg(feature = "schemars")]
uri_schema!(FileOutput);
#[cfg(all(feature = "files", feature = "schemars"))]
pub(crate) use uri_schema;

#[cfg(feature = "files")]
impl From<FileOutput> for crate::FileInput {
    fn from(file: FileOutput) -> Self {
        Self::url(&*file.url)
    }
}

#[cfg(feature = "files")]
impl From<&FileOutput> for crate::FileInput {
    fn from(file: &FileOutput) -> Self {
        Self::url(&*file.url)
    }
}
