use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL704",
    name: "expired-asset",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped whose use has ended",
    why: "Its offer, license, campaign or packaging is over. An asset is expired at its instant, although no sweep has recorded it yet.",
    fix: "Leave it out, or renew it with new dates after another review.",
    source: "product policy; IPTC-IIM Expiration Date (2:37)",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Expired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, instant, passes};

    #[test]
    fn an_end_counts_before_anybody_records_it() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Approved;
                s.metadata.dates.expires_at = Some(instant("2026-05-01"));
            },
            &["its own end passed at 2026-05-01T00:00:00.000Z"],
        );
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Expired;
            },
            &["its expiry is on record"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Approved;
        });
    }
}
