//! SVG: recognized by its root element, sized by `width`, `height` and `viewBox`.
//!
//! A document type is passed over and never fetched; what it declares is not expanded, so that none
//! of it can matter.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::domain::asset::{Content, Dimensions};

const MEDIA_TYPE: &str = "image/svg+xml";
/// The size browsers give up at is far below this; larger claims are no size.
const LARGEST: f64 = 2_147_483_647.0;

/// Whether the first byte that is not a byte order mark or white space opens a tag.
pub(super) fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.trim_ascii_start().starts_with(b"<")
}

/// The content if the text's root element is `svg`, and a document type that declares something has
/// that name too.
pub(super) fn content(bytes: &[u8]) -> Option<Content> {
    let text = bytes.utf8_chunks().next()?.valid();
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    loop {
        let dimensions = match reader.read_event().ok()? {
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => continue,
            Event::Text(text) if text.trim_ascii().is_empty() => continue,
            Event::DocType(named) if !named.contains('[') || names_svg(&named) => continue,
            Event::Start(root) | Event::Empty(root) if root.local_name().as_ref() == "svg" => {
                dimensions(&root)
            }
            _ => return None,
        };
        return Some(Content { media_type: MEDIA_TYPE.to_owned(), dimensions });
    }
}

fn names_svg(document_type: &str) -> bool {
    document_type.split(|c: char| c.is_ascii_whitespace() || c == '[').next() == Some("svg")
}

fn dimensions(root: &BytesStart<'_>) -> Option<Dimensions> {
    let attribute = |name: &str| root.try_get_attribute(name).ok().flatten().map(|a| a.value);
    let width = attribute("width").and_then(|value| pixels(&value));
    let height = attribute("height").and_then(|value| pixels(&value));
    let shape = attribute("viewBox").and_then(|value| view_box(&value));
    let (width, height) = match (width, height, shape) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((w, h))) => (width, width * h / w),
        (None, Some(height), Some((w, h))) => (height * w / h, height),
        (None, None, Some(shape)) => shape,
        _ => return None,
    };
    Some(Dimensions { width: whole(width)?, height: whole(height)? })
}

/// A CSS length in pixels, at the fixed ratios of CSS (96 pixels to the inch). A length that
/// depends on where it is shown (`%`, `em`) is none.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let unit_at = length.find(|c: char| c.is_ascii_alphabetic() || c == '%');
    let (number, unit) = length.split_at(unit_at.unwrap_or(length.len()));
    let ratio = match unit {
        "" | "px" => 1.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        _ => return None,
    };
    positive(number).map(|number| number * ratio)
}

/// Width and height of `min-x min-y width height`.
fn view_box(value: &str) -> Option<(f64, f64)> {
    let mut numbers = value.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
    let size = (positive(numbers.nth(2)?)?, positive(numbers.next()?)?);
    numbers.next().is_none().then_some(size)
}

fn positive(number: &str) -> Option<f64> {
    number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// Rounded to whole pixels, at least one.
fn whole(pixels: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the value is checked to lie between 0 and the largest size"
    )]
    (pixels.is_finite() && pixels <= LARGEST).then(|| pixels.round().max(1.0) as u32)
}
