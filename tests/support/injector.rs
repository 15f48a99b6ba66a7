use std::time::Duration;

use crate::{Reply, Script};

/// Breaks correct responses, at places that follow from a seed.
///
/// ```
/// use replicate_test_support::{Injector, Reply};
///
/// let reply = Reply::json(200, "{}");
/// let broken = Injector::new(7).reset_in_body(&reply);
/// assert_eq!(format!("{broken:?}"), format!("{:?}", Injector::new(7).reset_in_body(&reply)));
/// ```
#[derive(Clone, Debug)]
pub struct Injector {
    random: u64,
}

impl Injector {
    /// An injector whose every choice follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { random: seed }
    }

    /// The next number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        // SplitMix64: neighboring seeds give unrelated numbers too.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % (end.max(1) as u64)) as usize
    }

    /// A part of the head is sent; then the connection is reset.
    pub fn reset_in_head(&mut self, reply: &Reply) -> Script {
        let (head, _) = split(reply);
        let end = 1 + self.below(head.len() - 1);
        sends(&head[..end]).reset()
    }

    /// The head and a part of the body are sent; then the connection is reset.
    pub fn reset_in_body(&mut self, reply: &Reply) -> Script {
        sends(&self.part(reply)).reset()
    }

    /// The head and a part of the body are sent; then the connection is closed.
    pub fn cut_in_body(&mut self, reply: &Reply) -> Script {
        sends(&self.part(reply))
    }

    /// The head and a part of the body are sent; then nothing more is sent.
    pub fn stall_in_body(&mut self, reply: &Reply) -> Script {
        sends(&self.part(reply)).hold()
    }

    /// The body is sent in chunks, without the last.
    pub fn unfinished_chunks(&mut self, reply: &Reply) -> Script {
        let (head, body) = split(reply);
        let mut bytes = chunked_head(&head);
        let middle = self.below(body.len());
        for chunk in [&body[..middle], &body[middle..]] {
            if !chunk.is_empty() {
                bytes.extend(chunk_of(chunk));
            }
        }
        sends(&bytes)
    }

    /// The complete response, in pieces of 1 to 64 bytes.
    pub fn in_pieces(&mut self, reply: &Reply) -> Script {
        let seed = self.below(usize::MAX) as u64;
        Script::new()
            .read_request()
            .write_in_pieces(reply.bytes(), seed)
    }

    /// The complete response, its body in chunks of one byte.
    pub fn byte_by_byte(&mut self, reply: &Reply) -> Script {
        let (head, body) = split(reply);
        let mut bytes = chunked_head(&head);
        for byte in body {
            bytes.extend(chunk_of(&[byte]));
        }
        bytes.extend(b"0\r\n\r\n");
        sends(&bytes)
    }

    /// The head, then the body byte by byte with a pause after each.
    pub fn slowly(&mut self, reply: &Reply, pause: Duration) -> Script {
        let (head, body) = split(reply);
        sends(&head).write_slowly(body, pause)
    }

    /// A part of the request is read, of at least `head` bytes and less than `whole`; then the
    /// connection is reset.
    pub fn reset_in_request(&mut self, head: usize, whole: usize) -> Script {
        let end = head + self.below(whole.saturating_sub(head));
        Script::new().read_bytes(end).reset()
    }

    fn part(&mut self, reply: &Reply) -> Vec<u8> {
        let (mut bytes, body) = split(reply);
        let end = self.below(body.len());
        bytes.extend(&body[..end]);
        bytes
    }
}

fn sends(bytes: &[u8]) -> Script {
    Script::new().read_request().write(bytes)
}

/// The head of a reply, with the empty line, and its body.
fn split(reply: &Reply) -> (Vec<u8>, Vec<u8>) {
    let bytes = reply.bytes();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end + 4));
    (head.to_vec(), body.to_vec())
}

/// The same head, with chunks announced instead of a length.
fn chunked_head(head: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(head);
    let kept = text.split("\r\n").filter(|line| {
        !line.is_empty() && !line.to_ascii_lowercase().starts_with("content-length")
    });
    let mut head: String = kept.map(|line| format!("{line}\r\n")).collect();
    head.push_str("transfer-encoding: chunked\r\n\r\n");
    head.into_bytes()
}

fn chunk_of(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend(bytes);
    chunk.extend(b"\r\n");
    chunk
}
