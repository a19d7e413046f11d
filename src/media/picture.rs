//! Pictures: what the magic bytes promise must be what the header holds.

use std::io::{BufReader, Read, Seek};

use imagesize::ImageType;

use super::bounded::Bounded;
use super::jpeg;
use crate::domain::asset::{Content, Dimensions};

/// Small, because a header is read in small steps with seeks between them.
const BUFFER: usize = 512;

/// The content if the header agrees with `media_type`, which the magic bytes gave.
pub(super) fn content(
    media_type: &str,
    head: &[u8],
    source: &mut (impl Read + Seek),
) -> Option<Content> {
    let mut reader = BufReader::with_capacity(BUFFER, Bounded::new(source).ok()?);
    let kind = imagesize::reader_type(&mut reader).ok()?;
    if !agrees(media_type, kind) || !begins_well(kind, head) {
        return None;
    }
    let dimensions = match kind {
        ImageType::Bmp => bitmap_dimensions(head),
        ImageType::Jpeg => {
            let (height, width) = jpeg::frame_size(&mut reader).ok()??;
            dimensions(width.into(), height.into())
        }
        _ => {
            let size = kind.reader_size(&mut reader).ok()?;
            dimensions(size.width, size.height)
        }
    };
    Some(Content { media_type: media_type.to_owned(), dimensions })
}

/// A picture without width or height has no dimensions; any other size is kept as claimed.
fn dimensions(width: usize, height: usize) -> Option<Dimensions> {
    let width = u32::try_from(width).ok().filter(|width| *width > 0)?;
    let height = u32::try_from(height).ok().filter(|height| *height > 0)?;
    Some(Dimensions { width, height })
}

fn agrees(media_type: &str, kind: ImageType) -> bool {
    matches!(
        (media_type, kind),
        ("image/jpeg", ImageType::Jpeg)
            | ("image/png", ImageType::Png)
            | ("image/gif", ImageType::Gif)
            | ("image/webp", ImageType::Webp)
            | ("image/avif" | "image/heif", ImageType::Heif(_))
            | ("image/tiff", ImageType::Tiff)
            | ("image/bmp", ImageType::Bmp)
            | ("image/vnd.microsoft.icon", ImageType::Ico)
            | ("image/jxl", ImageType::Jxl)
            | ("image/vnd.adobe.photoshop", ImageType::Psd)
    )
}

/// Whether more than the magic bytes is right, for the kinds whose size stands at a fixed place:
/// there any text after two to six magic bytes would read as a size.
fn begins_well(kind: ImageType, head: &[u8]) -> bool {
    match kind {
        ImageType::Png => {
            head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0d") && head.get(12..16) == Some(b"IHDR")
        }
        ImageType::Gif => {
            let version = head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a");
            version && matches!(first_gif_block(head), None | Some(b'!' | b',' | b';'))
        }
        ImageType::Bmp => bitmap_header_bytes(head).is_some(),
        ImageType::Ico => matches!(head, [0, 0, 1, 0, 1..=255, 0, _, _, _, 0, ..]),
        _ => true,
    }
}

/// The byte that introduces the first block after the global color table, if the head has it.
fn first_gif_block(head: &[u8]) -> Option<u8> {
    let packed = *head.get(10)?;
    let table = if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) };
    head.get(13 + table).copied()
}

/// How long a bitmap says its second header is, if that is a known length.
fn bitmap_header_bytes(head: &[u8]) -> Option<u32> {
    let bytes = u32::from_le_bytes(*head.get(14..)?.first_chunk()?);
    matches!(bytes, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124).then_some(bytes)
}

/// The oldest header has 16 bit sizes; in the others a negative height means top-down.
fn bitmap_dimensions(head: &[u8]) -> Option<Dimensions> {
    let sizes = head.get(18..)?;
    let (width, height) = if bitmap_header_bytes(head)? == 12 {
        let [a, b, c, d] = *sizes.first_chunk()?;
        (u32::from(u16::from_le_bytes([a, b])), u32::from(u16::from_le_bytes([c, d])))
    } else {
        let height = i32::from_le_bytes(*sizes.get(4..)?.first_chunk()?);
        (u32::from_le_bytes(*sizes.first_chunk()?), height.unsigned_abs())
    };
    (width > 0 && height > 0).then_some(Dimensions { width, height })
}
