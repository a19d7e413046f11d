use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL510",
    name: "expiry-passed",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset's own end has passed",
    why: "It may not be used any more. Nobody has recorded its end yet, or a new draft still has an old date.",
    fix: "Record the end with `sweep`, or decide anew with a later end.",
    source: "product policy; IPTC-IIM Expiration Date (2:37)",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes =
        subject.verdict.causes.iter().filter(|cause| matches!(cause, Cause::OwnEnd { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    fn end(sample: &mut Sample, day: &str) {
        sample.metadata.dates.expires_on = Some(date(day));
        sample.metadata.dates.expires_at = Some(instant(day).plus_days(1));
    }

    #[test]
    fn the_last_day_still_counts() {
        passes(&RULE, |s| end(s, "2026-06-01"));
        finds(&RULE, |s| end(s, "2026-05-31"), &["its own end passed at 2026-06-01T00:00:00.000Z"]);
    }

    #[test]
    fn an_end_on_record_is_no_defect_but_stops_a_renewal() {
        let expired = Sample::with(|s| {
            end(s, "2026-05-31");
            s.asset.state = State::Expired;
        });
        assert!(expired.messages(&RULE).is_empty());
        assert!(expired.gate().iter().any(|finding| finding.code == "SL510"));
    }
}
