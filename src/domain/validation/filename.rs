//! A file name as the rules read it: what was meant, apart from what was appended to it.

use unicode_normalization::UnicodeNormalization;

use super::wording::Words;
use crate::domain::path::RelPath;
use crate::domain::text::is_plain;

/// Words that people and their programs append to a name, with a number behind them or none.
#[rustfmt::skip]
const APPENDED_WORDS: &[&str] = &[
    "bg-removed", "compressed", "copia", "copie", "copy", "crop", "cropped", "edit", "edited",
    "cópia", "enhanced", "final", "kopia", "kopie", "min", "nobg", "optimized", "photoroom", "removebg",
    "removebg-preview", "resized", "rotated", "scaled", "upscale", "upscaled",
];
/// Words that editors append, and people use to describe: these count behind a name with a number.
#[rustfmt::skip]
const WORKING_WORDS: &[&str] = &[
    "2x", "4k", "4x", "8x", "bearbeitet", "bg", "bgremoved", "bw", "converted", "cover", "denoiseai",
    "editado", "free", "gigapixel", "hdr", "hero", "hq", "jpeg", "jpg", "kl", "klein", "large", "lg", "lr",
    "medium", "modified", "modifié", "neu", "new", "no-bg", "pano", "png", "preview", "recovered",
    "resize", "sharpenai", "sm", "small", "squashed", "sw", "thumb", "thumbnail", "tinified", "tiny",
    "topaz", "transformed", "transparent", "upscale-2x", "upscale-4x", "web", "webp", "zugeschnitten",
];
/// No appended word has more parts between separators, its number included.
const MOST_PARTS: usize = 3;

/// A name of the file system: any script, normalized so that equal names compare equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    /// NFC, every kind of space a plain one, without the extension.
    stem: String,
    /// As written, without the dot.
    extension: String,
    /// Where each of [`Self::readings`] ends.
    ends: Vec<usize>,
    /// Where [`Self::base`] ends.
    base: usize,
}

impl FileName {
    /// Bytes that are not UTF-8 become U+FFFD: another rule speaks about them.
    pub(super) fn of(path: &RelPath) -> Self {
        let extension = String::from_utf8_lossy(path.extension()).into_owned();
        Self { extension, ..Self::of_stem(&String::from_utf8_lossy(path.stem())) }
    }

    /// The name that a text would be, without an extension.
    pub(super) fn of_stem(stem: &str) -> Self {
        let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
        let stem = if is_plain(stem.as_bytes()) {
            stem.to_owned()
        } else {
            stem.nfc().map(plain).collect()
        };
        let mut ends = vec![stem.len()];
        add_ends_of_readings(&stem, &mut ends, &[]);
        let base = ends.iter().min().copied().unwrap_or(stem.len());
        let has_digit = |(rest, _): (&str, &str)| rest.bytes().any(|byte| byte.is_ascii_digit());
        if stem.rsplit_once(is_separator).is_some_and(has_digit) {
            add_ends_of_readings(&stem, &mut ends, WORKING_WORDS);
        }
        Self { ends, base, stem, extension: String::new() }
    }

    pub(super) fn stem(&self) -> &str {
        &self.stem
    }

    pub(super) fn extension(&self) -> &str {
        &self.extension
    }

    /// The stem, and every shorter name that it may have been before something was appended:
    /// counters, sizes, edits, copies and the marks of background removers and upscalers, any
    /// number of times.
    pub(super) fn readings(&self) -> impl Iterator<Item = &str> {
        self.ends.iter().filter_map(|end| self.stem.get(..*end))
    }

    /// The stem without what WordPress and people append; the whole stem if nothing is left.
    pub(super) fn base(&self) -> &str {
        self.stem.get(..self.base).unwrap_or(&self.stem)
    }

    /// The words of the base, lower-cased, split at everything that is no letter or digit.
    pub(super) fn words(&self) -> Words<'static> {
        Words::of(self.base())
    }
}

/// Adds where the readings end that follow from those known, with `more` words to take away.
fn add_ends_of_readings(stem: &str, ends: &mut Vec<usize>, more: &[&str]) {
    let mut at = 0;
    while let Some(reading) = ends.get(at).and_then(|end| stem.get(..*end)) {
        at += 1;
        shorten(reading, more, |shorter| {
            if !shorter.is_empty() && !ends.contains(&shorter.len()) {
                ends.push(shorter.len());
            }
        });
    }
}

/// Gives the name without one appended part, in every way to part them.
fn shorten(name: &str, more: &[&str], mut give: impl FnMut(&str)) {
    if let Some(rest) = name.strip_suffix("@2x").or_else(|| name.strip_suffix("@3x")) {
        give(rest);
    }
    if let Some(rest) = without_counter(name) {
        give(rest);
        without_separators(rest).for_each(&mut give);
    }
    for (at, _) in name.rmatch_indices(is_separator).take(MOST_PARTS) {
        let (Some(rest), Some(part)) = (name.get(..at), name.get(at + 1..)) else { continue };
        let working = || is_numbered(rest) && is_working(part, more);
        if is_appended(part) || working() {
            give(rest);
            without_separators(rest).for_each(&mut give);
        }
    }
}

/// `tea (2)` and `tea (copy)` are `tea `.
fn without_counter(name: &str) -> Option<&str> {
    let (rest, counter) = name.strip_suffix(')')?.rsplit_once('(')?;
    (is_number(counter, 3) || is_any(APPENDED_WORDS, counter)).then_some(rest)
}

fn is_any(words: &[&str], part: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(part))
}

/// Whether the part is one of the words or, with them, a version or a measure: `v2`, `1080p`.
fn is_working(part: &str, words: &[&str]) -> bool {
    let version = part.strip_prefix(['v', 'V']).is_some_and(|number| is_number(number, 2));
    let mut measures = ["p", "px", "w"].iter().filter_map(|unit| part.strip_suffix(unit));
    let mut measure = || measures.any(|number| number.len() >= 3 && is_number(number, 4));
    is_any(words, part) || (!words.is_empty() && (version || measure()))
}

/// Whether a name has the number of a tool: a short one alone may be a model's.
fn is_numbered(name: &str) -> bool {
    const SURE: usize = 8;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    digits >= SURE || (digits > 0 && name.contains(char::is_alphabetic))
}

/// The name without what WordPress and cloud drives put before it.
pub(super) fn without_beginning(mut name: &str) -> &str {
    #[rustfmt::skip]
    const BEGINNINGS: [&str; 13] = [
        "cropped-", "copy of ", "copy-of-", "kopie von ", "kopie-von-", "copie de ", "copie-de-",
        "copia de ", "copia-de-", "copia di ", "copia-di-", "cópia de ", "cópia-de-",
    ];
    let begins = |name: &str, begin: &str| {
        name.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
    };
    let after = |name: &str| BEGINNINGS.iter().find(|begin| begins(name, begin)).map(|b| b.len());
    while name.starts_with(['c', 'C', 'k', 'K'])
        && let Some(rest) = after(name).and_then(|end| name.get(end..))
    {
        name = rest;
    }
    name
}

/// The name with fewer and fewer of the separators that it ends with.
fn without_separators(mut name: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        name = name.strip_suffix(is_separator)?;
        Some(name)
    })
}

pub(super) fn is_separator(sign: char) -> bool {
    matches!(sign, ' ' | '_' | '-')
}

/// Whether the text is what follows a separator: `2`, `300x200`, `e1746759125951`, `copy 2`.
fn is_appended(part: &str) -> bool {
    if is_number(part, 3) || is_size(part) {
        return true;
    }
    let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = part.len() - word.len();
    let words = [word, word.strip_suffix(is_separator).unwrap_or(word)];
    let known = |word: &&str| is_any(APPENDED_WORDS, word);
    match digits {
        0 => known(&part),
        1 | 2 => words.iter().any(known) || is_edit(part),
        _ => is_edit(part),
    }
}

/// WordPress's mark of an edit, `e` and milliseconds, with a counter behind it or none.
fn is_edit(part: &str) -> bool {
    const MILLIS: usize = 13;
    let Some(digits) = part.strip_prefix(['e', 'E']) else { return false };
    let Some((millis, rest)) = digits.split_at_checked(MILLIS) else { return false };
    let rest = rest.strip_prefix(is_separator).unwrap_or(rest);
    is_number(millis, MILLIS) && (rest.is_empty() || is_number(rest, 2))
}

fn is_size(part: &str) -> bool {
    part.split_once(['x', 'X'])
        .is_some_and(|(width, height)| is_number(width, 5) && is_number(height, 5))
}

fn is_number(text: &str, most_digits: usize) -> bool {
    (1..=most_digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        FileName::of(&RelPath::new(text).unwrap())
    }

    #[test]
    fn what_was_appended_is_no_part_of_the_base() {
        for (stem, base) in [
            ("tea-tin-front-300x200", "tea-tin-front"),
            ("tea-tin-front-scaled", "tea-tin-front"),
            ("tea-tin-front-e1746759125951-1", "tea-tin-front"),
            ("tea-tin-front (2) copy", "tea-tin-front"),
            ("tea-tin-front-removebg-preview", "tea-tin-front"),
            ("tea-tin-2026", "tea-tin-2026"),
            ("scaled", "scaled"),
            ("7", "7"),
            ("茶-1", "茶"),
            ("tea_tin copy 2", "tea_tin"),
            ("tea-tin-Removebg-Preview-2", "tea-tin"),
            ("tea-tin - (3)", "tea-tin"),
            ("tea-tin@2x", "tea-tin"),
            ("tea-tin-1024x1", "tea-tin"),
            ("tea-tin-copy-shop", "tea-tin-copy-shop"),
            ("tea-tin-e17467591259", "tea-tin-e17467591259"),
            ("tea-tin(2026)", "tea-tin(2026)"),
        ] {
            assert_eq!(name(&format!("2026/05/{stem}.jpg")).base(), base, "{stem}");
        }
    }

    #[test]
    fn the_words_of_editors_are_taken_from_names_with_a_number_only() {
        let reads =
            |stem: &str, short: &str| name(&format!("{stem}.jpg")).readings().any(|r| r == short);
        for (stem, short) in [
            ("IMG_4815-bearbeitet", "IMG_4815"),
            ("IMG_4815-HDR-web-2", "IMG_4815"),
            ("20260612_141516_HDR", "20260612_141516"),
            ("OIG3-no-bg", "OIG3"),
            ("OIG3-v2-1080p", "OIG3"),
            ("IMG_4815 (kopie)", "IMG_4815"),
        ] {
            assert!(reads(stem, short), "{stem}");
        }
        for (stem, short) in [("911-new", "911"), ("designer-small", "designer")] {
            assert!(!reads(stem, short), "{stem}");
        }
        assert_eq!(name("tea-tin-2-web.jpg").base(), "tea-tin-2-web");
    }

    #[test]
    fn what_drives_put_before_a_name_is_taken_away_as_often_as_it_is_there() {
        for (name, rest) in [
            ("cropped-tea", "tea"),
            ("Copy of Copy of tea", "tea"),
            ("Kopie-von-tea", "tea"),
            ("copyright", "copyright"),
            ("茶", "茶"),
        ] {
            assert_eq!(without_beginning(name), rest);
        }
    }

    #[test]
    fn decomposed_letters_and_odd_spaces_are_read_as_the_usual_ones() {
        let odd = name("cafe\u{301}\u{202f}au\u{a0}lait.jpg");
        assert_eq!(odd.stem(), "caf\u{e9} au lait");
        assert!(odd.words().iter().eq(["caf\u{e9}", "au", "lait"]));
    }
}
