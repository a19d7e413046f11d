//! Text that came from outside, made safe to show.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::iter::successors;

/// The bytes as text that cannot steer a terminal or reorder a line.
///
/// Control characters (C0, C1, DEL), bidirectional controls, zero-width and tag characters become
/// `\u{…}`, bytes that are not UTF-8 become `\xNN`. A backslash stays as it is.
pub fn printable(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return printable_text(text);
    }
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push_printable(&mut shown, chunk.valid());
        for byte in chunk.invalid() {
            let _infallible = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// [`printable`] for text that is already UTF-8.
pub fn printable_text(text: &str) -> String {
    shown(text).into_owned()
}

/// [`printable_text`], without a copy where the text is that already.
pub fn shown(text: &str) -> Cow<'_, str> {
    // Most of what is shown is, and a listing shows millions of texts.
    if is_plain(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    push_printable(&mut shown, text);
    Cow::Owned(shown)
}

/// Whether there are only letters, digits and signs of ASCII, and spaces.
pub fn is_plain(bytes: &[u8]) -> bool {
    !has_byte(bytes, |byte| !matches!(byte, b' '..=b'~'))
}

/// Whether there is such a byte. It looks to the end in any case: that is many bytes at a time.
pub fn has_byte(bytes: &[u8], is_one: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(false, |found, byte| found | is_one(*byte))
}

/// How many such bytes there are. Counts that fit a byte are made of many at a time.
pub fn count_bytes(bytes: &[u8], is_one: impl Fn(u8) -> bool) -> usize {
    let few = bytes.chunks(usize::from(u8::MAX));
    let counts = few.map(|few| few.iter().map(|byte| u8::from(is_one(*byte))).sum::<u8>());
    counts.map(usize::from).sum()
}

fn push_printable(shown: &mut String, mut text: &str) {
    while !text.is_empty() {
        let plain = text.bytes().take_while(|byte| matches!(byte, b' '..=b'~')).count();
        let (run, rest) = text.split_at_checked(plain).unwrap_or((text, ""));
        shown.push_str(run);
        let mut rest = rest.chars();
        match rest.next() {
            Some(character) if is_unsafe_to_show(character) => {
                shown.extend(character.escape_unicode());
            }
            character => shown.extend(character),
        }
        text = rest.as_str();
    }
}

/// Whether the character can move the cursor, hide, or change the order of what is around it.
pub fn is_unsafe_to_show(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the text can be a name in a key or a list: letters and digits of any script, `-`, `_`
/// and `.`, at most 200 bytes.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !text.is_empty() && text.len() <= 200 && text.chars().all(fits)
}

/// The message with its causes.
pub fn with_causes(error: &dyn Error) -> String {
    let causes = successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}

/// `1 file`, `2 files`: the count with the word in its number.
pub fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_bidi_controls_are_written_out() {
        assert_eq!(printable(b"\x1b[31mred"), "\\u{1b}[31mred");
        assert_eq!(printable("\u{202e}gnp.exe".as_bytes()), "\\u{202e}gnp.exe");
        assert_eq!(printable(b"caf\xe9.png"), "caf\\xe9.png");
        assert_eq!(printable("日本 café".as_bytes()), "日本 café");
    }

    proptest! {
        #[test]
        fn bytes_are_found_and_counted_in_texts_of_any_length(text in "[ab]{0,9}|[ab]{250,800}") {
            let expected = text.matches('a').count();
            prop_assert_eq!(count_bytes(text.as_bytes(), |byte| byte == b'a'), expected);
            prop_assert_eq!(has_byte(text.as_bytes(), |byte| byte == b'a'), expected > 0);
        }

        #[test]
        fn what_is_unsafe_is_escaped_and_the_rest_stays_in_its_order(
            text in "[a-z ~\u{7f}\u{0}-\u{1f}\u{200b}-\u{202e}é茶]{0,40}|\\PC{0,20}|(?s:.{0,40})",
        ) {
            let escaped = |c: char| {
                if is_unsafe_to_show(c) { c.escape_unicode().to_string() } else { c.to_string() }
            };
            let expected: String = text.chars().map(escaped).collect();
            prop_assert_eq!(printable(text.as_bytes()), expected);
        }
    }
}
