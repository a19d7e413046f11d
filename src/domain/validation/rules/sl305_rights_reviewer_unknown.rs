use crate::domain::validation::wording::{quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL305",
    name: "rights-reviewer-unknown",
    severity: Severity::Warning,
    gates_approval: Gate::None,
    summary: "the rights were reviewed by somebody who is not on the list of people",
    why: "Nobody can be asked what was checked. The name is mistyped, or the person has left.",
    fix: "Correct the name, or have the rights reviewed by somebody on the list.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(known) = &subject.policy.owners else { return Vec::new() };
    let by = said(subject.metadata.rights_reviewed_by.as_deref());
    by.filter(|by| !known.contains(by.trim()))
        .map(|by| format!("{} is not on the list", quoted(by)))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    #[test]
    fn only_a_configured_list_makes_somebody_unknown() {
        let by_zoe = |s: &mut Sample| s.metadata.rights_reviewed_by = Some("zoe".to_owned());
        finds(&RULE, by_zoe, &["`zoe` is not on the list"]);
        passes(&RULE, |s| {
            by_zoe(s);
            s.policy.owners = None;
        });
        passes(&RULE, |s| s.metadata.rights_reviewed_by = Some(" li ".to_owned()));
    }
}
