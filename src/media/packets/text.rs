//! Texts as bytes: which encoding they are in, and what they are packed in.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use quick_xml::events::{BytesRef, Event};

/// What unpacking came to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::media) enum Inflated {
    Whole(Vec<u8>),
    TooLong,
    Broken,
}

/// Unpacks at most `limit` bytes.
pub(in crate::media) fn inflate(deflated: &[u8], limit: u64) -> Inflated {
    let mut bytes = Vec::new();
    let read = ZlibDecoder::new(deflated).take(limit + 1).read_to_end(&mut bytes);
    match read {
        Ok(_) if bytes.len() as u64 > limit => Inflated::TooLong,
        Ok(_) => Inflated::Whole(bytes),
        Err(_) => Inflated::Broken,
    }
}

/// UTF-8 if it is that but for a few bytes, else Windows-1252, which holds Latin-1.
pub(in crate::media) fn decode(bytes: &[u8]) -> String {
    match String::from_utf8_lossy(bytes) {
        Cow::Owned(_) if !is_mostly_utf8(bytes) => {
            bytes.iter().copied().map(windows_1252).collect()
        }
        text => text.into_owned(),
    }
}

/// Whether more of the bytes beyond ASCII belong to characters of UTF-8 than not.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let beyond_ascii = |text: &str| text.bytes().filter(|byte| !byte.is_ascii()).count();
    let (valid, broken) = bytes.utf8_chunks().fold((0, 0), |(valid, broken), chunk| {
        (valid + beyond_ascii(chunk.valid()), broken + chunk.invalid().len())
    });
    valid > broken
}

/// Windows-1252; the five bytes without a meaning there are control characters.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let high = byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)));
    high.copied().unwrap_or(char::from(byte))
}

/// UTF-16 of either byte order; broken pairs are replaced.
pub(in crate::media) fn utf16(bytes: &[u8], order: Order) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied());
    let units = units.map(|pair| match order {
        Order::BigEndian => u16::from_be_bytes(pair),
        Order::LittleEndian => u16::from_le_bytes(pair),
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Order {
    BigEndian,
    LittleEndian,
}

/// Markup in UTF-8, UTF-16 or UTF-32, told by its first bytes (XML 1.0, appendix F).
pub(in crate::media) fn decode_markup(bytes: &[u8]) -> String {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => utf32(bytes, u32::from_be_bytes),
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, Order::BigEndian),
        [0xff, 0xfe, rest @ ..] => utf16(rest, Order::LittleEndian),
        [0, b'<', ..] => utf16(bytes, Order::BigEndian),
        [b'<', 0, ..] => utf16(bytes, Order::LittleEndian),
        _ => decode(bytes),
    }
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let units = bytes.chunks_exact(4).filter_map(|four| four.first_chunk().copied());
    let characters = units.map(|four| char::from_u32(unit(four)));
    let shown = characters.map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER));
    shown.filter(|character| *character != '\u{feff}').collect()
}

/// Adds what the event says as text: character data, references to characters, and the entities
/// that XML itself knows. Any other entity stays as it is written, and is never expanded.
pub(in crate::media) fn push_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(part) => text.push_str(part),
        Event::CData(part) => text.push_str(part),
        Event::GeneralRef(reference) => push_reference(text, reference),
        _ => {}
    }
}

fn push_reference(text: &mut String, reference: &BytesRef<'_>) {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => text.push(character),
        Ok(None) => match quick_xml::escape::resolve_predefined_entity(reference) {
            Some(known) => text.push_str(known),
            None => text.extend(["&", reference, ";"]),
        },
        Err(_) => {}
    }
}

/// The value of an attribute, with its references as in [`push_text`] and its line ends as written.
pub(in crate::media) fn attribute_value(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let end = after.find(|c: char| c == ';' || c == '&' || c.is_whitespace());
        rest = match end.and_then(|end| after.split_at_checked(end)) {
            Some((name, behind)) if behind.starts_with(';') => {
                push_reference(&mut text, &BytesRef::new(name));
                behind.get(1..).unwrap_or_default()
            }
            _ => {
                text.push('&');
                after
            }
        };
    }
    text + rest
}

/// The bytes of a profile written as `\nname\n   length\nhexadecimal digits`; what stands behind as
/// many digits as the length asks for is no part of it.
pub(in crate::media) fn unhex_profile(value: &[u8]) -> Option<Vec<u8>> {
    let mut lines = value.splitn(4, |byte| *byte == b'\n');
    let (_blank, _name) = (lines.next()?, lines.next()?);
    let length = std::str::from_utf8(lines.next()?).ok()?.trim().parse().ok()?;
    let digits = lines.next()?.iter().filter(|byte| !byte.is_ascii_whitespace());
    let mut digits = digits.map_while(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.push(u8::try_from(digits.next()? * 16 + digits.next()?).ok()?);
    }
    Some(bytes)
}

/// The bytes that base64 stands for; what is no such digit is passed over.
pub(in crate::media) fn unbase64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    });
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::with_capacity(text.len() / 4 * 3));
    for digit in digits {
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.extend((bits >> count & 0xff).to_be_bytes().last());
        }
    }
    bytes
}

/// Without white space and NULs at either end, with every line end as `\n`; `None` if nothing is
/// left.
pub(in crate::media) fn tidy(text: &str) -> Option<String> {
    let tidy = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let tidy = if tidy.contains('\r') {
        tidy.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        tidy.to_owned()
    };
    (!tidy.is_empty()).then_some(tidy)
}
