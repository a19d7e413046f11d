//! The few rules of XML that the parser leaves to its caller.

use quick_xml::events::attributes::Attributes;

use super::scrub::is_allowed;

/// XML 1.0, section 2.3, taking every character beyond ASCII for one of a name.
pub(super) fn is_name(text: &str) -> bool {
    let goes_on =
        |byte| is_name_start(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    text.bytes().next().is_some_and(is_name_start) && text.bytes().all(goes_on)
}

/// Whether the byte, or the character that begins with it, may begin a name.
pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii()
}

/// What stands between `<?` and `?>` of an XML declaration (XML 1.0, section 2.8).
pub(super) fn is_declaration(text: &str) -> bool {
    let mut keys = Vec::new();
    for attribute in Attributes::new(text, "xml".len()) {
        let Ok(attribute) = attribute else { return false };
        keys.push(attribute.key.as_ref().to_owned());
    }
    let optional = ["encoding", "standalone"];
    match keys.split_first() {
        Some((version, rest)) if version == "version" => {
            rest.iter().map(String::as_str).eq(optional)
                || optional.iter().any(|key| rest == [*key])
                || rest.is_empty()
        }
        _ => false,
    }
}

/// The character behind one of XML's five entities or a number; nothing else is expanded.
pub(super) fn resolve(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => resolve_number(entity.strip_prefix('#')?),
    }
}

fn resolve_number(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|character| is_allowed(*character))
}

/// XML 1.0, section 2.11: every line end is a line feed.
pub(super) fn unix_lines(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

/// How many line feeds there are. Counts in pieces that a byte can count, which is fast.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    let count = |piece: &[u8]| piece.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|piece| u64::from(count(piece))).sum()
}
