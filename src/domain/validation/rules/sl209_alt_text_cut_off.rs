use crate::domain::text::has_byte;
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL209",
    name: "alt-text-cut-off",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text ends in the middle",
    why: "The text was cut at some limit, or is not finished. What it was to say is missing.",
    fix: "Finish the sentence, or take its loose end away.",
    source: "WCAG 1.1.1: technique G94 (the text serves the same purpose)",
    needs: &[Known::AltText],
    check,
};

/// Written in lower case at the end, these promise more.
const PROMISING: [&str; 10] =
    ["and", "with", "the", "of", "und", "oder", "avec", "et", "przez", "oraz"];

/// The same in one language only: articles and prepositions that no sentence ends with.
fn promising_in(language: &str) -> &'static [&'static str] {
    match language {
        "en" => &["a", "an", "or"],
        "de" => {
            &["dem", "der", "des", "einem", "einer", "eines", "neben", "vom", "von", "zum", "zur"]
        }
        "fr" => &["à", "au", "aux", "dans", "de", "des", "du", "le", "les", "ou", "une"],
        "es" => &["con", "de", "del", "el", "en", "las", "los", "o", "un", "una", "y"],
        "it" => &["con", "degli", "dei", "del", "della", "di", "e", "gli", "il", "la", "un", "una"],
        "nl" => &["een", "en", "het", "of", "van"],
        "pt" => &["com", "da", "das", "de", "do", "dos", "e", "o", "os", "ou", "um", "uma"],
        "pl" => &["i", "na", "w", "z", "ze"],
        "ar" => &["على", "في", "مع", "من", "و"],
        "ru" => &["в", "и", "из", "на", "с", "со"],
        "uk" => &["в", "з", "і", "на", "та"],
        _ => &[],
    }
}

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.alts().filter_map(|(locale, text)| complaint(locale, text.trim())).collect()
}

fn complaint(locale: &str, text: &str) -> Option<String> {
    let last = text.split_whitespace().next_back()?;
    let several = text.trim_end() != last;
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let promising = || PROMISING.contains(&last) || promising_in(language).contains(&last);
    let open = (several && promising()) || ends_open(text);
    let reason = if open {
        format!("ends with {}", quoted(last))
    } else if !has_byte(text.as_bytes(), may_tell) {
        return None;
    } else if text.contains('\u{fffd}') {
        "has a broken character".to_owned()
    } else if opened_and_not_closed(text) {
        "has a bracket that is not closed".to_owned()
    } else if quoted_and_not_closed(text) {
        "has a quotation mark that is not closed".to_owned()
    } else {
        return None;
    };
    Some(format!("the text for `{locale}` {reason}"))
}

/// A quick look: where no such byte is, there is no bracket, mark or sign beyond ASCII.
fn may_tell(byte: u8) -> bool {
    !byte.is_ascii() || matches!(byte, b'(' | b'[' | b'"')
}

fn ends_open(text: &str) -> bool {
    const ENDS: [&str; 5] = ["...", "・・", "[...]", "(...)", "[…]"];
    const SIGNS: [char; 13] = ['…', ',', '-', '–', '—', '(', '[', '&', '/', '、', '，', '،', '（'];
    ENDS.iter().any(|end| text.ends_with(end)) || text.ends_with(SIGNS)
}

fn opened_and_not_closed(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    text.contains(['(', '[', '（'])
        && [('(', ')'), ('[', ']'), ('（', '）')]
            .into_iter()
            .any(|(open, close)| count(open) > count(close))
}

/// A straight mark behind a digit is inches.
fn quoted_and_not_closed(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    let inches = || text.as_bytes().windows(2).any(|two| matches!(two, [b'0'..=b'9', b'"']));
    let straight = || count('"') % 2 == 1 && !inches();
    if text.is_ascii() {
        return straight();
    }
    let low = count('„');
    let curly =
        if low > 0 { low > count('“') + count('”') } else { count('“') > count('”') };
    curly || count('「') > count('」') || straight()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn an_open_end_is_found() {
        finds(
            &RULE,
            |s| s.set_alt("A tin of tea, two cups and"),
            &["the text for `en` ends with `and`"],
        );
        finds(
            &RULE,
            |s| s.set_alt("A tin of tea (green"),
            &["the text for `en` has a bracket that is not closed"],
        );
        finds(&RULE, |s| s.set_alt("A caf\u{fffd}"), &["the text for `en` has a broken character"]);
        let texts = ["A tin of tea…", "A tin of tea, two...", "Eine Dose und", "A tin,", "A tin -"];
        finds_each(&RULE, &texts, Sample::set_alt);
        let texts = [
            "A tin —",
            "A tin of tea [...]",
            "緑の茶缶・・・",
            "绿色茶叶罐，",
            "علبة شاي،",
            "A tin of \"tea",
            "A tin of “tea",
            "Eine Dose „Tee",
            "A tin on a",
            "A tin or",
        ];
        finds_each(&RULE, &texts, Sample::set_alt);
        for (locale, text) in [
            ("de-AT", "Eine Dose neben einer"),
            ("fr", "Une boîte de"),
            ("es", "Una lata con"),
            ("it", "Una scatola di"),
            ("pt", "Uma lata com"),
            ("ru", "Банка чая и"),
            ("ru", "Банка чая с"),
        ] {
            let found = Sample::with(|s| {
                s.metadata.alt = [(locale.to_owned(), text.to_owned())].into();
            });
            assert_eq!(found.messages(&RULE).len(), 1, "{locale}: {text}");
        }
    }

    #[test]
    fn a_finished_text_is_not() {
        let texts = [
            "A tin of tea",
            "A tin of tea.",
            "Tea (green)",
            "The Who",
            "1) a tin",
            "The band :-)",
            "A sign that reads Buy With And The",
            "and",
            "A 27\" screen",
            "A sign “Tea” and „Tee“",
            "A company to work for",
            "What they die in",
            "A page in the reader's language",
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
