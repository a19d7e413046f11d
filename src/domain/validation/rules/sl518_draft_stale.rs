use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL518",
    name: "draft-stale",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "nobody has decided about the draft for a long time",
    why: "Generated pictures pile up, and nobody remembers later which of them were meant.",
    fix: "Approve or reject it.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes = subject.verdict.causes.iter().filter(|cause| matches!(cause, Cause::Stale { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_draft_is_stale_after_the_days_of_the_policy() {
        passes(&RULE, |s| s.now = s.asset.added.plus_days(29));
        finds(
            &RULE,
            |s| s.now = s.asset.added.plus_days(30),
            &["undecided since 2026-05-20T00:00:00.000Z, longer than 30 days"],
        );
    }
}
