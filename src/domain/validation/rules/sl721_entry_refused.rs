use crate::domain::validation::exported::FlawWeight;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL721",
    name: "entry-refused",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an entry of the export says something that cannot be taken as it stands",
    why: "A path that leads out of the uploads folder, an absolute path of a server or broken serialized data: what it stands for could not be checked.",
    fix: "Look at the entry in WordPress and save it again, or repair the plugin that wrote it.",
    source: "WordPress behavior: exports are written without checks",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.flaws(FlawWeight::Entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Flaw;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn flawed(sample: &mut Sample, weight: FlawWeight) {
        let what = "`_wp_attached_file` is refused".to_owned();
        sample.export().flaws = vec![Flaw { weight, what }];
    }

    #[test]
    fn each_flaw_has_the_rule_of_its_weight() {
        finds(&RULE, |s| flawed(s, FlawWeight::Entry), &["`_wp_attached_file` is refused"]);
        for other in [FlawWeight::Entry, FlawWeight::Damage, FlawWeight::Blemish] {
            if other != FlawWeight::Entry {
                passes(&RULE, |s| flawed(s, other));
            }
        }
    }
}
