//! What a file's own bytes say: its media type, for pictures the size in the header, and what it
//! claims about itself.
//!
//! Nothing a file claims is expanded, and memory and reads are bounded whatever the bytes are. No
//! pixel is decoded but by [`pixels()`], which is asked for it alone.

mod bounded;
mod claims;
mod containers;
mod found;
mod jpeg;
mod packets;
mod picture;
mod pixels;
mod prompts;
mod source;
mod svg;
mod trust;

pub use claims::{Container, read_claims, read_claims_as};
pub use pixels::{has_pixels, pixels};
pub use trust::Trust;

use std::io::{Read, Seek, SeekFrom};

use crate::domain::asset::Content;
use crate::domain::claims::Claims;

/// What the type matchers see of a file.
const HEAD: u64 = 8 * 1024;
/// What is read of a text that may be an SVG.
const MARKUP: u64 = 64 * 1024;

/// The type of what nothing is known about.
const UNKNOWN: &str = "application/octet-stream";

/// Tells type and dimensions by content; the file's name plays no part.
///
/// A picture is only called one if its header can be read as that kind: a script that begins with
/// the magic bytes of a picture is `application/octet-stream`. A read error counts as the end of
/// the file.
pub fn sniff(source: &mut (impl Read + Seek)) -> Content {
    let head = head_of(source, HEAD);
    if svg::is_markup(&head)
        && let Some(content) = svg::content(&head_of(source, MARKUP))
    {
        return content;
    }
    match infer::get(&head) {
        Some(kind) if kind.matcher_type() == infer::MatcherType::Image => {
            picture::content(kind.mime_type(), &head, source).unwrap_or_else(unknown)
        }
        Some(kind) => Content { media_type: kind.mime_type().to_owned(), dimensions: None },
        None => unknown(),
    }
}

/// Whether the bytes are those of a picture, a film or a sound, or begin as those of a picture and
/// are broken behind that.
pub fn is_media(source: &mut (impl Read + Seek)) -> bool {
    use Container::{Gif, IsoBmff, Jpeg, Png, Tiff, WebP};
    let kind = Container::of(&head_of(source, 512));
    matches!(kind, Some(Jpeg | Png | WebP | IsoBmff | Tiff | Gif))
        || ["image/", "video/", "audio/"]
            .iter()
            .any(|kind| sniff(source).media_type.starts_with(kind))
}

/// [`sniff`] and [`read_claims`] of one file, and whether its content credentials hold.
pub fn look(
    source: &mut (impl Read + Seek + Send),
    trust: &Trust,
) -> (Content, Option<Box<Claims>>) {
    let content = sniff(source);
    let mut claims = read_claims(source).map(Box::new);
    let credentials = claims.as_mut().and_then(|claims| claims.credentials.as_mut());
    if let Some(credentials) = credentials.filter(|credentials| credentials.embedded) {
        credentials.validity = trust.verdict(&content.media_type, source);
    }
    (content, claims)
}

fn unknown() -> Content {
    Content { media_type: UNKNOWN.to_owned(), dimensions: None }
}

/// Up to `limit` bytes from the start; fewer if reading fails on the way.
fn head_of(source: &mut (impl Read + Seek), limit: u64) -> Vec<u8> {
    let mut head = Vec::new();
    if source.seek(SeekFrom::Start(0)).is_ok() {
        let _what_was_read_counts = source.take(limit).read_to_end(&mut head);
    }
    head
}

#[cfg(test)]
mod tests;
