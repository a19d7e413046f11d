//! Texts of any language as words that can be searched for.
//!
//! The search takes letters and digits that stand together for one word. Here a text is prepared for
//! that, the same way when it is recorded and when it is looked for.

use unicode_normalization::UnicodeNormalization as _;

/// The text in one spelling (NFKC), in which each character of a script that is written without
/// blanks is a word of its own.
pub fn set_apart(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for character in text.nfkc() {
        if stands_alone(character) {
            words.extend([' ', character, ' ']);
        } else {
            words.push(character);
        }
    }
    let parts: Vec<_> = words.split_whitespace().collect();
    parts.join(" ")
}

/// A file's name or path with the words that it is made of: `SummerSale2026_hero.png` is also
/// `Summer Sale 2026_hero.png`.
pub fn name_in_words(name: &str) -> String {
    let whole = set_apart(name);
    let mut parted = String::with_capacity(whole.len());
    let mut before = None;
    for character in whole.chars() {
        if before.is_some_and(|before| is_seam(before, character)) {
            parted.push(' ');
        }
        parted.push(character);
        before = Some(character);
    }
    if parted == whole { whole } else { format!("{whole} {parted}") }
}

/// Whether a word of a name ends before the second character.
fn is_seam(before: char, after: char) -> bool {
    (before.is_lowercase() && after.is_uppercase())
        || (before.is_alphabetic() && after.is_numeric())
        || (before.is_numeric() && after.is_alphabetic())
}

/// Han, kana, bopomofo, Thai, Lao, Khmer and Burmese.
fn stands_alone(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{312f}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_blanks_are_set_apart_and_spellings_made_one() {
        for (text, words) in [
            ("a  red\tfox", "a red fox"),
            ("日本茶 tea", "日 本 茶 tea"),
            ("お茶の缶", "お 茶 の 缶"),
            ("ｶﾞﾗｽ", "ガ ラ ス"),
            ("cafe\u{301}", "caf\u{e9}"),
            ("\u{1112}\u{1161}\u{11ab}글", "한글"),
            ("", ""),
        ] {
            assert_eq!(set_apart(text), words, "{text}");
        }
    }

    #[test]
    fn a_name_is_found_by_the_words_it_is_made_of() {
        for (name, words) in [
            ("tea-tin.jpg", "tea-tin.jpg"),
            ("SummerSale2026_hero.png", "SummerSale2026_hero.png Summer Sale 2026_hero.png"),
            ("2026/05/IMG_4815.JPG", "2026/05/IMG_4815.JPG"),
        ] {
            assert_eq!(name_in_words(name), words, "{name}");
        }
    }
}
