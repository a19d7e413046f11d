use crate::domain::validation::wording::{Pattern, quoted};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL316",
    name: "claimed-restriction-unmentioned",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the file restricts its use, and the record does not mention it",
    why: "Usage terms travel with the file because whoever set them wants them to be read. Marketing is commercial use: `editorial only` forbids it.",
    fix: "Clear the use with the licensor, and say in the rights note what holds.",
    source: "IPTC Rights Usage Terms",
    needs: &[Known::Claims, Known::Record],
    check,
};

/// Restrictions that concern marketing, each with the words that mention it.
static RESTRICTIONS: [(Pattern, Pattern); 3] = [
    (
        Pattern::new(
            r"(?i)editorial[ -](?:use[ -])?only|only (?:for )?editorial|nur (?:zur )?redaktionell",
        ),
        Pattern::new(r"(?i)editorial|redaktionell"),
    ),
    (
        Pattern::new(
            r"(?i)non-?commercial|not? (?:for )?commercial|personal use only|nicht[- ]?kommerziell|(?-u:\b)cc[- ]by[- ]nc|/by-nc",
        ),
        Pattern::new(r"(?i)commercial|kommerziell|personal use|-nc(?-u:\b)"),
    ),
    (
        Pattern::new(
            r"(?i)comp(?:ing)? (?:use )?only|layout use only|preview only|not for publication|watermark",
        ),
        Pattern::new(r"(?i)comp(?:ing)?(?-u:\b)|layout|preview|publication|watermark"),
    ),
];

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(claims) = subject.claims else { return Vec::new() };
    let note = subject.metadata.rights_note.as_deref();
    let notes = subject.licenses.iter().map(|license| license.note.as_deref()).chain([note]);
    let notes: Vec<_> = notes.flatten().collect();
    let stated = claims.usage_terms.any().into_iter().chain(claims.rights_url.as_deref());
    let terms: Vec<_> = stated.collect();
    let restrictions = RESTRICTIONS.iter().filter_map(|(restricts, mentions)| {
        let words = terms.iter().find_map(|terms| restricts.find(terms))?;
        let mentioned = notes.iter().any(|note| mentions.is_match(note));
        let message = || format!("the file says {}, and the rights note does not", quoted(words));
        (!mentioned).then(message)
    });
    restrictions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::{Claims, Texts};
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes, passes_each};

    fn says(sample: &mut Sample, terms: &str) {
        let usage_terms = Texts::plain(terms);
        sample.claims = Some(Claims { usage_terms, ..Claims::default() });
        sample.metadata.rights_note = Some("bought from the studio".to_owned());
        sample.licenses.clear();
    }

    #[test]
    fn a_restriction_that_nobody_mentions_is_found() {
        finds(
            &RULE,
            |s| says(s, "For editorial use only."),
            &["the file says `editorial use only`, and the rights note does not"],
        );
        let terms = [
            "Licensed for non-commercial use",
            "Personal use only",
            "nur redaktionelle Verwendung",
            "CC BY-NC 4.0",
            "For layout use only",
        ];
        finds_each(&RULE, &terms, says);
        finds(
            &RULE,
            |s| {
                says(s, "");
                let url = "https://creativecommons.org/licenses/by-nc/4.0/".to_owned();
                s.claims.as_mut().unwrap().rights_url = Some(url);
            },
            &["the file says `/by-nc`, and the rights note does not"],
        );
    }

    #[test]
    fn terms_that_allow_and_restrictions_that_somebody_read_pass() {
        let terms = ["Royalty free", "Commercial use allowed", "No people depicted", ""];
        passes_each(&RULE, &terms, says);
        passes(&RULE, |s| {
            says(s, "Editorial use only");
            let note = "the studio allows more than editorial use, see mail of 2026-04-02";
            s.metadata.rights_note = Some(note.to_owned());
        });
    }
}
