use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL711",
    name: "blocked-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped whose use is blocked, by an overdue review or an open risk",
    why: "The policy lets nobody use what was not reviewed in time, as what it shows may have changed, nor what somebody flagged as a risk.",
    fix: "Review it and renew it, settle the risk, or leave it out.",
    source: "product policy",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Blocked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, instant, passes};

    #[test]
    fn a_review_overdue_beyond_the_grace_is_found() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Approved;
                s.policy.review_grace_days = Some(7);
                s.metadata.dates.review_at = Some(instant("2026-05-01"));
            },
            &["review due since 2026-05-01T00:00:00.000Z, over the grace of 7 days"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Approved;
            s.metadata.dates.review_at = Some(instant("2026-05-01"));
        });
    }
}
