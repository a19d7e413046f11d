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

fn check(subject: &Subject<'_>) -> Vec<String> {
    let wrong = subject.alts().filter(|(locale, text)| {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        Script::of(&language.to_lowercase()).is_some_and(|script| misses(text, script))
    });
    wrong.map(|(locale, _)| format!("the text for `{locale}` is in another script")).collect()
}

/// Whether there are letters enough and none of them is of the script.
fn misses(text: &str, script: Script) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let long =
        letters().count() >= FEWEST_LETTERS || letters().filter(|c| is_word_sign(*c)).count() >= 2;
    long && !letters().any(|letter| script.has(letter))
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
    Thai,
    /// Chinese and Japanese, which share it; kana count.
    Han,
    Hangul,
}

impl Script {
    /// The script of a language; `None` where it has several or is not known here.
    fn of(language: &str) -> Option<Self> {
        Some(match language {
            "cs" | "da" | "de" | "en" | "es" | "et" | "fi" | "fr" | "hu" | "id" | "it" | "lt"
            | "lv" | "nb" | "nl" | "nn" | "no" | "pl" | "pt" | "ro" | "sk" | "sl" | "sv" | "tr"
            | "vi" => Self::Latin,
            "be" | "bg" | "mk" | "ru" | "uk" => Self::Cyrillic,
            "el" => Self::Greek,
            "he" => Self::Hebrew,
            "ar" | "fa" | "ur" => Self::Arabic,
            "hi" | "mr" | "ne" => Self::Devanagari,
            "th" => Self::Thai,
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
            ("vi", "Hộp trà xanh bên cạnh hai cốc"),
        ] {
            passes_each(&RULE, &[text], |s, text| set(s, locale, text));
        }
    }
}
