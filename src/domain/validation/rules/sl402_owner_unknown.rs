use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL402",
    name: "owner-unknown",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the owner is not on the list of people",
    why: "The name is mistyped, or the person has left: what is sent to them is read by nobody.",
    fix: "Name somebody on the list with `describe --owner`, or add the person to `owners` in shelflife.toml.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Some(known) = &subject.policy.owners else { return Vec::new() };
    let owner = said(subject.metadata.owner.as_deref());
    owner
        .filter(|owner| !is_placeholder(owner) && !known.contains(owner.trim()))
        .map(|owner| format!("{} is not on the list", quoted(owner)))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    #[test]
    fn only_a_configured_list_makes_somebody_unknown() {
        let zoe = |s: &mut Sample| s.metadata.owner = Some("zoe".to_owned());
        finds(&RULE, zoe, &["`zoe` is not on the list"]);
        passes(&RULE, |s| {
            zoe(s);
            s.policy.owners = None;
        });
        passes(&RULE, |s| s.metadata.owner = None);
    }
}
