use crate::domain::validation::wording::is_word_sign;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL211",
    name: "alt-text-wrong-script",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text is not in the script of its language",
    why: "A reader speaks the text with the voice of the language. Letters of another script come out as nonsense or as nothing.",
    fix: "Translate the text, or record it under its own language.",
    source: "WCAG 3.1.2: technique H58 (language of parts)",
    needs: &[Known::AltText],
    check,
};

/// A text with fewer letters may be a name that is written the same everywhere.
const FEWEST_LETTERS: usize = 12;
/// The same where the words say already that they are no name.
const FEWEST_LATIN_LETTERS: usize = 8;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let wrong = subject.alts().filter(|(locale, text)| {
        let language = locale.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        Script::of(&language).is_some_and(|script| misses(text, script))
            || (language == "zh" && is_japanese(text))
    });
    wrong.map(|(locale, _)| format!("the text for `{locale}` is in another script")).collect()
}

/// Whether there are letters enough, hardly one of them is of the script, and the others say
/// something: names of brands stay as they are.
fn misses(text: &str, script: Script) -> bool {
    if text.is_ascii() && matches!(script, Script::Latin) {
        return false;
    }
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let signs = letters().filter(|c| is_word_sign(*c)).count();
    let own: usize = letters().filter(|c| script.has(*c)).map(weight).sum();
    let all: usize = letters().map(weight).sum();
    let latin = matches!(script, Script::Latin);
    let fewest = if latin { FEWEST_LETTERS } else { FEWEST_LATIN_LETTERS };
    let long = letters().count() >= fewest || signs >= 2;
    long && own * FEWEST_SHARE < all && (latin || signs >= 2 || speaks_latin(text))
}

/// One of so many letters has to be of the script.
const FEWEST_SHARE: usize = 8;

/// How many letters a sign stands for, about.
fn weight(letter: char) -> usize {
    if is_word_sign(letter) { 3 } else { 1 }
}

/// Whether Latin words, if there are any, are more than a name such as `Samsung Galaxy S24 Ultra`.
fn speaks_latin(text: &str) -> bool {
    const LONGEST_NAME: usize = 5;
    let words = || text.split_whitespace().filter(|word| word.starts_with(char::is_alphabetic));
    let is_lower = |word: &&str| !word.contains(|c: char| c.is_uppercase() || c.is_numeric());
    let latin = words().any(|word| word.contains(|c| Script::Latin.has(c)));
    !latin || words().filter(is_lower).count() >= 2 || words().count() > LONGEST_NAME
}

/// Whether a Chinese text is written with kana.
fn is_japanese(text: &str) -> bool {
    let kana =
        text.chars().filter(|c| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'));
    kana.count() * 4 >= text.chars().filter(|c| is_word_sign(*c)).count().max(12)
}

/// The scripts that tell languages apart here.
#[derive(Debug, Clone, Copy)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Tamil,
    Thai,
    Georgian,
    Armenian,
    /// Chinese and Japanese, which share it; kana count.
    Han,
    Hangul,
}

impl Script {
    /// The script of a language; `None` where it has several or is not known here.
    fn of(language: &str) -> Option<Self> {
        Some(match language {
            "ca" | "cs" | "da" | "de" | "en" | "es" | "et" | "eu" | "fi" | "fr" | "ga" | "hr"
            | "hu" | "id" | "is" | "it" | "lt" | "lv" | "ms" | "nb" | "nl" | "nn" | "no" | "pl"
            | "pt" | "ro" | "sk" | "sl" | "sv" | "tr" | "vi" => Self::Latin,
            "be" | "bg" | "mk" | "ru" | "uk" => Self::Cyrillic,
            "el" => Self::Greek,
            "he" => Self::Hebrew,
            "ar" | "fa" | "ur" => Self::Arabic,
            "hi" | "mr" | "ne" => Self::Devanagari,
            "bn" => Self::Bengali,
            "ta" => Self::Tamil,
            "th" => Self::Thai,
            "ka" => Self::Georgian,
            "hy" => Self::Armenian,
            "ja" | "zh" => Self::Han,
            "ko" => Self::Hangul,
            _ => return None,
        })
    }

    fn has(self, letter: char) -> bool {
        match self {
            Self::Latin => {
                letter.is_ascii_alphabetic()
                    || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
            }
            Self::Cyrillic => matches!(letter, '\u{400}'..='\u{52f}'),
            Self::Greek => matches!(letter, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'),
            Self::Hebrew => matches!(letter, '\u{590}'..='\u{5ff}'),
            Self::Arabic => matches!(letter, '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fefc}'),
            Self::Devanagari => matches!(letter, '\u{900}'..='\u{97f}'),
            Self::Bengali => matches!(letter, '\u{980}'..='\u{9ff}'),
            Self::Tamil => matches!(letter, '\u{b80}'..='\u{bff}'),
            Self::Georgian => matches!(letter, '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}'),
            Self::Armenian => matches!(letter, '\u{530}'..='\u{58f}'),
            Self::Thai => matches!(letter, '\u{e00}'..='\u{e7f}'),
            Self::Hangul => matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}'),
            Self::Han => is_word_sign(letter) && !Self::Hangul.has(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes_each};
    use std::collections::BTreeMap;

    fn set(sample: &mut Sample, locale: &str, text: &str) {
        sample.metadata.alt = BTreeMap::from([(locale.to_owned(), text.to_owned())]);
    }

    #[test]
    fn a_text_without_a_letter_of_its_language_is_found() {
        finds(
            &RULE,
            |s| set(s, "ja", "A green tea tin beside two cups"),
            &["the text for `ja` is in another script"],
        );
        for (locale, text) in [
            ("en", "зелёная банка чая"),
            ("de-AT", "茶の缶と二つのカップ"),
            ("ru", "A green tea tin"),
            ("el-GR", "A green tea tin"),
            ("ko", "緑色の茶缶と二つのカップ"),
            ("ja", "Green tea tin"),
            ("ar", "A green tea tin beside two cups شاي"),
            ("zh", "初めてのカップをここに"),
            ("bn", "A green tea tin"),
            ("ta", "A green tea tin"),
            ("ka", "A green tea tin"),
            ("hy", "A green tea tin"),
        ] {
            let found = Sample::with(|s| set(s, locale, text)).messages(&RULE);
            assert_eq!(found.len(), 1, "{locale}: {text}");
        }
    }

    #[test]
    fn a_mixture_a_short_name_and_an_unknown_language_pass() {
        for (locale, text) in [
            ("ja", "Tea Houseの緑色の茶缶"),
            ("ja", "iPhone 15 Pro"),
            ("ru", "Чай Tea House in a tin"),
            ("zh-Hant", "綠色茶罐"),
            ("sr", "Zelena konzerva čaja"),
            ("ru", "iPhone 16 Pro Max"),
            ("el", "Coca-Cola Zero Sugar"),
            ("th", "Samsung Galaxy S24 Ultra"),
            ("zh", "iPhone 16 Pro 蓝色款"),
            ("zh", "优の良品茶叶罐"),
            ("bn", "দুটি কাপের পাশে সবুজ চায়ের টিন"),
            ("hy", "թեյնիկ և երկու բաժակ սեղանին"),
            ("vi", "Hộp trà xanh bên cạnh hai cốc"),
        ] {
            passes_each(&RULE, &[text], |s, text| set(s, locale, text));
        }
    }
}
