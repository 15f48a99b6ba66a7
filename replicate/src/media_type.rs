//! Media types: by file name, and by the first bytes of a file.

/// The type of a file of which nothing is known.
pub(crate) const UNKNOWN: &str = "application/octet-stream";

const TYPES: &[(&str, &str)] = &[
    ("aac", "audio/aac"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("bz2", "application/x-bzip2"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("jsonl", "application/jsonl"),
    ("m4a", "audio/mp4"),
    ("md", "text/markdown"),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mkv", "video/x-matroska"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("obj", "model/obj"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/opus"),
    ("pdf", "application/pdf"),
    ("ply", "model/ply"),
    ("png", "image/png"),
    ("stl", "model/stl"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
];

/// The media type of a file with this name, by its extension.
pub(crate) fn of_name(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let at = TYPES
        .binary_search_by(|(known, _)| (*known).cmp(extension.as_str()))
        .ok()?;
    Some(TYPES[at].1)
}

/// The usual extension of a media type, without its dot.
pub(crate) fn extension(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpeg" => Some("jpg"),
        "text/html" => Some("html"),
        "image/tiff" => Some("tiff"),
        "audio/x-wav" => Some("wav"),
        _ => TYPES
            .iter()
            .find(|(_, known)| *known == essence.as_str())
            .map(|(extension, _)| *extension),
    }
}

/// Maximum number of bytes that [`from_content`] needs.
pub(crate) const SNIFFED_BYTES: usize = 16;

/// The media type of a file that begins with `content`, for the types that models produce.
pub(crate) fn from_content(content: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| {
        content
            .get(offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    let starts: &[(&[u8], &'static str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"%PDF-", "application/pdf"),
        (b"glTF", "model/gltf-binary"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xfb", "audio/mpeg"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
    ];
    if let Some((_, found)) = starts.iter().find(|(magic, _)| at(0, magic)) {
        return Some(found);
    }
    if at(0, b"RIFF") {
        return match content.get(8..12)? {
            b"WEBP" => Some("image/webp"),
            b"WAVE" => Some("audio/wav"),
            b"AVI " => Some("video/x-msvideo"),
            _ => None,
        };
    }
    if at(4, b"ftyp") {
        return match content.get(8..12)? {
            b"avif" | b"avis" => Some("image/avif"),
            b"heic" | b"heix" | b"mif1" => Some("image/heic"),
            b"qt  " => Some("video/quicktime"),
            b"M4A " => Some("audio/mp4"),
            _ => Some("video/mp4"),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_in_any_case() {
        assert_eq!(of_name("a.b/Photo.JPG"), Some("image/jpeg"));
        assert_eq!(of_name("out-0.png"), Some("image/png"));
        assert_eq!(of_name("data.unknown"), None);
        assert_eq!(of_name("png"), None);
    }

    #[test]
    fn every_extension_is_found() {
        assert!(TYPES.is_sorted());
        assert!(
            TYPES
                .iter()
                .all(|(name, kind)| of_name(&format!("x.{name}")) == Some(kind))
        );
        assert_eq!(extension("image/jpeg; q=1"), Some("jpg"));
        assert_eq!(extension("x/y"), None);
    }

    #[test]
    fn content_type_is_detected_from_the_first_bytes() {
        for (content, media_type) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], Some("image/png")),
            (b"RIFF$\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF$\0\0\0WAVEfmt ", Some("audio/wav")),
            (b"\0\0\0\x18ftypisom", Some("video/mp4")),
            (b"\0\0\0\x18ftypavif", Some("image/avif")),
            (b"glTF\x02\0\0\0", Some("model/gltf-binary")),
            (b"RIFF", None),
            (b"text", None),
            (b"", None),
        ] {
            assert_eq!(from_content(content), media_type, "{content:?}");
            let extension = media_type.and_then(extension);
            assert_eq!(extension.is_some(), media_type.is_some());
        }
    }
}
