use crate::domain::validation::kin::Others;
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL215",
    name: "alt-text-repeated",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "another picture has the same alternative text",
    why: "Who hears the same text for two pictures cannot tell them apart, and one of the texts was probably copied.",
    fix: "Say what each picture shows and the other does not.",
    source: "WCAG 1.1.1: technique G94 (the text serves the same purpose as the picture)",
    needs: &[Known::AltText, Known::Others],
    check,
};

/// Assets whose use has ended may repeat what they said.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let repeated = subject.kin.alts.iter().filter(|_| subject.is_open());
    let message = |(locale, others): &(String, Others)| {
        let said = subject.metadata.alt.get(locale).map(String::as_str).unwrap_or_default();
        let who = others.words_with("has", "have");
        // Of these there are many.
        [&who, " the text for `", locale, "`: ", &quoted(said)].concat()
    };
    repeated.map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::asset::AssetId;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::kin::Peer;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn shares(sample: &mut Sample, more: u64) {
        sample.set_alt("A tin of tea");
        sample.kin.alts = vec![("en".to_owned(), Others { first: Peer::Asset(AssetId(7)), more })];
    }

    #[test]
    fn a_text_that_another_picture_has_is_found() {
        finds(&RULE, |s| shares(s, 0), &["#7 has the text for `en`: `A tin of tea`"]);
        finds(&RULE, |s| shares(s, 5), &["#7 and 5 more have the text for `en`: `A tin of tea`"]);
    }

    #[test]
    fn a_text_of_its_own_and_an_ended_asset_pass() {
        passes(&RULE, |s| s.kin.alts.clear());
        passes(&RULE, |s| {
            shares(s, 0);
            s.asset.state = State::Expired;
        });
    }
}
