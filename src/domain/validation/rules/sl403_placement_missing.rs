use crate::domain::validation::wording::{is_blank, is_placeholder};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL403",
    name: "placement-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody said where the asset is to be used",
    why: "An approval is for a use. What suits a newsletter may not suit a product page, and a license may cover only one of them.",
    fix: "Name the places with `describe --placement`, such as `homepage-hero`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let placed = subject.metadata.placements.iter().any(|p| !is_blank(p) && !is_placeholder(p));
    (!placed).then(|| "no placement is recorded".to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn a_placement_has_to_be_a_place() {
        finds(&RULE, |s| s.metadata.placements.clear(), &["no placement is recorded"]);
        let set = |s: &mut Sample, place: &str| s.metadata.placements = vec![place.to_owned()];
        finds_each(&RULE, &["", " ", "tbd"], set);
        passes_each(&RULE, &["homepage-hero", "店頭"], set);
    }
}
