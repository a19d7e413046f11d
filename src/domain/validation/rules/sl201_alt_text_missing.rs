use crate::domain::validation::wording::serves;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL201",
    name: "alt-text-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the picture has no alternative text in the site's language",
    why: "People who can't see the picture, and programs that read for them, get nothing, or the file name.",
    fix: "Describe the picture in one sentence with `describe --alt LOCALE=TEXT`, or declare it decorative with an empty text.",
    source: "WCAG 1.1.1: technique H37, failure F65",
    needs: &[Known::AltText],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let wanted = subject.policy.locale.as_str();
    let there = subject.metadata.alt.keys().any(|locale| serves(locale, wanted));
    let message = || format!("there is no alternative text for `{wanted}`");
    (subject.is_picture() && !there).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};
    use std::collections::BTreeMap;

    #[test]
    fn the_text_has_to_be_in_the_language_of_the_site() {
        finds(
            &RULE,
            |s| s.metadata.alt.retain(|locale, _| locale == "de"),
            &["there is no alternative text for `en`"],
        );
    }

    #[test]
    fn an_empty_text_declares_the_picture_decorative() {
        passes(&RULE, |s| s.set_alt(""));
    }

    #[test]
    fn a_regional_text_serves_its_language_and_the_other_way_round() {
        passes(&RULE, |s| s.policy.locale = "de-AT".to_owned());
        passes(&RULE, |s| {
            s.metadata.alt = BTreeMap::from([("en-GB".to_owned(), "A tin of tea".to_owned())]);
        });
    }

    #[test]
    fn a_sound_needs_no_alternative_text() {
        passes(&RULE, |s| {
            s.metadata.alt.clear();
            s.set_media_type("audio/mpeg");
        });
    }
}
