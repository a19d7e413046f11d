use crate::domain::lifecycle::{Cause, State};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL321",
    name: "risk-unresolved",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "somebody flagged a risk in the picture, and nobody has cleared it",
    why: "A mark of somebody else, a face without a release or a product that is not like that does harm once it is published, however well it is described.",
    fix: "Settle it with whoever raised it. If there is no risk, say why with `shelflife flag ASSET --clear RISK --note TEXT`; else reject or withdraw the asset.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

/// An asset that is out of use has no risk to settle before somebody wants it back.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let wanted = matches!(subject.asset.state, State::Draft | State::Approved);
    let open = subject.verdict.causes.iter();
    let open = open.filter(|cause| wanted && matches!(cause, Cause::RiskOpen(_)));
    open.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::risk::{OpenRisk, Risk};
    use crate::domain::validation::sample::{Sample, finds, instant, passes};

    fn flag(sample: &mut Sample) {
        sample.risks = [(Risk::Likeness, Some("the man")), (Risk::ProhibitedMotif, None)]
            .map(|(risk, note)| OpenRisk {
                risk,
                note: note.map(str::to_owned),
                by: "nina".to_owned(),
                at: instant("2026-05-02"),
            })
            .to_vec();
    }

    #[test]
    fn each_open_flag_is_found() {
        let found = [
            "flagged as likeness by nina at 2026-05-02T00:00:00.000Z: the man",
            "flagged as prohibited-motif by nina at 2026-05-02T00:00:00.000Z",
        ];
        finds(&RULE, flag, &found);
    }

    #[test]
    fn flags_of_what_is_out_of_use_pass() {
        passes(&RULE, |s| {
            flag(s);
            s.asset.state = State::Rejected;
        });
    }
}
