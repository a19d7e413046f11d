use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL514",
    name: "context-not-begun",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a context of the asset has not begun",
    why: "The asset can be approved now and is scheduled: it may not be used before its campaign or offer begins.",
    fix: "Nothing, if that is meant; else correct the first day of the context.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes = subject
        .verdict
        .causes
        .iter()
        .filter(|cause| matches!(cause, Cause::ContextNotBegun { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{context, finds, passes};

    #[test]
    fn the_first_day_counts() {
        passes(&RULE, |s| s.contexts = vec![context("offer/tea", "2026-06-01", "2026-12-31")]);
        finds(
            &RULE,
            |s| s.contexts = vec![context("offer/tea", "2026-06-02", "2026-12-31")],
            &["offer/tea begins at 2026-06-02T00:00:00.000Z"],
        );
    }
}
