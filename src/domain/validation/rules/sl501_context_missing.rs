use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL501",
    name: "context-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset belongs to no campaign, product or other context",
    why: "Assets end when what they show or promise ends. What belongs to nothing is never found when packaging, an offer or the brand changes.",
    fix: "Link what the asset depends on with `describe --context KIND/NAME`, such as `packaging/tea-tin`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let missing = subject.contexts.is_empty();
    missing.then(|| "no context is linked".to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{finds, passes, undated};

    #[test]
    fn an_asset_belongs_to_something() {
        finds(&RULE, |s| s.contexts.clear(), &["no context is linked"]);
        passes(&RULE, |s| s.contexts = vec![undated("brand/tea-house")]);
    }
}
