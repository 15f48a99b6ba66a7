//! Files as inputs, anywhere in the value that is given to a model.

use std::cell::RefCell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};
use tokio::io::AsyncRead;

use crate::lock::lock;
use crate::media_type;

/// The largest file that Replicate takes: 100 MiB.
pub const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;

/// A file for a model's input, in any field of any value that serializes.
///
/// When the prediction is created, a small file becomes a `data:` URL and a larger one is
/// uploaded, streamed, as [`FileStrategy`] says. Files that do not exist, or have more than
/// [`MAX_FILE_BYTES`], are reported before anything is sent, with the field's path.
///
/// ```
/// use replicate::FileInput;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Input {
///     prompt: String,
///     image: FileInput,
///     masks: Vec<FileInput>,
/// }
///
/// let input = Input {
///     prompt: "a red bicycle".into(),
///     image: FileInput::path("photo.jpg"),
///     masks: vec![FileInput::bytes(&b"\x89PNG"[..], "image/png")],
/// };
/// // The same inside `json!`:
/// let input = serde_json::json!({ "image": FileInput::path("photo.jpg") });
/// ```
///
/// Two are equal if they have the same path, content or URL, media type and name; a reader is
/// equal to itself alone.
///
/// Only the calls of this crate that take an input understand a serialized `FileInput`, and only
/// in the process that serialized it: one that was stored, or comes from another process, is
/// refused as an input.
#[derive(Clone)]
pub struct FileInput(Arc<Source>);

/// It serializes to a form that can be written into a `serde_json::Value` and found there.
#[derive(Clone, Serialize, Deserialize)]
struct Source {
    content: Content,
    media_type: Option<String>,
    name: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
enum Content {
    Path(PathBuf),
    #[serde(with = "bytes_as_url")]
    Bytes(Bytes),
    Reader {
        length: u64,
        /// `None` if it went through a `serde_json::Value`, which cannot keep it.
        #[serde(skip)]
        reader: Option<Arc<Mutex<Option<Reader>>>>,
    },
    Url(String),
}

type Reader = Box<dyn AsyncRead + Send + Unpin>;

impl FileInput {
    /// A file on disk, opened when it is sent: a regular file, not a pipe or device. Its media
    /// type is that of its extension.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(Content::Path(path.into()), None)
    }

    /// A file in memory, with its media type (such as `image/png`).
    pub fn bytes(content: impl Into<Bytes>, media_type: impl Into<String>) -> Self {
        Self::new(Content::Bytes(content.into()), Some(media_type.into()))
    }

    /// A file that is read as it is sent. It can be sent once.
    ///
    /// A reader with more or fewer than `length` bytes is an error ([`ErrorKind::File`]), and no
    /// prediction is created. A reader cannot pass through `json!`: use it in a value of a type
    /// that derives `Serialize`.
    ///
    /// [`ErrorKind::File`]: crate::ErrorKind::File
    pub fn reader(
        length: u64,
        media_type: impl Into<String>,
        reader: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let reader = Some(Arc::new(Mutex::new(Some(Box::new(reader) as Reader))));
        Self::new(Content::Reader { length, reader }, Some(media_type.into()))
    }

    /// A file at a URL that Replicate can read; it is passed on unchanged.
    pub fn url(url: impl Into<String>) -> Self {
        Self::new(Content::Url(url.into()), None)
    }

    /// Sets the media type, in place of the one that is known or guessed.
    #[must_use]
    pub fn media_type(self, media_type: impl Into<String>) -> Self {
        self.change(|source| source.media_type = Some(media_type.into()))
    }

    /// Sets the name of an uploaded file. Default: the name of the path, or `file` with the
    /// extension of its media type.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.change(|source| source.name = Some(name.into()))
    }

    fn new(content: Content, media_type: Option<String>) -> Self {
        Self(Arc::new(Source {
            content,
            media_type,
            name: None,
        }))
    }

    fn change(self, change: impl FnOnce(&mut Source)) -> Self {
        let mut source = Arc::unwrap_or_clone(self.0);
        change(&mut source);
        Self(Arc::new(source))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn source_path(&self) -> Option<&Path> {
        match &self.0.content {
            Content::Path(path) => Some(path),
            _ => None,
        }
    }

    pub(crate) fn given_url(&self) -> Option<&str> {
        match &self.0.content {
            Content::Url(url) => Some(url),
            _ => None,
        }
    }

    pub(crate) fn given_bytes(&self) -> Option<&Bytes> {
        match &self.0.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn reader_length(&self) -> Option<u64> {
        match &self.0.content {
            Content::Reader { length, reader } => reader.as_ref().map(|_| *length),
            _ => None,
        }
    }

    pub(crate) fn take_reader(&self) -> Option<Reader> {
        match &self.0.content {
            Content::Reader {
                reader: Some(reader),
                ..
            } => lock(reader).take(),
            _ => None,
        }
    }

    pub(crate) fn media_type_or_guess(&self) -> String {
        let source = &self.0;
        let by_path = || media_type::of_name(self.source_path()?.to_str()?);
        let by_name = || media_type::of_name(source.name.as_deref()?);
        match &source.media_type {
            Some(media_type) => media_type.clone(),
            None => by_path()
                .or_else(by_name)
                .unwrap_or(media_type::UNKNOWN)
                .to_owned(),
        }
    }

    pub(crate) fn upload_name(&self) -> String {
        if let Some(name) = &self.0.name {
            return name.clone();
        }
        match self.source_path().and_then(Path::file_name) {
            Some(name) => name.to_string_lossy().into_owned(),
            None => match media_type::extension(&self.media_type_or_guess()) {
                Some(extension) => format!("file.{extension}"),
                None => "file".to_owned(),
            },
        }
    }

    /// The file as an error names it.
    pub(crate) fn label(&self) -> String {
        let source = &self.0;
        let name = source.name.as_deref().map(crate::escape::escape);
        match (&source.content, name) {
            (Content::Path(path), _) => path.display().to_string(),
            (Content::Url(url), _) => crate::escape::escape(url),
            (_, Some(name)) => name,
            (Content::Bytes(bytes), None) => format!("a file of {} bytes", bytes.len()),
            (Content::Reader { length, .. }, None) => format!("a reader of {length} bytes"),
        }
    }

    /// Returns the identity of the file, the same in every process: its path, URL or bytes, but
    /// not the content of a reader. Journals store a hash of it: it must not change.
    #[cfg(feature = "batch")]
    pub(crate) fn fingerprint(&self) -> String {
        let source = &*self.0;
        let text = match source.content {
            Content::Reader { .. } => serde_json::to_string(&serde_json::json!({
                "content": "Lost",
                "media_type": source.media_type,
                "name": source.name,
            })),
            _ => serde_json::to_string(source),
        };
        text.unwrap_or_default()
    }
}

impl fmt::Debug for FileInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.content {
            Content::Path(path) => f.debug_tuple("FileInput").field(path).finish(),
            Content::Bytes(bytes) => write!(f, "FileInput({} bytes)", bytes.len()),
            Content::Reader { length, .. } => write!(f, "FileInput(reader of {length} bytes)"),
            Content::Url(url) => f.debug_tuple("FileInput").field(url).finish(),
        }
    }
}

impl PartialEq for FileInput {
    fn eq(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        let (this, other) = (&self.0, &other.0);
        let content = match (&this.content, &other.content) {
            (Content::Path(this), Content::Path(other)) => this == other,
            (Content::Bytes(this), Content::Bytes(other)) => this == other,
            (Content::Url(this), Content::Url(other)) => this == other,
            _ => false,
        };
        content && this.media_type == other.media_type && this.name == other.name
    }
}

#[cfg(feature = "schemars")]
crate::file_output::uri_schema!(FileInput);

impl From<reqwest::Url> for FileInput {
    fn from(url: reqwest::Url) -> Self {
        Self::url(url)
    }
}

impl From<PathBuf> for FileInput {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for FileInput {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

/// How a file in an input is passed to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileStrategy {
    /// As a `data:` URI up to this many bytes, else uploaded.
    InlineUpTo(u64),
    /// As a `data:` URI of any size. The whole file is held in memory.
    Inline,
    /// Uploaded, at any size.
    Upload,
}

impl Default for FileStrategy {
    /// A `data:` URI up to 256 KiB, as Replicate recommends.
    fn default() -> Self {
        Self::InlineUpTo(256 * 1024)
    }
}

impl FileStrategy {
    pub(crate) fn inlines(self, size: u64) -> bool {
        match self {
            Self::InlineUpTo(limit) => size <= limit,
            Self::Inline => true,
            Self::Upload => false,
        }
    }
}

thread_local! {
    /// The files in the input that is being serialized; `None` outside of that.
    static COLLECTED: RefCell<Option<Vec<FileInput>>> = const { RefCell::new(None) };
}

/// Runs `serialize`, and returns its result with the files that were serialized.
pub(crate) fn collect<T>(serialize: impl FnOnce() -> T) -> (T, Vec<FileInput>) {
    struct Restore(Option<Vec<FileInput>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            COLLECTED.set(self.0.take());
        }
    }
    let restore = Restore(COLLECTED.replace(Some(Vec::new())));
    let result = serialize();
    let files = COLLECTED.take().unwrap_or_default();
    drop(restore);
    (result, files)
}

/// A serialized file that this process did not serialize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign;

/// The file that a text stands for, if it does: one of `files`, or one that went through a
/// `serde_json::Value`.
pub(crate) fn find(text: &str, files: &[FileInput]) -> Result<Option<FileInput>, Foreign> {
    let Some(rest) = text.strip_prefix(marker()) else {
        return match is_marked(text) {
            true => Err(Foreign),
            false => Ok(None),
        };
    };
    let file = match rest.strip_prefix('#') {
        Some(index) => index
            .parse::<usize>()
            .ok()
            .and_then(|n| files.get(n).cloned()),
        None => serde_json::from_str(rest)
            .ok()
            .map(|source| FileInput(Arc::new(source))),
    };
    // An index is of use only while the value that it stands in is serialized.
    file.map(Some).ok_or(Foreign)
}

/// Whether a text has the form of a file that some process has serialized.
fn is_marked(text: &str) -> bool {
    let rest = text.strip_prefix(MARKER);
    let Some((random, _)) = rest.and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    random.len() == 32 && random.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Bytes as a `data:` URL, which is shorter than a list of numbers.
mod bytes_as_url {
    use bytes::Bytes;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::{data_uri, media_type};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&data_uri::encode(media_type::UNKNOWN, bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Bytes, D::Error> {
        let url = String::deserialize(d)?;
        let data = data_uri::parse(&url).ok_or_else(|| D::Error::custom("not a `data:` URL"))?;
        data.decode().map_err(D::Error::custom)
    }
}

const MARKER: &str = "replicate-file-";

/// Returns the text that marks a file of this process. It is random, so that no other text can
/// make the client read a file.
fn marker() -> &'static str {
    static OWN: OnceLock<String> = OnceLock::new();
    OWN.get_or_init(|| {
        let random = || RandomState::new().hash_one("file");
        format!("{MARKER}{:016x}{:016x}:", random(), random())
    })
}

impl Serialize for FileInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index = COLLECTED.with_borrow_mut(|collected| {
            let files = collected.as_mut()?;
            files.push(self.clone());
            Some(files.len() - 1)
        });
        match index {
            Some(index) => serializer.collect_str(&format_args!("{}#{index}", marker())),
            None => {
                let source = serde_json::to_string(&*self.0).map_err(serde::ser::Error::custom)?;
                serializer.collect_str(&format_args!("{}{source}", marker()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
