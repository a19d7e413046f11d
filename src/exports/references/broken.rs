//! Numbers in values that are no JSON and no serialization any more: cut off, or with lengths that
//! a search and replace left behind.
//!
//! More is taken for an attachment here than in sound values, for a part of the names is lost.

use super::keys::{has_media_word, names_attachment};

/// The longest name of a field, in bytes.
const MAX_NAME: usize = 64;

/// Whether a text that could not be read as a value was meant to be one.
pub(super) fn looks_like_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let after = text.get(1..).unwrap_or_default().trim_start();
    match bytes.first() {
        Some(b'{') => after.starts_with(['"', '}']) || after.starts_with("\\\""),
        Some(b'[') => after.starts_with(['{', '"', ']']) || after.starts_with("\\\""),
        Some(b'a' | b'O' | b'C') => {
            let count = text.get(2..).unwrap_or_default();
            let digits = count.bytes().take_while(u8::is_ascii_digit).count();
            bytes.get(1) == Some(&b':') && digits > 0 && count.as_bytes().get(digits) == Some(&b':')
        }
        _ => false,
    }
}

/// Gives the numbers that follow a name which says that they are attachments.
pub(super) fn find_numbers(label: &str, text: &str, found: &mut dyn FnMut(i64)) {
    let (mut name, mut outer) = (String::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c.is_ascii_digit()) {
        let before = rest.get(..at).unwrap_or_default();
        let piece = rest.get(at..).unwrap_or_default();
        if let Some(inner) = piece.strip_prefix('"') {
            let (word, after) = quoted(inner);
            match word.parse() {
                Ok(number) => give(number, (label, &outer, &name), found),
                Err(_) if is_name(word) => {
                    if opens_list(after) {
                        word.clone_into(&mut outer);
                    }
                    word.clone_into(&mut name);
                }
                Err(_) => {}
            }
            rest = after;
        } else {
            let end = piece.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(piece.len());
            let (digits, after) = piece.split_at(end);
            if let Ok(number) = digits.parse()
                && stands_alone(before, after)
            {
                give(number, (label, &outer, &name), found);
            }
            rest = after;
        }
    }
}

/// The text up to its quote, and what follows; nothing of it if no quote is near.
fn quoted(inner: &str) -> (&str, &str) {
    let near = inner.get(..inner.floor_char_boundary(MAX_NAME + 1)).unwrap_or_default();
    match near.find('"') {
        Some(end) => {
            let (word, after) = inner.split_at(end);
            (word.trim_end_matches('\\'), after.get(1..).unwrap_or_default())
        }
        None => ("", inner),
    }
}

fn is_name(word: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !word.is_empty() && word.bytes().all(is_part)
}

fn opens_list(after: &str) -> bool {
    let value = after.trim_start_matches([';', ':', ' ', '\\']);
    value.starts_with(['{', '[']) || (value.starts_with("a:") || value.starts_with("O:"))
}

/// Whether digits are a number by themselves and not the length of a text or a list.
fn stands_alone(before: &str, after: &str) -> bool {
    let is_length = ["s:", "a:", "O:", "C:"].iter().any(|kind| before.ends_with(kind));
    let is_inside = before.ends_with(|c: char| c.is_alphanumeric() || "_-.".contains(c));
    let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || "_-.".contains(c));
    !is_length && !is_inside && !goes_on
}

fn give(number: i64, (label, outer, name): (&str, &str, &str), found: &mut dyn FnMut(i64)) {
    let path = [label, outer, name].into_iter().filter(|name| !name.is_empty());
    let path: Vec<_> = path.map(str::to_owned).collect();
    let is_list = has_media_word(outer) && names_attachment(&[outer.to_owned()]);
    let is_field = has_media_word(label) && names_attachment(&[label.to_owned()]);
    if number > 0 && (names_attachment(&path) || is_list || is_field) {
        found(number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(label: &str, text: &str) -> Vec<i64> {
        let mut numbers = Vec::new();
        find_numbers(label, text, &mut |number| numbers.push(number));
        numbers
    }

    #[test]
    fn numbers_are_found_by_the_names_that_are_left() {
        for (label, text, numbers) in [
            ("x", r#"a:2:{s:4:"note";s:5:"abc";s:5:"image";i:7469;}"#, &[7469][..]),
            ("x", r#"a:1:{s:9:"image";a:1:{s:2:"id";i:7469;"#, &[7469]),
            ("x", r#"a:1:{s:9:"gallery";a:2:{i:0;s:4:"7469";i:1;i:7470;}}"#, &[7469, 1, 7470]),
            ("page_images", r#"a:1:{s:3:"xxxx";a:1:{i:0;i:7469;}}"#, &[7469]),
            ("x", r#"{"heroImage":7469,"width":300,"mediaId":"7470""#, &[7469, 7470]),
            ("x", r#"{\"image\":{\"id\":7469,\"alt\""#, &[7469]),
            ("wp:image", r#"{"id":7469,"sizeSlug":"large""#, &[7469]),
            ("x", r#"{"price":7469,"image":"2023-10x.jpg","total":5"#, &[]),
        ] {
            assert_eq!(found(label, text), numbers, "{text}");
        }
    }

    #[test]
    fn texts_that_were_never_values_are_told_apart() {
        for text in ["[gallery ids=\"7\"]", "{{ name }}", "[caption]", "a: b", "a:b:c", "[[x]]"] {
            assert!(!looks_like_value(text), "{text}");
        }
        for text in ["{\"a\":", "[{\"a\"", "a:1:{", "O:8:\"x\":", "[\"7\",", "{ \"a\": x }"] {
            assert!(looks_like_value(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "[a:{}\"0-9;,é\\\\i]{0,80}") {
            found("image", &text);
        }
    }
}
