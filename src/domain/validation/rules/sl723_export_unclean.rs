use crate::domain::validation::exported::FlawWeight;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL723",
    name: "export-unclean",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "texts of the export are not as they were",
    why: "Characters that XML or the declared encoding does not allow were replaced. Nothing was lost but these.",
    fix: "Clean the texts in WordPress, or export again.",
    source: "WordPress behavior: exports are written without checks",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.flaws(FlawWeight::Blemish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Flaw;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn flawed(sample: &mut Sample, weight: FlawWeight) {
        let what = "3 control characters".to_owned();
        sample.export().flaws = vec![Flaw { weight, what }];
    }

    #[test]
    fn each_flaw_has_the_rule_of_its_weight() {
        finds(&RULE, |s| flawed(s, FlawWeight::Blemish), &["3 control characters"]);
        for other in [FlawWeight::Entry, FlawWeight::Damage, FlawWeight::Blemish] {
            if other != FlawWeight::Blemish {
                passes(&RULE, |s| flawed(s, other));
            }
        }
    }
}
