use crate::domain::reuse::Answer;
use crate::domain::text::printable_text;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL715",
    name: "use-license-unclear",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "nobody recorded whether a license allows the use that the export is for",
    why: "What is not recorded is unknown, and unknown is not \"everywhere\".",
    fix: "Record placements, territories and end of the license with `license change`, or say where with `--territory`.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let wanted = subject.exported.and_then(|item| item.wanted.as_ref());
    let wanted = wanted.filter(|_| subject.is_found_in_catalog());
    let answered = wanted.filter(|wanted| wanted.license.answer == Answer::Ask);
    answered.map(|wanted| printable_text(&wanted.license.because)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_answer_of_the_licenses_decides() {
        finds(&RULE, |s| s.export_to("homepage-hero", Answer::Ask), &["because of the license"]);
        for other in [Answer::Yes, Answer::Ask, Answer::No] {
            if other != Answer::Ask {
                passes(&RULE, |s| s.export_to("homepage-hero", other));
            }
        }
    }
}
