use crate::domain::validation::exported::FlawWeight;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL724",
    name: "catalog-not-asked",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "no catalog was asked, and nobody said that none should be",
    why: "Names, texts and files are checked, and what was rejected, withdrawn or has expired passes. A pipeline that has lost its catalog would be green for ever.",
    fix: "Name the catalog or a snapshot of it with `--catalog`, or say `--without-catalog` if that is meant.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.flaws(FlawWeight::Unasked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::exported::Flaw;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn flawed(sample: &mut Sample, weight: FlawWeight) {
        sample.export().flaws = vec![Flaw { weight, what: "no catalog is known".to_owned() }];
    }

    #[test]
    fn a_catalog_that_is_not_known_is_told() {
        finds(&RULE, |s| flawed(s, FlawWeight::Unasked), &["no catalog is known"]);
        passes(&RULE, |s| flawed(s, FlawWeight::Damage));
    }
}
