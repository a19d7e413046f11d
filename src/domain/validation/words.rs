//! The words of a text, so that texts compare however they are spelled.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, lower-cased and in NFC; everything that is no letter or digit parts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words<'t> {
    /// With a space between them.
    joined: Cow<'t, str>,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &str) -> Self {
        let joined = if text.is_ascii() {
            folded_ascii(text)
        } else {
            joined(&text.nfc().flat_map(char::to_lowercase).collect::<String>())
        };
        Self { joined: joined.into() }
    }

    /// The words of a text in ASCII that is folded already: no accent was lost.
    pub(super) fn of_folded_ascii(folded: &'t str) -> Self {
        Self { joined: folded.into() }
    }

    /// The same words, without a copy.
    pub(super) fn lent(&self) -> Words<'_> {
        Words { joined: Cow::Borrowed(&self.joined) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        each(&self.joined)
    }
}

/// A text reduced to what makes it the same text: words without accents, single spaces.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return folded_ascii(text);
    }
    let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
    let lower: String = bare.nfc().flat_map(char::to_lowercase).collect();
    joined(&lower)
}

/// The words of a folded text.
pub(super) fn each(folded: &str) -> impl Iterator<Item = &str> {
    // There are no other spaces in it, and a search for these is the faster one.
    folded.split_ascii_whitespace()
}

/// The words of a text with a space between them.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in split(text) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Each byte as it is in a folded text: a letter in lower case, a digit, or a space.
#[expect(clippy::indexing_slicing, reason = "a constant that panics does not compile")]
const FOLDED: [u8; 256] = {
    let mut folded = [b' '; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        if byte.is_ascii_alphanumeric() {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

fn folded_ascii(text: &str) -> String {
    let sign = |byte: u8| FOLDED.get(usize::from(byte)).copied().unwrap_or(b' ');
    let mut bytes: Vec<u8> = text.bytes().map(sign).collect();
    bytes.dedup_by(|next, one| (*next, *one) == (b' ', b' '));
    bytes.pop_if(|last| *last == b' ');
    if bytes.first() == Some(&b' ') {
        bytes.remove(0);
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| {
        !(c.is_ascii_alphanumeric()
            || (!c.is_ascii() && (c.is_alphanumeric() || is_combining_mark(c))))
    });
    parts.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_the_same_in_every_spelling() {
        assert_eq!(folded("Café — au_lait"), "cafe au lait");
        assert_eq!(folded("Cafe\u{301} au lait"), folded("CAFÉ-au-lait"));
        assert_eq!(Words::of("नमस्ते दुनिया").iter().count(), 2, "vowel signs do not part a word");
    }

    proptest! {
        #[test]
        fn what_is_written_in_ascii_is_folded_like_all_other_text(text in "[ -~\n\t]{0,40}") {
            let folded = folded(&text);
            prop_assert_eq!(&folded, &joined(&text.to_lowercase()));
            prop_assert_eq!(Words::of_folded_ascii(&folded), Words::of(&text));
        }

        #[test]
        fn words_are_read_out_as_they_were_parted(text in "\\PC{0,30}|[a-zé茶 ,.\u{a0}\u{3000}]{0,30}") {
            let folded = folded(&text);
            prop_assert!(each(&folded).eq(split(&folded)));
        }
    }
}
