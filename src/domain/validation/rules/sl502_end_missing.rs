use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL502",
    name: "end-missing",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "nothing says when or by what the use of the asset ends",
    why: "What has no end is used for ever, long after the offer, the packaging or the right has gone.",
    fix: "Set an end with `describe --expires-on`, link a context or license that ends or changes, or say `--no-expiry --reason WHY`.",
    source: "product policy; IPTC-IIM Expiration Date (2:37)",
    needs: &[Known::Record],
    check,
};

/// An end is its own date, the dated end of a license or of a context that ends its use, a context
/// that ends it by changing, or the stated wish to have none.
fn check(subject: &Subject<'_>) -> Vec<String> {
    let wished = subject.metadata.dates.no_expiry_reason.is_some();
    let ends = wished || subject.ends_by_event() || subject.ends().next().is_some();
    let message = || "no expiry date, and no license or context that ends its use".to_owned();
    (!ends).then(message).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::context::{Context, ContextRule};
    use crate::domain::validation::sample::{Sample, context, finds, passes, undated};

    const MESSAGE: &str = "no expiry date, and no license or context that ends its use";

    /// No end but what `contexts` bring.
    fn only(sample: &mut Sample, contexts: Vec<Context>) {
        sample.contexts = contexts;
        sample.licenses.clear();
        sample.metadata.dates.expires_on = None;
        sample.metadata.dates.expires_at = None;
    }

    #[test]
    fn an_open_campaign_is_no_end() {
        finds(&RULE, |s| only(s, Vec::new()), &[MESSAGE]);
        for key in ["campaign/spring", "offer/tea-week", "season/spring"] {
            finds(&RULE, |s| only(s, vec![undated(key)]), &[MESSAGE]);
        }
    }

    #[test]
    fn a_context_that_is_only_a_matter_for_review_ends_nothing() {
        finds(&RULE, |s| only(s, vec![undated("provider/firefly")]), &[MESSAGE]);
        finds(
            &RULE,
            |s| {
                let ends = context("campaign/spring", "2026-05-01", "2026-08-31");
                only(s, vec![Context { rule: ContextRule::Review, ..ends }]);
            },
            &[MESSAGE],
        );
    }

    #[test]
    fn a_date_or_an_event_or_a_wish_is_an_end() {
        passes(&RULE, |s| only(s, vec![context("offer/tea", "2026-05-01", "2026-08-31")]));
        passes(&RULE, |s| only(s, vec![undated("packaging/tea-tin")]));
        passes(&RULE, |s| s.contexts.clear());
        passes(&RULE, |s| {
            only(s, Vec::new());
            s.metadata.dates.no_expiry_reason = Some("the founder's portrait".to_owned());
        });
    }
}
