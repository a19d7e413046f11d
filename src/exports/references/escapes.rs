//! Undoes the escapes that a text may wear, one layer at a time.

/// Undoes one layer of what JSON and PHP put before slashes and quotes: `\/`, `\"`, `\u00e9`.
pub(super) fn without_backslashes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut characters = after.chars();
        rest = match characters.next() {
            Some('u') => match unicode(after) {
                Some((character, length)) => {
                    plain.push(character);
                    after.get(length..).unwrap_or_default()
                }
                None => after,
            },
            Some(blank @ ('n' | 'r' | 't')) => {
                plain.push(if blank == 't' { '\t' } else { '\n' });
                characters.as_str()
            }
            Some(escaped) => {
                plain.push(escaped);
                characters.as_str()
            }
            None => after,
        };
    }
    plain.push_str(rest);
    plain
}

/// Reads `uXXXX`, or a pair of surrogates, at the start; gives its length too.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(1)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 5));
    }
    let is_pair = first < 0xDC00 && text.get(5..7) == Some("\\u");
    let second = unit(7).filter(|second| is_pair && (0xDC00..0xE000).contains(second))?;
    let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    Some((char::from_u32(code)?, 11))
}

/// Undoes one layer of HTML's character references, as far as they occur in addresses.
pub(super) fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (character, length) = entity(after).unwrap_or(('&', 0));
        plain.push(character);
        rest = after.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// The longest reference that is read, in bytes.
const LONGEST_ENTITY: usize = 10;

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let name = text.get(..end)?;
    let character = match name {
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "sol" => '/',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 1))
}

/// Undoes one layer of percent-encoding. What is not a code stays as it is.
pub(super) fn without_percents(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%').then(|| {
            let (high, low) = (digit(bytes.get(at + 1))?, digit(bytes.get(at + 2))?);
            u8::try_from(high * 16 + low).ok()
        });
        let (byte, length) = code.flatten().map_or((*byte, 1), |code| (code, 3));
        plain.push(byte);
        at += length;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_undoes_one_layer() {
        assert_eq!(without_backslashes(r"http:\/\/a\u00e9\ud83c\udf38\\\/"), "http://aé🌸\\/");
        assert_eq!(without_backslashes(r"end\"), "end");
        assert_eq!(without_backslashes(r"\ud83c x \uzz"), "ud83c x uzz");
        assert_eq!(without_entities("&quot;a&#039;&#x2F;&amp;quot;&nope;&"), "\"a'/&quot;&nope;&");
        assert_eq!(without_percents("%2F%e6%97%A5%zz%"), b"/\xe6\x97\xa5%zz%");
    }
}
