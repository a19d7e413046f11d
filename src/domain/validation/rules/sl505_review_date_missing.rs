use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL505",
    name: "review-date-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nobody said when the asset is to be looked at again",
    why: "Many things end without telling anybody. The review is when a person checks that the asset is still true.",
    fix: "Set a day before the end with `describe --review-on`.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let missing = subject.metadata.dates.review_on.is_none();
    missing.then(|| "no review date is set".to_owned()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{date, finds, passes};

    #[test]
    fn an_asset_without_an_end_needs_a_review_too() {
        finds(&RULE, |s| s.metadata.dates.review_on = None, &["no review date is set"]);
        finds(
            &RULE,
            |s| {
                s.metadata.dates.review_on = None;
                s.metadata.dates.no_expiry_reason = Some("the founder's portrait".to_owned());
            },
            &["no review date is set"],
        );
        passes(&RULE, |s| s.metadata.dates.review_on = Some(date("2026-06-02")));
    }
}
