use crate::domain::lifecycle::Standing;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL707",
    name: "asset-before-its-start",
    severity: Severity::Error,
    gates_approval: Gate::None,
    summary: "an asset is shipped before it may be used",
    why: "Its campaign, offer or license has not begun. Shown early it gives away what is announced later, or is used without a right.",
    fix: "Ship it after its start, or check with `--as-of` the day on which the export goes live.",
    source: "product policy; IPTC-IIM Release Date (2:30)",
    needs: &[Known::Export],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.exported_as(Standing::Scheduled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::validation::sample::{finds, instant, passes};

    #[test]
    fn a_start_to_come_is_found() {
        finds(
            &RULE,
            |s| {
                s.export();
                s.asset.state = State::Approved;
                s.metadata.dates.starts_at = Some(instant("2026-06-02"));
            },
            &["usable from 2026-06-02T00:00:00.000Z"],
        );
        passes(&RULE, |s| {
            s.export();
            s.asset.state = State::Approved;
            s.metadata.dates.starts_at = Some(instant("2026-06-01"));
        });
    }
}
