use crate::domain::reuse::Answer;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL714",
    name: "use-not-licensed",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "a license does not allow the use that the export is for",
    why: "The placement, the territory or the time is outside of what was paid or agreed for.",
    fix: "Ask the holder to widen the license, or leave the asset out there.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.licenses_answer(Answer::No).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn the_answer_of_the_licenses_decides() {
        finds(&RULE, |s| s.export_to("homepage-hero", Answer::No), &["because of the license"]);
        for other in [Answer::Yes, Answer::Ask] {
            passes(&RULE, |s| s.export_to("homepage-hero", other));
        }
    }
}
