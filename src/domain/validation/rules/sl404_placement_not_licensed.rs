use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL404",
    name: "placement-not-licensed",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a license does not cover where the asset is to be used",
    why: "All licenses of an asset must allow a use. One that lists its placements allows no other.",
    fix: "Drop the placement, or get and record the right for it.",
    source: "product policy; PLUS Media Summary Code",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let placements = subject.metadata.placements.iter();
    let refused = placements.flat_map(|placement| {
        let licenses = subject.licenses.iter();
        let refusing = licenses.filter(|l| l.placements.covers(placement) == Some(false));
        refusing
            .map(|license| format!("license {} does not cover {}", license.key, quoted(placement)))
    });
    refused.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::license::Scope;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn what_a_license_lists_is_all_it_covers() {
        finds(
            &RULE,
            |s| s.metadata.placements.push("packaging".to_owned()),
            &["license firefly-terms does not cover `packaging`"],
        );
        passes(&RULE, |s| s.metadata.placements = vec!["newsletter".to_owned()]);
    }

    #[test]
    fn what_a_license_leaves_open_is_told_by_another_rule() {
        for scope in [Scope::Unknown, Scope::Unrestricted] {
            passes(&RULE, |s| {
                s.licenses[0].placements = scope;
                s.metadata.placements.push("packaging".to_owned());
            });
        }
    }
}
