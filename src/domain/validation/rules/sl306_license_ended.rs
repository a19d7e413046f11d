use crate::domain::lifecycle::Cause;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL306",
    name: "license-ended",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "a license of the asset has ended",
    why: "From the end of the license on every use is without a right.",
    fix: "Renew the license and record the new one with `license add`, or end the asset.",
    source: "product policy; PLUS License End Date",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let causes =
        subject.verdict.causes.iter().filter(|cause| matches!(cause, Cause::LicenseEnded { .. }));
    causes.filter(|_| subject.is_open()).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{Sample, date, finds, instant, passes};

    fn until(sample: &mut Sample, day: &str) {
        sample.licenses[0].ends_on = Some(date(day));
        sample.licenses[0].ends_at = Some(instant(day).plus_days(1));
    }

    #[test]
    fn the_last_day_still_counts() {
        passes(&RULE, |s| until(s, "2026-06-01"));
        finds(
            &RULE,
            |s| until(s, "2026-05-31"),
            &["license firefly-terms ended at 2026-06-01T00:00:00.000Z"],
        );
    }

    #[test]
    fn an_asset_that_was_ended_needs_no_license() {
        passes(&RULE, |s| {
            until(s, "2026-05-31");
            s.asset.state = State::Expired;
        });
    }
}
