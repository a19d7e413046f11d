//! Words: comparing what people wrote, and telling words that say nothing.

use std::sync::{LazyLock, OnceLock};

use regex::{Captures, Regex, RegexSet};

use super::words::each;
pub(super) use super::words::{Words, folded};
use crate::domain::metadata::{folded_locale, is_of_locale};
use crate::domain::path::RelPath;
use crate::domain::text::{count_bytes, is_unsafe_to_show, shown};

/// A regular expression over Unicode text, compiled when it is first asked.
pub(super) struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A text that is no regular expression matches nothing, so every pattern needs a test.
    ///
    /// Write a word boundary as `(?-u:\b)`: a Unicode one makes the search of any text with
    /// letters beyond ASCII several times slower.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(text)
    }

    /// What the whole pattern matches first.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.regex()?.find(text).map(|found| found.as_str())
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(self.text).ok()).as_ref()
    }
}

/// Several patterns, of which most texts match none: one search instead of one for each.
pub(super) struct Patterns<const N: usize> {
    of: [&'static Pattern; N],
    compiled: OnceLock<Option<RegexSet>>,
}

impl<const N: usize> Patterns<N> {
    pub(super) const fn new(of: [&'static Pattern; N]) -> Self {
        Self { of, compiled: OnceLock::new() }
    }

    pub(super) fn any_matches(&self, text: &str) -> bool {
        let compile = || RegexSet::new(self.of.iter().map(|pattern| pattern.text)).ok();
        self.compiled.get_or_init(compile).as_ref().is_none_or(|set| set.is_match(text))
    }
}

/// Whether there is nothing in the text that a person could read or hear.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unsafe_to_show(c))
}

/// Whether the character is a word by itself: Han, kana, hangul.
pub(super) fn is_word_sign(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11ff}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// How many words a folded text has, where two signs of a script without spaces make one.
pub(super) fn length_in_words(folded: &str) -> usize {
    let unspaced = |c: &char| is_word_sign(*c) || matches!(c, '\u{e01}'..='\u{e5b}');
    each(folded).map(|word| word.chars().filter(unspaced).count().div_ceil(2).max(1)).sum()
}

/// A text with something in it, or `None`.
pub(super) fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !is_blank(text))
}

/// A text from outside as a message may quote it: printable, not longer than 60 characters.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown = shown(text);
    if shown.len() <= LONGEST || shown.chars().count() <= LONGEST {
        return ["`", &shown, "`"].concat();
    }
    let end = shown.char_indices().nth(LONGEST - 1).map_or(shown.len(), |(at, _)| at);
    ["`", shown.get(..end).unwrap_or_default(), "…`"].concat()
}

/// A whole path as a message may show it.
pub(super) fn quoted_path(path: &RelPath) -> String {
    format!("`{path}`")
}

/// Whether a text recorded for `locale` serves readers of `wanted`: the same language tag, or one
/// of the two is the other's beginning (`de` and `de-AT`, RFC 4647).
/// WordPress writes `de_AT`, which is the same.
pub(super) fn serves(locale: &str, wanted: &str) -> bool {
    if locale == wanted {
        return true;
    }
    let (locale, wanted) = (folded_locale(locale), folded_locale(wanted));
    is_of_locale(&locale, &wanted) || is_of_locale(&wanted, &locale)
}

/// Whether the text only keeps a place: `tbd`, `n/a`, `?`, `xxx`.
pub(super) fn is_placeholder(text: &str) -> bool {
    /// Letters and digits of the longest one.
    const LONGEST: usize = 14;
    // Nearly all texts are longer, and most of their letters are of ASCII.
    let others = || text.chars().filter(|c| c.is_alphanumeric()).nth(LONGEST).is_some();
    let letters = count_bytes(text.as_bytes(), |byte| byte.is_ascii_alphanumeric());
    let is_long = letters > LONGEST || (!text.is_ascii() && others());
    !is_long && keeps_place(&folded(text))
}

/// [`is_placeholder`] of a folded text.
pub(super) fn keeps_place(folded: &str) -> bool {
    let crosses = folded.len() <= 5 && folded.chars().all(|c| c == 'x');
    crosses || PLACEHOLDERS.binary_search(&folded).is_ok()
}

/// Folded.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "a definir", "asdf", "brak", "da definire", "desconhecido", "desconocido", "fixme", "folgt",
    "inconnu", "later", "lorem ipsum", "n a", "na", "nieznany", "none", "not known", "null",
    "offen", "onbekend", "pending", "sconosciuto", "tba", "tbc", "tbd", "test", "to be defined",
    "to be determined", "to be done", "to do", "todo", "unbekannt", "undefined", "unknown", "wip",
];

/// Whether nothing in the words says what a picture shows: `image 2`, `neues foto`.
pub(super) fn say_nothing(words: &Words<'_>) -> bool {
    words.iter().all(is_generic) && !names_a_model(words)
}

/// Whether the words are a model with its number, as in `the new 500`: articles and adjectives do
/// not count pictures.
pub(super) fn names_a_model(words: &Words<'_>) -> bool {
    let number = |word: &&str| {
        matches!(word.len(), 3 | 4)
            && !word.starts_with('0')
            && word.bytes().all(|b| b.is_ascii_digit())
    };
    let others = || words.iter().filter(|word| !number(word));
    words.iter().filter(number).count() == 1
        && others().next().is_some()
        && others().all(|word| LINKING.binary_search(&folded(word).as_str()).is_ok())
}

/// Articles and adjectives among [`GENERIC`], folded and sorted.
#[rustfmt::skip]
const LINKING: &[&str] = &[
    "a", "an", "das", "de", "der", "die", "ein", "eine", "el", "het", "il", "l", "la", "le", "mein", "mi",
    "my", "neu", "neue", "neues", "new", "nieuw", "nieuwe", "nouveau", "nouvelle", "nova", "novo", "nowe",
    "nowy", "nueva", "nuevo", "nuova", "nuovo", "old", "original", "the", "um", "uma", "un", "una", "une",
];

pub(super) fn is_generic(word: &str) -> bool {
    let version = |word: &str| word.strip_prefix('v').is_some_and(|n| n.parse::<u16>().is_ok());
    let core = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let known = |core: &str| ALL_GENERIC.binary_search(&(beginning(core), core)).is_ok();
    if word.is_ascii() {
        core.is_empty() || known(core) || version(word)
    } else {
        word.chars().all(char::is_numeric) || known(&folded(core))
    }
}

/// [`GENERIC`] of all languages, sorted, each behind its beginning, which tells most words apart.
static ALL_GENERIC: LazyLock<Vec<(u64, &str)>> = LazyLock::new(|| {
    let all = GENERIC.iter().copied().flatten();
    let mut all: Vec<_> = all.map(|word| (beginning(word), *word)).collect();
    all.sort_unstable();
    all
});

/// The first eight bytes as a number; fewer are filled up with zeros.
fn beginning(word: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(word.bytes()).for_each(|(to, byte)| *to = byte);
    u64::from_be_bytes(bytes)
}

/// What a picture is called when nobody says what it shows, by language. Folded, and sorted within a language.
#[rustfmt::skip]
const GENERIC: &[&[&str]] = &[
    // English
    &["a", "ai", "alt", "an", "asset", "attachment", "banner", "blank", "copy", "default", "draft",
      "dummy", "edit", "edited", "export", "figure", "file", "final", "generated", "graphic",
      "graphics", "here", "icon", "illustration", "image", "images", "img", "jpeg", "jpg", "logo",
      "media", "my", "new", "none", "null", "of", "old", "original", "output", "photo",
      "photograph", "photos", "pic", "pics", "picture", "pictures", "placeholder", "png", "render",
      "result", "sample", "spacer", "temp", "test", "text", "the", "this", "thumb", "thumbnail",
      "tmp", "undefined", "unnamed", "untitled", "upload", "version", "webp"],
    // German
    &["abbildung", "beispiel", "bild", "bilder", "das", "datei", "der", "die", "ein", "eine",
      "entwurf", "foto", "fotos", "grafik", "kopie", "mein", "neu", "neue", "neues", "ohne",
      "platzhalter", "symbolbild", "titel", "unbenannt", "vorlage"],
    // French
    &["essai", "fichier", "illustration", "image", "l", "la", "le", "nouveau", "nouvelle", "photo",
      "photographie", "sans", "titre", "un", "une", "vignette"],
    // Spanish
    &["archivo", "borrador", "el", "foto", "fotografia", "grafico", "imagen", "mi", "nueva",
      "nuevo", "prueba", "sin", "titulo", "una"],
    // Italian
    &["bozza", "copia", "figura", "foto", "fotografia", "grafica", "il", "immagine", "nuova",
      "nuovo", "prova", "senza", "titolo"],
    // Dutch
    &["afbeelding", "bestand", "de", "een", "foto", "het", "naamloos", "nieuw", "nieuwe", "plaatje",
      "voorbeeld", "zonder"],
    // Portuguese
    &["arquivo", "ficheiro", "foto", "fotografia", "imagem", "nova", "novo", "rascunho", "sem",
      "teste", "um", "uma"],
    // Polish
    &["bez", "fotografia", "grafika", "kopia", "nazwy", "nowe", "nowy", "obraz", "obrazek", "plik",
      "zdjecie"],
    // Swedish, Danish, Norwegian, Czech, Russian
    &["bilde", "bilden", "billede", "fil", "fotka", "namnlos", "obrazek", "soubor", "изображение",
      "картинка", "рисунок", "фото", "фотография"],
    // Chinese, Japanese, Korean
    &["イメーシ", "イラスト", "スクリーンショット", "一张图片", "一张照片", "写真", "図", "图", "图像", "图片", "圖片", "截图", "插图", "插圖", "无标题", "未命名", "無題", "照片", "画像", "默认图片", "그림", "무제", "사진", "스크린샷", "아이콘", "이미지"],
    // Arabic, Hebrew, Greek, Hindi, Thai
    &["εικονα", "εικονες", "φωτογραφια", "צילום", "תמונה", "תמונות", "الصورة", "تصوير", "صور", "صورة", "चतर", "छव", "तसवर", "फट", "ภาพ", "ภาพถาย", "รป", "รปภาพ"],
    // Turkish, Finnish, Hungarian, Indonesian, Ukrainian
    &["fenykep", "fotograf", "gambar", "gorsel", "kep", "kuva", "resim", "valokuva", "зображення", "картинка", "світлина"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_describe_say_something() {
        for nothing in [
            "image",
            "Image 2",
            "neues Foto",
            "IMG_v2",
            "bild1",
            "nowe zdjęcie",
            "图片",
            "画像",
            "2026",
            "-",
            "image 500",
            "이미지 1",
            "صورة",
            "εικόνα",
            "चित्र",
            "รูปภาพ",
            "görsel",
            "イメージ",
        ] {
            assert!(say_nothing(&Words::of(nothing)), "{nothing}");
        }
        for something in [
            "tea tin",
            "image map",
            "foto museum",
            "茶の写真",
            "logo of Acme",
            "7up",
            "Der neue 911",
            "La nuova 500",
            "501 Original",
        ] {
            assert!(!say_nothing(&Words::of(something)), "{something}");
        }
    }

    #[test]
    fn lists_hold_only_words_that_can_match() {
        for word in PLACEHOLDERS.iter().chain(GENERIC.iter().copied().flatten()) {
            assert_eq!(folded(word), *word);
        }
        assert!(PLACEHOLDERS.is_sorted());
        assert!(LINKING.is_sorted());
        for language in GENERIC {
            assert!(language.is_sorted(), "{language:?}");
        }
    }

    #[test]
    fn signs_without_spaces_count_as_words() {
        for (text, words) in [("a tin of tea", 4), ("绿色茶叶罐和两个杯子", 5), ("茶", 1), ("", 0)]
        {
            assert_eq!(length_in_words(text), words, "{text}");
        }
    }

    #[test]
    fn a_locale_serves_its_language_and_no_other_region() {
        for (locale, wanted) in
            [("de_DE", "de"), ("de", "de_DE"), ("de-AT", "de"), ("DE", "de"), ("de_DE", "de-DE")]
        {
            assert!(serves(locale, wanted), "{locale} {wanted}");
        }
        for (locale, wanted) in [("de_DE", "de_AT"), ("de", "den"), ("zh-Hant", "zh-Hans")] {
            assert!(!serves(locale, wanted), "{locale} {wanted}");
        }
    }

    #[test]
    fn a_placeholder_is_known_among_signs_and_a_text_is_none() {
        let texts = ["TBD", "n/a", "?", " - ", "xxx", "To be determined.", "(lorem ipsum)", "…"];
        for text in texts {
            assert!(is_placeholder(text), "{text}");
        }
        let longest = PLACEHOLDERS.iter().map(|word| word.replace(' ', "").chars().count()).max();
        assert_eq!(longest, Some(14));
        assert!(!is_placeholder("to be determined by li"));
    }

    #[test]
    fn a_quote_is_short_and_harmless() {
        assert_eq!(quoted("a\u{202e}b"), "`a\\u{202e}b`");
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), 62);
    }
}
