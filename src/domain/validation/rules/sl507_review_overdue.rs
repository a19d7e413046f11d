use crate::domain::lifecycle::{Cause, State};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL507",
    name: "review-overdue",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "an approved asset is due for review",
    why: "Nobody has looked whether it is still true since the day that was set.",
    fix: "Look at it, and renew it with a new review date, or end it.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let approved = subject.asset.state == State::Approved;
    let causes = subject.verdict.causes.iter().filter(|cause| {
        approved && matches!(cause, Cause::ReviewDue { .. } | Cause::ReviewOverdue { .. })
    });
    causes.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    fn due(sample: &mut Sample, day: &str) {
        sample.metadata.dates.review_on = Some(date(day));
        sample.metadata.dates.review_at = Some(instant(day));
    }

    fn approve(sample: &mut Sample) {
        sample.asset.state = State::Approved;
    }

    #[test]
    fn a_due_review_is_told_from_its_day_on() {
        passes(&RULE, |s| {
            approve(s);
            due(s, "2026-06-02");
        });
        finds(
            &RULE,
            |s| {
                approve(s);
                due(s, "2026-06-01");
            },
            &["review due since 2026-06-01T00:00:00.000Z"],
        );
    }

    #[test]
    fn the_grace_that_ended_is_told_as_well() {
        finds(
            &RULE,
            |s| {
                approve(s);
                due(s, "2026-05-01");
                s.policy.review_grace_days = Some(14);
            },
            &[
                "review due since 2026-05-01T00:00:00.000Z, over the grace of 14 days",
                "review due since 2026-05-01T00:00:00.000Z",
            ],
        );
    }
}
