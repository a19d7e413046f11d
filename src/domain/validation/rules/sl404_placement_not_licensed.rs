use crate::domain::license::License;
use crate::domain::validation::wording::quoted;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL404",
    name: "placement-not-licensed",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a license does not cover where the asset is to be used",
    why: "All licenses of an asset must allow a use. One that lists its placements allows no other, and one that excludes a placement does not allow it, whatever else it says.",
    fix: "Drop the placement, or get and record the right for it.",
    source: "product policy; PLUS Media Summary Code",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let placements = subject.metadata.placements.iter();
    let refused = placements.flat_map(|placement| {
        subject.licenses.iter().filter_map(|license| refused_by(license, placement))
    });
    refused.collect()
}

fn refused_by(license: &License, placement: &str) -> Option<String> {
    let excluded = license.excluded.placements.contains(placement);
    let verb = if excluded { "excludes" } else { "does not cover" };
    let refuses = license.covers_placement(placement) == Some(false);
    refuses.then(|| format!("license {} {verb} {}", license.key, quoted(placement)))
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
    fn what_a_license_excludes_is_found_whatever_else_it_says() {
        for scope in [Scope::Unknown, Scope::Unrestricted, Scope::Only(vec!["blog".to_owned()])] {
            finds(
                &RULE,
                |s| {
                    s.metadata.placements = vec!["packaging".to_owned()];
                    s.licenses[0].placements = scope;
                    s.licenses[0].excluded.placements.insert("packaging".to_owned());
                },
                &["license firefly-terms excludes `packaging`"],
            );
        }
        passes(&RULE, |s| {
            s.licenses[0].excluded.placements.insert("packaging".to_owned());
        });
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
