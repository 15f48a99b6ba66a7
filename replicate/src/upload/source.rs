//! The body of an upload: exactly as many bytes as were declared.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{Error, ErrorKind};
use crate::lock::lock;

const CHUNK: usize = 64 * 1024;

/// Time for a reader that has delivered its bytes to report its end. One that stays
/// open, as a connection does, is taken to be complete then.
const END_GRACE: Duration = Duration::from_secs(1);

/// Why a source failed, kept beside the request that it broke.
#[derive(Clone, Default)]
pub(super) struct SourceFailure(Arc<Mutex<Option<Error>>>);

impl SourceFailure {
    fn set(&self, error: Error) -> SourceFailed {
        *lock(&self.0) = Some(error);
        SourceFailed
    }

    pub(super) fn take(&self) -> Option<Error> {
        lock(&self.0).take()
    }
}

/// The error of a body whose source failed. It hides the cause: a source can fail with what looks
/// like a failed connection to the API, and must not be retried as such.
#[derive(Debug)]
pub(super) struct SourceFailed;

impl fmt::Display for SourceFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file could not be read")
    }
}

impl std::error::Error for SourceFailed {}

/// The `size` bytes of `reader`. Fewer or more are an error, which comes before the last chunk,
/// so that no truncated upload is ever complete.
pub(super) fn exactly(
    reader: impl AsyncRead + Send + Unpin + 'static,
    size: u64,
    label: String,
    failure: &SourceFailure,
) -> impl Stream<Item = Result<Bytes, SourceFailed>> + Send + 'static {
    let source = Source {
        reader,
        size,
        left: size,
        ended: false,
        label,
        failure: failure.clone(),
    };
    stream::try_unfold(source, |mut source| async move {
        let chunk = source.next().await?;
        Ok(chunk.map(|chunk| (chunk, source)))
    })
}

struct Source<R> {
    reader: R,
    size: u64,
    left: u64,
    ended: bool,
    label: String,
    failure: SourceFailure,
}

impl<R: AsyncRead + Unpin> Source<R> {
    async fn next(&mut self) -> Result<Option<Bytes>, SourceFailed> {
        if self.ended {
            return Ok(None);
        }
        let limit = self.left.saturating_add(1).min(CHUNK as u64);
        let mut chunk = BytesMut::with_capacity(limit as usize);
        let read = (&mut self.reader).take(limit).read_buf(&mut chunk).await;
        let count = read.map_err(|error| self.unreadable(error))? as u64;
        if count > self.left {
            return Err(self.too_long());
        }
        if count == 0 && self.left > 0 {
            let (label, size, left) = (&self.label, self.size, self.left);
            let message = format!("{label} ended after {} of its {size} bytes", size - left);
            return Err(self.failure.set(Error::new(ErrorKind::File, message)));
        }
        self.left -= count;
        if self.left == 0 {
            self.check_end(count == 0).await?;
        }
        Ok((count > 0).then(|| chunk.freeze()))
    }

    async fn check_end(&mut self, is_at_end: bool) -> Result<(), SourceFailed> {
        self.ended = true;
        if is_at_end {
            return Ok(());
        }
        let mut more = [0];
        match tokio::time::timeout(END_GRACE, self.reader.read(&mut more)).await {
            Ok(Ok(1..)) => Err(self.too_long()),
            Ok(Err(error)) => Err(self.unreadable(error)),
            Ok(Ok(0)) | Err(_) => Ok(()),
        }
    }

    fn too_long(&self) -> SourceFailed {
        let message = format!("{} has more than its {} bytes", self.label, self.size);
        self.failure.set(Error::new(ErrorKind::File, message))
    }

    fn unreadable(&self, error: std::io::Error) -> SourceFailed {
        let message = format!("could not read {}: {error}", self.label);
        let failure = Error::new(ErrorKind::File, message);
        self.failure.set(failure.with_source(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt;

    async fn read(content: &'static [u8], size: u64) -> Result<usize, String> {
        let failure = SourceFailure::default();
        let source = exactly(content, size, "a.bin".to_owned(), &failure);
        let chunks: Result<Vec<Bytes>, _> = source.try_collect().await;
        match chunks {
            Ok(chunks) => Ok(chunks.concat().len()),
            Err(_) => Err(failure.take().unwrap().to_string()),
        }
    }

    #[tokio::test]
    async fn a_source_has_exactly_its_declared_bytes_or_fails() {
        static LARGE: &[u8] = &[7; 3 * CHUNK];
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK] {
            let declared = size as u64;
            assert_eq!(read(&LARGE[..size], declared).await, Ok(size));
            let longer = read(&LARGE[..=size], declared).await.unwrap_err();
            assert_eq!(longer, format!("a.bin has more than its {size} bytes"));
            let shorter = read(&LARGE[..size], declared + 1).await.unwrap_err();
            let expected = format!("a.bin ended after {size} of its {} bytes", size + 1);
            assert_eq!(shorter, expected);
        }
    }

    #[tokio::test]
    async fn the_last_chunk_is_not_delivered_before_the_end_is_certain() {
        let failure = SourceFailure::default();
        let mut source = Box::pin(exactly(&b"abcd"[..], 3, "a".to_owned(), &failure));
        assert!(source.try_next().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stays_open_after_its_bytes_is_complete() {
        let (reader, mut writer) = tokio::io::duplex(8);
        tokio::io::AsyncWriteExt::write_all(&mut writer, b"abc")
            .await
            .unwrap();
        let source = exactly(reader, 3, "a".to_owned(), &SourceFailure::default());
        let chunks: Vec<Bytes> = source.try_collect().await.unwrap();
        assert_eq!(chunks.concat(), b"abc");
        drop(writer);
    }
}
