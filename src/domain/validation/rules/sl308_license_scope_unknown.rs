use crate::domain::license::Scope;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL308",
    name: "license-scope-unknown",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a license does not say where or how the picture may be used",
    why: "What nobody recorded is unknown, not allowed: a question about reuse can only be answered with `ask`.",
    fix: "Record territories and placements, `worldwide` and `any` if that is what the license says.",
    source: "product policy; PLUS Media Summary Code",
    needs: &[Known::Record],
    check,
};

/// What the asset and the site ask for is told by another rule, and more loudly.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let placed = !subject.metadata.placements.is_empty();
    let served = !subject.policy.territories.is_empty();
    let unknown = subject.licenses.iter().filter_map(|license| {
        let territories = license.territories == Scope::Unknown && !served;
        let placements = license.placements == Scope::Unknown && !placed;
        let what = match (territories, placements) {
            (true, true) => "no territories and no placements",
            (true, false) => "no territories",
            (false, true) => "no placements",
            (false, false) => return None,
        };
        Some(format!("license {} names {what}", license.key))
    });
    unknown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn what_is_not_recorded_is_told() {
        finds(
            &RULE,
            |s| s.licenses[0].territories = Scope::Unknown,
            &["license firefly-terms names no territories"],
        );
        finds(
            &RULE,
            |s| {
                s.metadata.placements.clear();
                s.licenses[0].territories = Scope::Unknown;
                s.licenses[0].placements = Scope::Unknown;
            },
            &["license firefly-terms names no territories and no placements"],
        );
        passes(&RULE, |s| s.licenses[0].placements = Scope::Unrestricted);
        passes(&RULE, |s| s.licenses[0].placements = Scope::Unknown);
        passes(&RULE, |s| s.licenses.clear());
    }
}
