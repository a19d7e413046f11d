use crate::domain::reuse::Answer;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL715",
    name: "use-license-unclear",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "nobody recorded whether a license allows the use that the export is for",
    why: "What is not recorded is unknown, and unknown is not \"everywhere\".",
    fix: "Link a license that says its placements, territories and end (`license add`), or say where the use is with `--territory`.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.licenses_answer(Answer::Ask).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_answer_of_the_licenses_decides() {
        finds(&RULE, |s| s.export_to("homepage-hero", Answer::Ask), &["because of the license"]);
        for other in [Answer::Yes, Answer::No] {
            passes(&RULE, |s| s.export_to("homepage-hero", other));
        }
    }
}
