use crate::domain::validation::{Gate, Known, Rule, Severity, Subject};

pub(super) static RULE: Rule = Rule {
    code: "SL504",
    name: "no-expiry-contradicted",
    severity: Severity::Error,
    gates_approval: Gate::Approval,
    summary: "the asset is to have no end, and has one",
    why: "One of the two is wrong, and whoever reads only one of them acts on it.",
    fix: "Drop the end, or the wish to have none.",
    source: "product policy",
    needs: &[Known::Record],
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let dates = &subject.metadata.dates;
    let end = dates.expires_on.filter(|_| dates.no_expiry_reason.is_some());
    end.map(|end| format!("it is to have no end, but expires on {end}")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validation::sample::{Sample, finds, passes};

    fn wish(sample: &mut Sample) {
        sample.metadata.dates.no_expiry_reason = Some("the founder's portrait".to_owned());
    }

    #[test]
    fn an_end_and_the_wish_for_none_contradict_each_other() {
        finds(&RULE, wish, &["it is to have no end, but expires on 2026-08-31"]);
        passes(&RULE, |s| {
            wish(s);
            s.metadata.dates.expires_on = None;
        });
        passes(&RULE, |s| s.metadata.dates.no_expiry_reason = None);
    }
}
