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

fn check(subject: &Subject<'_>) -> Vec<String> {
    let unknown = subject.licenses.iter().filter_map(|license| {
        let what = match (&license.territories, &license.placements) {
            (Scope::Unknown, Scope::Unknown) => "no territories and no placements",
            (Scope::Unknown, _) => "no territories",
            (_, Scope::Unknown) => "no placements",
            _ => return None,
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
                s.licenses[0].territories = Scope::Unknown;
                s.licenses[0].placements = Scope::Unknown;
            },
            &["license firefly-terms names no territories and no placements"],
        );
        passes(&RULE, |s| s.licenses[0].placements = Scope::Unrestricted);
        passes(&RULE, |s| s.licenses.clear());
    }
}
