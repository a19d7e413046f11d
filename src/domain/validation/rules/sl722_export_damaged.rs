use crate::domain::validation::exported::FlawWeight;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL722",
    name: "export-damaged",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "part of the export could not be read",
    why: "What stands in the damaged part was not checked: an asset may have passed unseen.",
    fix: "Export again. Exports are cut off by time limits and by full disks.",
    source: "WordPress behavior: exports are written without checks",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.flaws(FlawWeight::Damage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Flaw;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn flawed(sample: &mut Sample, weight: FlawWeight) {
        let what = "not well-formed".to_owned();
        sample.export().flaws = vec![Flaw { weight, what }];
    }

    #[test]
    fn each_flaw_has_the_rule_of_its_weight() {
        finds(&RULE, |s| flawed(s, FlawWeight::Damage), &["not well-formed"]);
        for other in [FlawWeight::Entry, FlawWeight::Damage, FlawWeight::Blemish] {
            if other != FlawWeight::Damage {
                passes(&RULE, |s| flawed(s, other));
            }
        }
    }
}
