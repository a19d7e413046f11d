//! What a file's name says about where it comes from. A name alone proves nothing.

use crate::domain::asset::Dimensions;
use crate::domain::path::stem_and_extension;

/// The formats that WordPress makes renditions of or into, and PDF, of which it makes previews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Format {
    Heif,
    Jpeg,
    Png,
    Gif,
    Bmp,
    Tiff,
    Webp,
    Avif,
    Pdf,
}

impl Format {
    pub(super) const PICTURES: [Self; 8] = [
        Self::Heif,
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Bmp,
        Self::Tiff,
        Self::Webp,
        Self::Avif,
    ];

    fn of(extension: &[u8]) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_slice() {
            b"heic" | b"heif" => Self::Heif,
            b"jpg" | b"jpeg" | b"jpe" | b"jfif" => Self::Jpeg,
            b"png" => Self::Png,
            b"gif" => Self::Gif,
            b"bmp" => Self::Bmp,
            b"tif" | b"tiff" => Self::Tiff,
            b"webp" => Self::Webp,
            b"avif" => Self::Avif,
            b"pdf" => Self::Pdf,
            _ => return None,
        })
    }

    /// The formats whose pictures this one stands beside as a twin, likeliest first.
    ///
    /// Converters write WebP and AVIF; WordPress 6.7 and later writes a JPEG beside an HEIC upload.
    pub(super) fn twin_of(self) -> &'static [&'static [Self]] {
        const CLASSIC: &[Format] =
            &[Format::Jpeg, Format::Png, Format::Gif, Format::Bmp, Format::Tiff];
        const HEIF: &[Format] = &[Format::Heif];
        match self {
            Self::Avif => &[CLASSIC, HEIF, &[Format::Webp]],
            Self::Webp => &[CLASSIC, HEIF],
            Self::Jpeg => &[HEIF],
            _ => &[],
        }
    }
}

/// The end of a stem that WordPress, or a plugin for sharper screens, puts there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffix {
    /// `-300x200`.
    Size(Dimensions),
    /// `-300x200@2x`: the pixels that it announces are twice those written.
    DoubleSize(Dimensions),
    /// `@2x` of the base itself.
    Double,
    Scaled,
    Rotated,
    /// `-e` and 13 digits: seconds since 1970 and three random digits.
    Edited,
    /// `-pdf`, or `-pdf-1` if that name was taken: the first page of the PDF.
    Preview,
}

/// Kinds of suffix, as far as looking files up needs them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The whole stem, whatever it ends with.
    Whole,
    /// The whole stem before a second extension: `x.jpg.webp`.
    Appended,
    Size,
    Double,
    Scaled,
    Rotated,
    Edited,
    Preview,
}

impl Suffix {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Size(_) => Kind::Size,
            Self::DoubleSize(_) | Self::Double => Kind::Double,
            Self::Scaled => Kind::Scaled,
            Self::Rotated => Kind::Rotated,
            Self::Edited => Kind::Edited,
            Self::Preview => Kind::Preview,
        }
    }
}

/// A name taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    /// Without its extension, or without both in `x.jpg.webp`.
    pub(super) stem: &'a [u8],
    /// The extension to look for in a base: `jpg` in `x.jpg` and in `x.jpg.webp`.
    pub(super) extension: &'a [u8],
    /// Whether a second extension follows.
    pub(super) appended: bool,
    /// Of `extension`.
    pub(super) format: Option<Format>,
    /// The stem before the suffix, and the suffix.
    pub(super) suffix: Option<(&'a [u8], Suffix)>,
}

impl<'a> Name<'a> {
    pub(super) fn parse(name: &'a [u8]) -> Self {
        let (outer_stem, outer) = stem_and_extension(name);
        let (inner_stem, inner) = stem_and_extension(outer_stem);
        let converted = matches!(Format::of(outer), Some(Format::Webp | Format::Avif));
        let appended = converted && Format::of(inner).is_some_and(|inner| inner != Format::Pdf);
        let (stem, extension) = if appended { (inner_stem, inner) } else { (outer_stem, outer) };
        let format = Format::of(extension);
        let suffix = if format.is_some() { suffix(stem) } else { None };
        Self { stem, extension, appended, format, suffix }
    }
}

/// Splits the last suffix off a stem. What is before it is never empty.
pub(super) fn suffix(stem: &[u8]) -> Option<(&[u8], Suffix)> {
    let (base, suffix) = if let Some(single) = stem.strip_suffix(b"@2x") {
        match size(single) {
            Some((base, pixels)) => (base, Suffix::DoubleSize(pixels)),
            None => (single, Suffix::Double),
        }
    } else if let Some((base, pixels)) = size(stem) {
        (base, Suffix::Size(pixels))
    } else if let Some(base) = stem.strip_suffix(b"-scaled") {
        (base, Suffix::Scaled)
    } else if let Some(base) = stem.strip_suffix(b"-rotated") {
        (base, Suffix::Rotated)
    } else if let Some(base) = unedited(stem) {
        (base, Suffix::Edited)
    } else {
        (before_preview(stem)?, Suffix::Preview)
    };
    (!base.is_empty()).then_some((base, suffix))
}

/// The stem before `-e` and exactly 13 digits.
pub(super) fn unedited(stem: &[u8]) -> Option<&[u8]> {
    let (rest, digits) = stem.split_at_checked(stem.len().checked_sub(13)?)?;
    let base = rest.strip_suffix(b"-e")?;
    digits.iter().all(u8::is_ascii_digit).then_some(base)
}

/// The stem before `-300x200`, and the size.
fn size(stem: &[u8]) -> Option<(&[u8], Dimensions)> {
    let at = stem.iter().rposition(|byte| *byte == b'-')?;
    let (base, written) = stem.split_at_checked(at)?;
    let written = std::str::from_utf8(written.strip_prefix(b"-")?).ok()?;
    let (width, height) = written.split_once('x')?;
    Some((base, Dimensions { width: pixels(width)?, height: pixels(height)? }))
}

/// A count of pixels as WordPress writes it: no sign, no leading zero, not more than six digits.
fn pixels(text: &str) -> Option<u32> {
    let plain = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && !text.starts_with('0')).then(|| text.parse().ok()).flatten()
}

/// The stem before `-pdf` or `-pdf-1`.
fn before_preview(stem: &[u8]) -> Option<&[u8]> {
    let unnumbered = stem.iter().rposition(|byte| !byte.is_ascii_digit()).and_then(|last| {
        let numbered = last + 1 < stem.len() && stem.get(last) == Some(&b'-');
        numbered.then(|| stem.get(..last)).flatten()
    });
    unnumbered.unwrap_or(stem).strip_suffix(b"-pdf")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of(width: u32, height: u32) -> Suffix {
        Suffix::Size(Dimensions { width, height })
    }

    #[test]
    fn suffixes_are_those_that_wordpress_writes() {
        let cases: &[(&str, Option<(&str, Suffix)>)] = &[
            ("x-300x200", Some(("x", size_of(300, 200)))),
            ("x-300x200-150x150", Some(("x-300x200", size_of(150, 150)))),
            ("x-e1746759125951-300x200", Some(("x-e1746759125951", size_of(300, 200)))),
            (
                "x-300x200@2x",
                Some(("x", Suffix::DoubleSize(Dimensions { width: 300, height: 200 }))),
            ),
            ("x@2x", Some(("x", Suffix::Double))),
            ("x-scaled", Some(("x", Suffix::Scaled))),
            ("x-scaled-e1746759125951", Some(("x-scaled", Suffix::Edited))),
            ("x-rotated", Some(("x", Suffix::Rotated))),
            ("x-rotated-1", None),
            ("brief-pdf", Some(("brief", Suffix::Preview))),
            ("brief-pdf-12", Some(("brief", Suffix::Preview))),
            ("brief-pdf-", None),
            ("x-e174675912595", None),
            ("x-e17467591259511", None),
            ("x-e174675912595a", None),
            ("x-0300x200", None),
            ("x-300x0", None),
            ("x-300", None),
            ("x-300x", None),
            ("x-+300x200", None),
            ("x-1234567x200", None),
            ("x300x200", None),
            ("x-300X200", None),
            ("tiny-1", None),
            ("-300x200", None),
            ("@2x", None),
            ("-scaled", None),
            ("", None),
        ];
        for (stem, expected) in cases {
            let expected = expected.map(|(base, suffix)| (base.as_bytes(), suffix));
            assert_eq!(suffix(stem.as_bytes()), expected, "{stem}");
        }
    }

    #[test]
    fn a_second_extension_counts_only_after_a_picture() {
        let cases: &[(&str, &str, &str, bool)] = &[
            ("x.jpg.webp", "x", "jpg", true),
            ("x.PNG.AVIF", "x", "PNG", true),
            ("x.jpg.png", "x.jpg", "png", false),
            ("x.pdf.webp", "x.pdf", "webp", false),
            ("v1.2.webp", "v1.2", "webp", false),
            (".jpg.webp", ".jpg", "webp", false),
            ("x", "x", "", false),
        ];
        for (name, stem, extension, appended) in cases {
            let parsed = Name::parse(name.as_bytes());
            let found = (parsed.stem, parsed.extension, parsed.appended);
            assert_eq!(found, (stem.as_bytes(), extension.as_bytes(), *appended), "{name}");
        }
    }
}
