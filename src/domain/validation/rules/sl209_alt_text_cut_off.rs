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

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.alts().filter_map(|(locale, text)| complaint(locale, text.trim())).collect()
}

fn complaint(locale: &str, text: &str) -> Option<String> {
    let last = text.split_whitespace().next_back()?;
    let several = text.trim_end() != last;
    let open = (several && PROMISING.contains(&last)) || ends_open(text);
    let reason = if open {
        format!("ends with {}", quoted(last))
    } else if text.contains('\u{fffd}') {
        "has a broken character".to_owned()
    } else if opened_and_not_closed(text) {
        "has a bracket that is not closed".to_owned()
    } else {
        return None;
    };
    Some(format!("the text for `{locale}` {reason}"))
}

fn ends_open(text: &str) -> bool {
    text.ends_with("...") || text.ends_with(['…', ',', '-', '–', '(', '[', '&', '/', '、'])
}

fn opened_and_not_closed(text: &str) -> bool {
    let count = |sign: char| text.chars().filter(|c| *c == sign).count();
    text.contains(['(', '[', '（'])
        && [('(', ')'), ('[', ']'), ('（', '）')]
            .into_iter()
            .any(|(open, close)| count(open) > count(close))
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
        ];
        passes_each(&RULE, &texts, Sample::set_alt);
    }
}
