//! A file name as the rules read it: what was meant, apart from what was appended to it.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

use super::wording::words_of;
use crate::domain::path::RelPath;

/// What WordPress and people append to a name that a tool gave, any number of times: counters,
/// sizes, edits, copies, and the marks of background removers and upscalers.
const APPENDED: &str = r"(?:[ _-]*\([0-9]{1,3}\)|[ _-]+[0-9]{1,3}|[ _-]+[0-9]{1,5}x[0-9]{1,5}|@[23]x|[ _-]+(?:scaled|rotated|e[0-9]{13}|copy|kopie|copie|copia|kopia|min|edit|edited|cropped|crop|resized|final|removebg|removebg-preview|bg-removed|nobg|photoroom|enhanced|upscaled|upscale|compressed|optimized)(?:[ _-]?[0-9]{1,2})?)*";

/// A name of the file system: any script, normalized so that equal names compare equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    /// NFC, every kind of space a plain one, without the extension.
    stem: String,
    /// As written, without the dot.
    extension: String,
}

impl FileName {
    /// Bytes that are not UTF-8 become U+FFFD: another rule speaks about them.
    pub(super) fn of(path: &RelPath) -> Self {
        let extension = String::from_utf8_lossy(path.extension()).into_owned();
        Self { extension, ..Self::of_stem(&String::from_utf8_lossy(path.stem())) }
    }

    /// The name that a text would be, without an extension.
    pub(super) fn of_stem(stem: &str) -> Self {
        let stem = stem.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        Self { stem, extension: String::new() }
    }

    pub(super) fn stem(&self) -> &str {
        &self.stem
    }

    pub(super) fn extension(&self) -> &str {
        &self.extension
    }

    /// The stem without what WordPress and people append; the whole stem if nothing is left.
    pub(super) fn base(&self) -> &str {
        static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
        let pattern = PATTERN.get_or_init(|| bytes_regex(&format!("^(.+?){APPENDED}$")));
        let found = pattern.as_ref().and_then(|regex| regex.captures(self.stem.as_bytes()));
        let length =
            found.and_then(|found| found.get(1)).map_or(self.stem.len(), |base| base.end());
        self.stem.get(..length).unwrap_or(&self.stem)
    }

    /// The words of the base, lower-cased, split at everything that is no letter or digit.
    pub(super) fn words(&self) -> Vec<String> {
        words_of(self.base())
    }
}

/// A pattern over a whole stem: `core`, then whatever is usually appended.
pub(super) fn whole_stem(core: &str) -> String {
    format!("^(?:cropped-)?(?:{core}){APPENDED}$")
}

/// Compiles a pattern that ignores the case of ASCII letters and works on bytes.
fn bytes_regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).case_insensitive(true).build().ok()
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
        ] {
            assert_eq!(name(&format!("2026/05/{stem}.jpg")).base(), base, "{stem}");
        }
    }

    #[test]
    fn decomposed_letters_and_odd_spaces_are_read_as_the_usual_ones() {
        let odd = name("cafe\u{301}\u{202f}au\u{a0}lait.jpg");
        assert_eq!(odd.stem(), "caf\u{e9} au lait");
        assert_eq!(odd.words(), ["caf\u{e9}", "au", "lait"]);
    }
}
