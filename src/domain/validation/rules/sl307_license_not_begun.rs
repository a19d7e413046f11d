use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL307",
    name: "license-not-begun",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "a license of the asset has not begun",
    why: "The asset can be approved now, but there is no right to use it before the license begins.",
    fix: "Wait for the license, or correct its first day.",
    source: "product policy; PLUS License Start Date",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes = subject
        .verdict
        .causes
        .iter()
        .filter(|cause| matches!(cause, Cause::LicenseNotBegun { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    fn from(sample: &mut Sample, day: &str) {
        sample.licenses[0].starts_on = Some(date(day));
        sample.licenses[0].starts_at = Some(instant(day));
    }

    #[test]
    fn the_first_day_counts() {
        passes(&RULE, |s| from(s, "2026-06-01"));
        finds(
            &RULE,
            |s| from(s, "2026-06-02"),
            &["license firefly-terms begins at 2026-06-02T00:00:00.000Z"],
        );
    }
}
