//! Media types by content, and the extensions that fit them.

use crate::domain::path::RelPath;

/// MIME types with their extensions, the usual one first. Sorted.
#[rustfmt::skip]
const MEDIA_TYPES: &[(&str, &[&str])] = &[
    ("application/pdf", &["pdf", "ai"]),
    ("audio/aac", &["aac"]),
    ("audio/flac", &["flac"]),
    ("audio/m4a", &["m4a", "mp4"]),
    ("audio/midi", &["mid", "midi"]),
    ("audio/mp4", &["m4a", "mp4"]),
    ("audio/mpeg", &["mp3", "mpga"]),
    ("audio/ogg", &["ogg", "oga", "opus"]),
    ("audio/wav", &["wav"]),
    ("audio/x-flac", &["flac"]),
    ("audio/x-wav", &["wav"]),
    ("image/avif", &["avif"]),
    ("image/bmp", &["bmp"]),
    ("image/gif", &["gif"]),
    ("image/heic", &["heic", "heif", "hif"]),
    ("image/heif", &["heif", "heic", "hif"]),
    ("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
    ("image/jxl", &["jxl"]),
    ("image/png", &["png", "apng"]),
    ("image/svg+xml", &["svg"]),
    ("image/tiff", &["tif", "tiff"]),
    ("image/vnd.adobe.photoshop", &["psd"]),
    ("image/vnd.microsoft.icon", &["ico"]),
    ("image/webp", &["webp"]),
    ("image/x-icon", &["ico"]),
    ("video/mp4", &["mp4", "m4v", "mov"]),
    ("video/mpeg", &["mpeg", "mpg"]),
    ("video/ogg", &["ogv", "ogg"]),
    ("video/quicktime", &["mov", "qt"]),
    ("video/webm", &["webm"]),
    ("video/x-m4v", &["m4v", "mp4"]),
    ("video/x-matroska", &["mkv", "webm"]),
    ("video/x-msvideo", &["avi"]),
];

/// The lower-case extensions that fit a media type, the usual one first; `None` for a type that
/// is not in the list, about which nothing is claimed.
pub(super) fn extensions_of(media_type: &str) -> Option<&'static [&'static str]> {
    // Most are told apart by their length, so this is faster than a search in their order.
    let known = MEDIA_TYPES.iter().find(|(known, _)| *known == media_type);
    known.map(|(_, extensions)| *extensions)
}

/// The media type that usually goes with the name's extension.
pub fn media_type_of_name(path: &RelPath) -> Option<&'static str> {
    let extension = String::from_utf8_lossy(path.extension()).to_lowercase();
    let fits = |(_, extensions): &&(&str, &[&str])| extensions.contains(&extension.as_str());
    MEDIA_TYPES.iter().find(fits).map(|(media_type, _)| *media_type)
}

/// Whether a lower-case extension belongs to media. `ai` is left out: it is also a domain.
pub(super) fn is_extension_of_media(extension: &str) -> bool {
    extension != "ai" && MEDIA_TYPES.iter().any(|(_, known)| known.contains(&extension))
}

/// Whether a media type is a picture, a video, a sound or a PDF.
pub(super) fn is_media(media_type: &str) -> bool {
    let kind = media_type.split('/').next().unwrap_or_default();
    matches!(kind, "image" | "video" | "audio") || media_type == "application/pdf"
}

/// Whether a media type says that nothing was recognized.
pub(super) fn is_unknown(media_type: &str) -> bool {
    media_type.is_empty() || media_type == "application/octet-stream"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_listed_once_and_found_by_eye() {
        assert!(MEDIA_TYPES.is_sorted());
    }
}
