use crate::domain::validation::wording::{quoted, serves};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL217",
    name: "alt-text-missing-for-placement",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the picture has no alternative text in a language that one of its placements requires",
    why: "A placement that is served in several languages shows the picture in each of them. Where the text is missing, people who can't see it get nothing, or a text that they don't understand.",
    fix: "Describe the picture in that language with `describe --alt LOCALE=TEXT`, declare it decorative there with `--decorative=LOCALE`, or change `locales` of the placement in shelflife.toml.",
    source: "product policy; WCAG 1.1.1: technique H37, failure F65",
    needs: &[Known::AltText, Known::Description],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    if !subject.is_picture() {
        return Vec::new();
    }
    let there = |wanted: &str| subject.metadata.alt.keys().any(|locale| serves(locale, wanted));
    let missing = subject.requirements().flat_map(|(placement, required)| {
        let locales = required.locales.iter().filter(|wanted| !there(wanted));
        locales.map(move |wanted| {
            let placement = quoted(placement);
            format!("there is no alternative text for `{wanted}`, which {placement} requires")
        })
    });
    missing.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::requirement::Requirements;
    use crate::domain::reuse::Answer;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn require(sample: &mut Sample, placement: &str, locales: &[&str]) {
        let locales = locales.iter().map(|locale| (*locale).to_owned()).collect();
        let required = Requirements { locales, ..Requirements::default() };
        sample.policy.placement_requirements.insert(placement.to_owned(), required);
    }

    const FRENCH: &str = "there is no alternative text for `fr`, which `homepage-hero` requires";

    #[test]
    fn each_locale_of_each_placement_counts() {
        finds(&RULE, |s| require(s, "homepage-hero", &["de", "en-GB", "fr"]), &[FRENCH]);
        finds(
            &RULE,
            |s| {
                s.metadata.placements = vec!["homepage-hero".to_owned(), "shop".to_owned()];
                require(s, "homepage-hero", &["de", "fr"]);
                require(s, "shop", &["fr", "pl"]);
            },
            &[
                FRENCH,
                "there is no alternative text for `fr`, which `shop` requires",
                "there is no alternative text for `pl`, which `shop` requires",
            ],
        );
        passes(&RULE, |s| require(s, "shop", &["fr"]));
    }

    #[test]
    fn a_picture_may_be_decorative_in_a_language_and_a_sound_needs_no_text() {
        let french = |s: &mut Sample| require(s, "homepage-hero", &["fr"]);
        passes(&RULE, |s| {
            french(s);
            s.metadata.alt.insert("fr_CA".to_owned(), String::new());
        });
        passes(&RULE, |s| {
            french(s);
            s.set_media_type("audio/mpeg");
        });
    }

    #[test]
    fn an_export_is_asked_for_its_own_placement() {
        let shop = |s: &mut Sample| {
            require(s, "homepage-hero", &["fr"]);
            require(s, "shop", &["pl"]);
        };
        finds(
            &RULE,
            |s| {
                shop(s);
                s.export_to("shop", Answer::Yes);
            },
            &["there is no alternative text for `pl`, which `shop` requires"],
        );
        passes(&RULE, |s| {
            shop(s);
            s.export();
        });
    }

    fn parts(tag: &str) -> Vec<String> {
        tag.to_lowercase().split(['-', '_']).map(str::to_owned).collect()
    }

    fn tags() -> impl Strategy<Value = Vec<&'static str>> {
        let known =
            ["de", "de-AT", "de_at", "de-CH-1996", "en", "en-GB", "eng", "pt-BR", "zh-Hant-TW"];
        proptest::sample::subsequence(known.to_vec(), 0..known.len())
    }

    proptest! {
        /// A text serves if its tag or the required one begins the other, part by part.
        #[test]
        fn a_required_locale_is_missed_unless_a_text_serves_it(there in tags(), required in tags()) {
            let sample = Sample::with(|s| {
                let text = |tag: &&str| ((*tag).to_owned(), "A tin of tea".to_owned());
                s.metadata.alt = there.iter().map(text).collect();
                require(s, "homepage-hero", &required);
            });
            let served = |wanted: &str| there.iter().any(|tag| {
                let (tag, wanted) = (parts(tag), parts(wanted));
                tag.starts_with(&wanted) || wanted.starts_with(&tag)
            });
            let missed = required.iter().filter(|wanted| !served(wanted)).count();
            prop_assert_eq!(sample.messages(&RULE).len(), missed);
        }
    }
}
