use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};
use unicode_normalization::UnicodeNormalization;

pub(super) static RULE: Rule = Rule {
    code: "SL208",
    name: "alt-text-too-long",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the alternative text is longer than 250 characters",
    why: "A reader gives the text in one go: nobody can pause in it, go back or skip. IPTC says not more than 250 characters.",
    fix: "Keep the main thing in the alternative text, and put the rest near the picture or into its long description.",
    source: "IPTC Alt Text (Accessibility); WCAG 1.1.1: techniques G95 and G92",
    needs: &[Known::AltText],
    check,
};

/// IPTC's limit for its Alt Text property.
const LONGEST: usize = 250;

fn check(subject: &Subject<'_>) -> Vec<String> {
    // No text has more characters than bytes.
    let long = subject.alts().filter(|(_, text)| text.len() > LONGEST);
    let lengths = long.map(|(locale, text)| (locale, text.trim().nfc().count()));
    lengths
        .filter(|(_, length)| *length > LONGEST)
        .map(|(locale, length)| format!("the text for `{locale}` has {length} characters"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_limit_counts_characters_and_is_still_allowed() {
        passes(&RULE, |s| s.set_alt(&"é".repeat(250)));
        passes(&RULE, |s| s.set_alt(&format!("{}\n", "e".repeat(250))));
        passes(&RULE, |s| s.set_alt(&"e\u{301}".repeat(250)));
        finds(&RULE, |s| s.set_alt(&"é".repeat(251)), &["the text for `en` has 251 characters"]);
    }
}
