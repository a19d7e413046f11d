use crate::domain::validation::wording::length_in_words;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL212",
    name: "alt-text-untranslated",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text is the same in two languages",
    why: "The text was copied and not translated: in one of the languages it is read with the wrong voice and not understood.",
    fix: "Translate the text, or remove it where nobody has.",
    source: "WCAG 3.1.2: technique H58 (language of parts)",
    needs: &[Known::AltText],
    check,
};

/// Fewer words may be a name, or happen to be the same.
const FEWEST_WORDS: usize = 4;

fn check(subject: &Subject<'_>) -> Vec<String> {
    let mut messages = Vec::new();
    let alts = &subject.reading.alts;
    for (at, alt) in alts.iter().enumerate() {
        let mut earlier = alts.iter().take(at);
        let same = earlier
            .find(|other| other.folded == alt.folded && !is_one_language(alt.locale, other.locale));
        let long = || length_in_words(&alt.folded) >= FEWEST_WORDS;
        if let Some(other) = same.filter(|_| long()) {
            let (one, other) = (other.locale, alt.locale);
            messages.push(format!("the texts for `{one}` and `{other}` are the same"));
        }
    }
    messages
}

fn is_one_language(one: &str, other: &str) -> bool {
    let language = |locale: &str| locale.split(['-', '_']).next().map(str::to_lowercase);
    language(one) == language(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn set(sample: &mut Sample, texts: [(&str, &str); 2]) {
        sample.metadata.alt =
            texts.into_iter().map(|(locale, text)| (locale.to_owned(), text.to_owned())).collect();
    }

    #[test]
    fn a_copied_text_is_found() {
        finds(
            &RULE,
            |s| set(s, [("de", "A green tea tin"), ("en", "a green tea tin.")]),
            &["the texts for `de` and `en` are the same"],
        );
        finds(
            &RULE,
            |s| set(s, [("ja", "绿色茶叶罐和两个杯子"), ("zh", "绿色茶叶罐和两个杯子")]),
            &["the texts for `ja` and `zh` are the same"],
        );
    }

    #[test]
    fn names_and_regions_of_one_language_may_be_the_same() {
        passes(&RULE, |s| set(s, [("de", "Teehaus Anna Li"), ("en", "Teehaus Anna Li")]));
        passes(&RULE, |s| set(s, [("en", "A green tea tin"), ("en-GB", "A green tea tin")]));
    }
}
