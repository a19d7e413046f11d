use crate::domain::validation::wording::said;
use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL405",
    name: "context-owner-missing",
    severity: Severity::Note,
    gates_approval: Gate::None,
    summary: "a context of the asset has no owner",
    why: "Somebody has to say when the packaging, the offer or the campaign changes. Without an owner of the context its assets live on.",
    fix: "Name a person for the context who will tell when it changes.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let contexts = subject.contexts.iter();
    let ownerless = contexts.filter(|context| said(context.owner.as_deref()).is_none());
    ownerless.map(|context| format!("{} has no owner", context.key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes};

    #[test]
    fn a_context_needs_somebody_too() {
        finds(&RULE, |s| s.contexts[0].owner = None, &["campaign/spring has no owner"]);
        passes(&RULE, |s| s.contexts[0].owner = Some("li".to_owned()));
    }
}
