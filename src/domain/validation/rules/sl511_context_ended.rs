use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL511",
    name: "context-ended",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a campaign, offer, season or other context of the asset is over",
    why: "What the picture was made for has ended. Using it again needs a decision, and usually another context.",
    fix: "Record the end with `sweep`, or link the asset to what it is for now.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes =
        subject.verdict.causes.iter().filter(|cause| matches!(cause, Cause::ContextEnded { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{context, finds, passes};

    #[test]
    fn the_last_day_still_counts() {
        passes(&RULE, |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-06-01")]);
        finds(
            &RULE,
            |s| s.contexts = vec![context("offer/tea", "2026-05-01", "2026-05-31")],
            &["offer/tea ended at 2026-06-01T00:00:00.000Z"],
        );
    }

    #[test]
    fn an_end_on_record_is_no_defect() {
        passes(&RULE, |s| {
            s.contexts = vec![context("offer/tea", "2026-05-01", "2026-05-31")];
            s.asset.state = State::Expired;
        });
    }
}
