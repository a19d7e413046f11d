use crate::domain::validation::rules::named;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL406",
    name: "waiver-without-finding",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a waiver accepts a finding that is not there any more",
    why: "A waiver that has done its work still accepts the same defect, should it come back before the waiver ends.",
    fix: "Revoke it with `rules revoke`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let holding = subject.waivers.iter().filter(|waiver| waiver.holds_at(subject.now));
    let needless = holding.filter(|waiver| {
        let rule = named(&waiver.rule).filter(|rule| rule.code != RULE.code);
        rule.is_none_or(|rule| (rule.check)(subject).is_empty())
    });
    needless
        .map(|waiver| format!("{} is waived through {} for nothing", waiver.rule, waiver.until_on))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes, waiver};

    #[test]
    fn a_waiver_of_what_was_mended_is_found() {
        finds(
            &RULE,
            |s| s.waivers = vec![waiver("SL401", "2026-06-30")],
            &["SL401 is waived through 2026-06-30 for nothing"],
        );
        finds(
            &RULE,
            |s| s.waivers = vec![waiver("SL999", "2026-06-30")],
            &["SL999 is waived through 2026-06-30 for nothing"],
        );
    }

    #[test]
    fn a_waiver_at_work_and_one_that_is_over_pass() {
        let without_owner = |sample: &mut Sample| sample.metadata.owner = None;
        passes(&RULE, |s| {
            without_owner(s);
            s.waivers = vec![waiver("SL401", "2026-06-01")];
        });
        passes(&RULE, |s| s.waivers = vec![waiver("SL401", "2026-05-31")]);
    }
}
