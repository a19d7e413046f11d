use crate::domain::validation::wording::{is_placeholder, quoted, said};
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL401",
    name: "owner-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody owns the asset",
    why: "Reminders, reviews and questions go to the owner. Without one they go to nobody.",
    fix: "Name a person with `describe --owner`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let message = match said(subject.metadata.owner.as_deref()) {
        None => "no owner is recorded".to_owned(),
        Some(owner) if is_placeholder(owner) => format!("the owner is only {}", quoted(owner)),
        Some(_) => return Vec::new(),
    };
    vec![message]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, finds_each, passes_each};

    #[test]
    fn an_owner_has_to_be_somebody() {
        finds(&RULE, |s| s.metadata.owner = None, &["no owner is recorded"]);
        let set = |s: &mut Sample, owner: &str| s.metadata.owner = Some(owner.to_owned());
        finds(&RULE, |s| set(s, "TBD"), &["the owner is only `TBD`"]);
        finds_each(&RULE, &["", " ", "-", "?"], set);
        passes_each(&RULE, &["anna", "李", "web@example.org"], set);
    }
}
