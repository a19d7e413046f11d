use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL512",
    name: "context-revised",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "a context has changed since the asset was approved",
    why: "The picture shows what was true then: the old packaging, the old brand, a claim that is no longer made.",
    fix: "Look at it beside the change. Renew it if it is still true, or end it.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes =
        subject.verdict.causes.iter().filter(|cause| matches!(cause, Cause::ContextRevised { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::context::Context;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, finds, passes, revision, undated};

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
    fn a_newer_revision_is_told_and_a_renewal_is_not_stopped() {
        finds(
            &RULE,
            |s| changed(s, "packaging/tea-tin"),
            &["packaging/tea-tin changed at 2026-05-28T00:00:00.000Z from revision 1 to 2: v4 tin"],
        );
        assert_eq!(Sample::with(|s| changed(s, "packaging/tea-tin")).gate(), []);
    }

    #[test]
    fn the_revision_that_was_approved_is_fine() {
        passes(&RULE, |s| {
            changed(s, "packaging/tea-tin");
            s.pinned = Some(2);
        });
        passes(&RULE, |s| changed(s, "provider/firefly"));
    }
}
