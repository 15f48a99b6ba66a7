//! Media types by file name, for what models take and give.

/// What a file is taken for when nothing tells.
#[cfg(feature = "files")]
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
    let essence = media_type.split(';').next()?.trim();
    match essence {
        "image/jpeg" => Some("jpg"),
        "text/html" => Some("html"),
        "image/tiff" => Some("tiff"),
        "audio/x-wav" => Some("wav"),
        _ => TYPES
            .iter()
            .find(|(_, known)| *known == essence)
            .map(|(extension, _)| *extension),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_whatever_its_case() {
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
}
