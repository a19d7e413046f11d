use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL513",
    name: "context-review-due",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "a context that asks for a review has changed or ended since the approval",
    why: "The change may not touch this picture. Somebody has to look before anybody can say so.",
    fix: "Look at it beside the change. Renew it if it is still true, or end it.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes = subject.verdict.causes.iter().filter(|cause| {
        matches!(cause, Cause::ContextRevisedToReview { .. } | Cause::ContextEndedToReview { .. })
    });
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::context::Context;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, context, finds, passes, revision, undated};

    /// Approved against revision 1 of a context that has a second one since 2026-05-28.
    fn changed(sample: &mut Sample, key: &str) {
        let context = undated(key);
        let revisions =
            vec![revision(1, "2026-01-01", "first"), revision(2, "2026-05-28", "v4 tin")];
        sample.contexts = vec![Context { revisions, ..context }];
        sample.pinned = Some(1);
        sample.asset.state = State::Approved;
    }

    #[test]
    fn a_change_and_an_end_are_told() {
        finds(
            &RULE,
            |s| changed(s, "provider/firefly"),
            &["provider/firefly changed at 2026-05-28T00:00:00.000Z from revision 1 to 2: v4 tin"],
        );
        finds(
            &RULE,
            |s| s.contexts = vec![context("provider/firefly", "2026-01-01", "2026-05-31")],
            &["provider/firefly ended at 2026-06-01T00:00:00.000Z"],
        );
    }

    #[test]
    fn a_change_that_ends_the_asset_is_told_by_another_rule() {
        passes(&RULE, |s| changed(s, "packaging/tea-tin"));
    }
}
